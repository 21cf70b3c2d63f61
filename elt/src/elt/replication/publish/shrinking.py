"""Refuse to publish streams that lost more rows than they may."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from elt.config import advise_options
from elt.errors import ShrinkError
from elt.replication.publish.publication import Publication
from elt.replication.state.run_state import StreamReport


def check_together(publication: Publication, reports: Sequence[StreamReport]) -> None:
    """Check all streams at once; what is wrong is told of those that shrank."""
    shrunk = list_shrunk(reports, publication.allow_shrink)
    if shrunk:
        error = _shrink_error(shrunk, publication.allow_shrink)
        names = [report.replica.stream.name for report in shrunk]
        publication.failures.update(dict.fromkeys(names, error))
        raise error


def check_shrink(reports: Iterable[StreamReport], allowed: float | None) -> None:
    """Raise ShrinkError that names the streams which lost more than they may."""
    shrunk = list_shrunk(reports, allowed)
    if shrunk:
        raise _shrink_error(shrunk, allowed)


def _shrink_error(shrunk: Sequence[StreamReport], allowed: float | None) -> ShrinkError:
    shares = {report.replica.stream.may_lose(allowed or 0.0) for report in shrunk}
    most = " or ".join(f"{share:.0%}" for share in sorted(shares))
    lost = [
        f"{report.replica.stream.name} ({_rows_before(report)} to {report.rows} rows)"
        for report in shrunk
    ]
    message = f"Streams would lose more than {most} of their rows: {', '.join(lost)}"
    names = [report.replica.stream.name for report in shrunk]
    hint = f"Their replicas stay as they were. {explain_shrink(names)}"
    return ShrinkError(message, hint=hint)


def explain_shrink(streams: Iterable[str]) -> str:
    """Return what lets a run publish streams that shrank, and every later one."""
    return (
        "If it is right, run with --allow-shrink; where it happens again and again, "
        + advise_options(streams, "allow_shrink: 1")
    )


def list_shrunk(
    reports: Iterable[StreamReport], allowed: float | None
) -> list[StreamReport]:
    """Return the streams that lost more than the allowed share of their rows.

    That of a stream decides where it has one; None allows all of them everything.
    """
    if allowed is None:
        return []
    return [
        report
        for report in reports
        if report.replica.stream.has_shrunk(_rows_before(report), report.rows, allowed)
    ]


def _rows_before(report: StreamReport) -> int:
    change = report.difference
    before = report.rows - change.inserted + change.deleted
    return max(before, report.altered_rows)
