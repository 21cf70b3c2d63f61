"""What keeps a run from publishing, and how its failures are told."""

from dataclasses import replace

import pytest
from builders import make_report

from elt.errors import ConfigError, DataError, TemporaryError
from elt.replication.publish.shrinking import check_shrink
from elt.replication.sessions.session import summarize
from elt.replication.state.lock import describe_program


def report_of(name="films", *, before, after):
    """Make the report of a stream that had some rows before and has some after."""
    inserted, deleted = max(after - before, 0), max(before - after, 0)
    return make_report(name, rows=after, inserted=inserted, deleted=deleted)


@pytest.mark.parametrize(
    "before, after, allowed",
    [
        pytest.param(0, 0, 0.5, id="nothing before, nothing after"),
        pytest.param(0, 100, 0.0, id="a new stream"),
        pytest.param(100, 150, 0.0, id="more rows"),
        pytest.param(100, 100, 0.0, id="as many rows"),
        pytest.param(100, 50, 0.5, id="just the share that is allowed"),
        pytest.param(100, 0, 1.0, id="nothing left, and that is allowed"),
    ],
)
def test_stream_may_lose_a_share_of_its_rows(before, after, allowed):
    check_shrink([report_of(before=before, after=after)], allowed)


@pytest.mark.parametrize(
    "before, after, allowed",
    [
        pytest.param(100, 49, 0.5, id="more than half"),
        pytest.param(100, 0, 0.5, id="everything"),
        pytest.param(1, 0, 0.99, id="its only row"),
        pytest.param(100, 99, 0.0, id="one row, where none may go"),
    ],
)
def test_stream_that_loses_more_is_refused(before, after, allowed):
    with pytest.raises(DataError, match=rf"public\.films \({before} to {after} rows\)"):
        check_shrink([report_of(before=before, after=after)], allowed)


def test_rows_that_were_replaced_were_lost_by_nobody():
    check_shrink([make_report(rows=100, inserted=100, deleted=100)], 0.0)


def test_every_stream_that_lost_too_much_is_named():
    reports = [
        report_of("films", before=10, after=0),
        report_of("actors", before=10, after=10),
        report_of("ratings", before=10, after=1),
    ]

    with pytest.raises(DataError) as refusal:
        check_shrink(reports, 0.5)

    assert refusal.value.message == (
        "Streams would lose more than 50% of their rows: "
        "public.films (10 to 0 rows), public.ratings (10 to 1 rows)"
    )
    assert refusal.value.hint.splitlines()[1:] == [
        "  public.films: {allow_shrink: 1}",
        "  public.ratings: {allow_shrink: 1}",
    ]


def test_what_a_stream_may_lose_itself_decides():
    report = report_of("jobs", before=10, after=1)

    def allowing(share):
        stream = replace(report.replica.stream, allow_shrink=share)
        return replace(report, replica=replace(report.replica, stream=stream))

    check_shrink([allowing(1.0)], 0.5)
    check_shrink([allowing(0.2)], None)
    with pytest.raises(DataError, match="more than 20% or 50% of their rows"):
        check_shrink([allowing(0.2), report], 0.5)


@pytest.mark.parametrize("kind", [ConfigError, TemporaryError, DataError])
def test_failure_of_one_stream_is_the_failure_of_the_run(kind):
    first = kind("It broke", hint="Mend it.")

    error = summarize({"public.films": first}, "raw")

    assert type(error) is kind
    assert error.message == "Stream public.films of source raw failed: It broke"
    assert (error.hint, error.__cause__) == ("Mend it.", first)


def test_failures_of_several_streams_are_counted():
    failures = {name: ConfigError("It broke") for name in ("a.a", "b.b", "c.c")}

    error = summarize(failures, "raw")

    assert error.message == "Stream a.a of source raw (and 2 more) failed: It broke"


def test_program_tells_who_and_where_it_is(monkeypatch):
    monkeypatch.setattr("socket.gethostname", lambda: "elt-replicator-x7")
    monkeypatch.setattr("os.getpid", lambda: 12)

    assert (
        describe_program("replicate", "raw") == "elt replicate raw elt-replicator-x7:12"
    )
