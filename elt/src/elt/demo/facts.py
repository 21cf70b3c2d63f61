"""What came of each step, in a few words."""

from __future__ import annotations

from elt.demo.servers import Server
from elt.replication.findings.finding import CheckReport
from elt.replication.run_report import RunReport
from elt.seed.seeder import SeedReport
from elt.transformation.results import BuildReport

_KINDS = ("seed", "model", "snapshot", "test", "unit_test")


def describe_server(server: Server) -> str:
    """Tell where a server listens and how it came to run."""
    return server.story


def describe_seed(report: SeedReport) -> str:
    """Tell how large the cinema is."""
    if not report.is_new:
        return f"the cinema is there already, at scale {report.scale}"
    tables, rows = len(report.rows), sum(report.rows.values())
    films, ratings = report.rows["films"], report.rows["ratings"]
    return f"{rows:,} rows in {tables} tables: {films:,} films, {ratings:,} ratings …"


def describe_check(report: CheckReport) -> str:
    """Tell that nothing stands in the way, and how much there is to copy."""
    size = next(f.text for f in report.findings if f.subject == "streams")
    return f"nothing stands in the way; {size}"


def describe_run(report: RunReport) -> str:
    """Tell what was copied, and what of it was news."""
    rows = sum(stream.copied.rows for stream in report.streams)
    changed = sum(stream.difference.total for stream in report.streams)
    news = f"{changed:,} changed" if changed else "nothing changed"
    return f"{rows:,} rows of {len(report.streams)} tables are equal; {news}"


def describe_build(report: BuildReport) -> str:
    """Tell what dbt built and how many tests were passed."""
    counts = [_count(report.counts.get(kind, 0), kind) for kind in _KINDS]
    return ", ".join(count for count in counts if count)


def _count(number: int, kind: str) -> str:
    name = kind.replace("_", " ")
    return f"{number} {name}{'s' if number > 1 else ''}" if number else ""
