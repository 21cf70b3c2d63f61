"""Reports for people and programs; what they find, integration tests say."""

import json
from datetime import UTC, datetime

import pytest

from elt.replication.findings.finding import CheckReport, Finding, Level, format_report
from elt.replication.status import (
    Omission,
    RunStatus,
    Status,
    StreamStatus,
    format_status,
)
from elt.replication.verify import Comparison, KeyRange, format_comparisons

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def make_finding(level=Level.OK, **facts):
    return Finding(**{"level": level, "subject": "source", "text": "it is"} | facts)


def make_comparison(**facts):
    ordinary = {
        "stream": "public.films",
        "source_rows": 1000,
        "destination_rows": 1000,
        "is_equal": True,
    }
    return Comparison(**ordinary | facts)


def make_stream_status(**facts):
    ordinary = {
        "source": "raw",
        "stream": "public.films",
        "destination": "raw.films",
        "mode": "full_refresh",
        "state": "ready",
        "rows": 1000,
        "published_at": NOON,
        "age_seconds": 180.0,
        "lag_bytes": None,
        "lag_seconds": None,
        "receipt": "checksum",
        "is_equal": True,
        "shape": None,
        "last_error": None,
    }
    return StreamStatus(**ordinary | facts)


def make_run_status(**facts):
    ordinary = {
        "source": "raw",
        "run_id": 7,
        "status": "published",
        "started_at": NOON,
        "seconds": 1.25,
        "changed": 3,
        "error": None,
        "exit_code": 0,
    }
    return RunStatus(**ordinary | facts)


# ------------------------------------------------------------------------------- check


@pytest.mark.parametrize(
    "codes, exit_code",
    [
        pytest.param([], 0, id="nothing found"),
        pytest.param([0, 0], 0, id="nothing in the way"),
        pytest.param([0, 75], 75, id="something that may pass"),
        pytest.param([75, 78, 1], 78, id="what must be changed, before all else"),
        pytest.param([1, 75], 75, id="what may pass, before a bug"),
    ],
)
def test_check_exits_as_a_run_would(codes, exit_code):
    findings = [make_finding(exit_code=code) for code in codes]

    assert CheckReport(source="raw", findings=findings).exit_code == exit_code


def test_check_says_what_to_do_below_what_is_wrong():
    grant = "Run at the source:\n  GRANT SELECT ON TABLE films TO reader;"
    findings = [
        make_finding(text="PostgreSQL 17"),
        make_finding(Level.NOTE, text="one view", subject="streams"),
        make_finding(Level.ERROR, text="may not read", fix=grant, exit_code=78),
    ]

    report = format_report(CheckReport(source="raw", findings=findings))

    assert report.splitlines() == [
        "source raw",
        "  ✓ source: PostgreSQL 17",
        "  · streams: one view",
        "  ✗ source: may not read",
        "      Run at the source:",
        "      GRANT SELECT ON TABLE films TO reader;",
        "  1 to be mended before a run",
    ]


def test_check_puts_further_lines_of_what_is_wrong_below_it():
    findings = [make_finding(Level.ERROR, text="2 mistakes:\n  one\n  two")]

    report = format_report(CheckReport(source="raw", findings=findings))

    assert report.splitlines()[1:4] == [
        "  ✗ source: 2 mistakes:",
        "      one",
        "      two",
    ]


def test_check_without_errors_says_that_a_run_would_work():
    report = CheckReport(source="raw", findings=[make_finding(Level.WARNING)])

    assert format_report(report).splitlines()[-1] == "  a run would work"


def test_check_can_be_read_by_a_program():
    report = CheckReport(source="raw", findings=[make_finding(fix="Do it.")])

    assert json.loads(json.dumps(report.to_document())) == {
        "source": "raw",
        "exit_code": 0,
        "findings": [
            {
                "level": "ok",
                "subject": "source",
                "text": "it is",
                "fix": "Do it.",
                "exit_code": 0,
            }
        ],
    }


# ------------------------------------------------------------------------------ verify


def test_equal_streams_are_a_table_and_nothing_else():
    assert format_comparisons([make_comparison()]).splitlines() == [
        "STREAM        SOURCE ROWS  DESTINATION ROWS  RESULT",
        "────────────  ───────────  ────────────────  ──────",
        "public.films        1,000             1,000  equal",
    ]


@pytest.mark.parametrize(
    "facts, line",
    [
        pytest.param(
            {"key": ["id"], "ranges": [KeyRange(low=("10",), high=("20",))]},
            "rows differ with id from (10) to before (20)",
            id="a range of the key",
        ),
        pytest.param(
            {"key": ["a", "b"], "ranges": [KeyRange(low=("1", "x"))]},
            "rows differ with a, b from (1, x) to the highest",
            id="a range with an open end",
        ),
        pytest.param(
            {"key": ["id"], "ranges": [KeyRange(high=("5",))]},
            "rows differ with id from the lowest to before (5)",
            id="a range with an open start",
        ),
        pytest.param(
            {"reason": "it was not replicated yet", "source_rows": None},
            "it was not replicated yet",
            id="a reason",
        ),
    ],
)
def test_stream_that_differs_says_where(facts, line):
    text = format_comparisons([make_comparison(is_equal=False, **facts)])

    assert "DIFFERS" in text
    assert text.splitlines()[-1] == f"public.films: {line}"


def test_comparison_can_be_read_by_a_program():
    comparison = make_comparison(key=["id"], ranges=[KeyRange(low=("1",))])

    document = json.loads(json.dumps(comparison.to_document()))

    assert document["ranges"] == [{"low": ["1"], "high": None}]


# ------------------------------------------------------------------------------ status


def test_status_before_the_first_run_says_what_to_do():
    assert format_status(Status(streams=[], runs=[])) == (
        "Nothing was replicated yet. Run elt replicate."
    )


def test_status_has_a_row_per_stream_and_a_line_per_source():
    status = Status(streams=[make_stream_status()], runs=[make_run_status()])

    [_, _, row, *_, run] = format_status(status).splitlines()
    assert row == (
        "public.films  raw.films  full_refresh  ready  1,000  3 min  -    "
        "checksum equal"
    )
    assert run == (
        "Run 7 of source raw published (2026-03-01 12:00:00 UTC, 1.2 s, 3 rows changed)"
    )


@pytest.mark.parametrize(
    "facts, line",
    [
        pytest.param(
            {"status": "running", "seconds": None},
            "Run 7 of source raw running (2026-03-01 12:00:00 UTC)",
            id="still at work",
        ),
        pytest.param(
            {"status": "failed", "error": "Disk full", "changed": None},
            "Run 7 of source raw failed (2026-03-01 12:00:00 UTC, 1.2 s): Disk full",
            id="failed",
        ),
        pytest.param(
            {"exit_code": 78},
            "Run 7 of source raw published (2026-03-01 12:00:00 UTC, 1.2 s, 3 rows"
            " changed), but some of its streams failed: exit code 78",
            id="published what it could",
        ),
        pytest.param(
            {"exit_code": 65, "error": "Rows are gone"},
            "Run 7 of source raw published (2026-03-01 12:00:00 UTC, 1.2 s, 3 rows"
            " changed): Rows are gone",
            id="batches that ended",
        ),
    ],
)
def test_status_tells_how_the_last_run_ended(facts, line):
    status = Status(streams=[], runs=[make_run_status(**facts)])

    assert format_status(status).splitlines()[-1] == line


def test_status_tells_the_last_error_of_a_stream():
    failed = make_stream_status(
        state="failed", last_error="Column x is gone", rows=None
    )

    text = format_status(Status(streams=[failed], runs=[]))

    assert "public.films: Column x is gone" in text.splitlines()


def test_status_tells_how_replicas_of_dropped_tables_go():
    gone = make_stream_status(state="gone")

    text = format_status(Status(streams=[gone, make_stream_status()], runs=[]))

    line = "1 replica of tables that their source no longer has: elt prune drops such"
    assert line in text.splitlines()
    assert "prune" not in format_status(Status(streams=[make_stream_status()], runs=[]))


def test_status_tells_what_does_not_arrive():
    shaped = make_stream_status(shape="left out: iban; email hashed")
    view = Omission(source="raw", object="public.best", reason="a view")

    text = format_status(Status(streams=[shaped], runs=[], not_copied=[view]))

    assert text.splitlines()[-2:] == [
        "public.films: left out: iban; email hashed",
        "public.best is not copied: a view",
    ]


def test_status_of_several_sources_tells_whose_everything_is():
    streams = [
        make_stream_status(source="crm", destination="crm.films"),
        make_stream_status(
            source="shop", destination="shop.films", shape="x hashed", last_error="Gone"
        ),
    ]
    view = Omission(source="crm", object="public.best", reason="a view")

    text = format_status(Status(streams=streams, runs=[], not_copied=[view]))

    header, _, *rows = text.splitlines()
    assert header.split()[:3] == ["SOURCE", "STREAM", "REPLICA"]
    assert [row.split()[:2] for row in rows[:2]] == [
        ["crm", "public.films"],
        ["shop", "public.films"],
    ]
    assert rows[3:] == [
        "public.films of source shop: x hashed",
        "public.best of source crm is not copied: a view",
        "public.films of source shop: Gone",
    ]


def test_status_can_be_read_by_a_program():
    view = Omission(source="raw", object="public.best", reason="a view")
    status = Status(
        streams=[make_stream_status(shape="email hashed")],
        runs=[make_run_status()],
        not_copied=[view],
    )

    document = json.loads(json.dumps(status.to_document(), default=str))

    assert document["streams"][0]["published_at"] == "2026-03-01 12:00:00+00:00"
    assert document["streams"][0]["shape"] == "email hashed"
    assert document["runs"][0]["run_id"] == 7
    assert document["not_copied"] == [
        {"source": "raw", "object": "public.best", "reason": "a view"}
    ]
