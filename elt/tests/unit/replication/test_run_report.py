"""What the log tells of a run: what was written, and how much was not."""

from dataclasses import replace

import pytest
from builders import make_report

from elt.lineage.impact import Impact
from elt.replication import run_report
from elt.replication.run_report import RunReport, log_report


@pytest.fixture
def logged(monkeypatch):
    """Return the lines that are logged, each with its level and its fields."""
    lines = []

    class Log:
        def __getattr__(self, level):
            return lambda message, **fields: lines.append((level, message, fields))

    monkeypatch.setattr(run_report, "log", Log())
    return lines


def report(*streams):
    """Make the report of a run."""
    return RunReport(
        run_id=7,
        source="raw",
        streams=streams,
        failures={},
        not_copied=(),
        impact=Impact(),
        seconds=1.0,
    )


def test_streams_in_which_nothing_was_written_are_counted(logged):
    films = make_report("films", rows=3, inserted=1)
    actors = make_report("actors", rows=3)

    log_report(report(films, actors))

    assert [
        (level, line[0], fields.get("stream")) for level, *line, fields in logged
    ] == [
        ("info", "synced stream", "public.films"),
        ("debug", "found stream unchanged", "public.actors"),
        ("info", "finished run", None),
    ]
    _, _, run = logged[-1]
    assert (run["streams"], run["unchanged"], run["changed"]) == (2, 1, 1)


def test_a_new_stream_without_rows_has_a_line(logged):
    log_report(report(replace(make_report("films"), is_new=True)))

    assert [line[:2] for line in logged] == [
        ("info", "synced stream"),
        ("info", "finished run"),
    ]
