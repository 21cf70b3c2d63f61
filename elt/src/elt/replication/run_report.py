"""What a run did, as its caller gets it and as the log tells it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from elt import logs
from elt.errors import EltError
from elt.lineage.impact import Impact
from elt.replication.design.streams import NotCopied
from elt.replication.state.run_state import StreamReport

log = logs.logger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class RunReport:
    """What a run did."""

    run_id: int
    source: str
    #: Empty for a run that a follower did: the state has them.
    streams: Sequence[StreamReport]
    #: Streams that failed while others were published, with their errors.
    failures: dict[str, EltError]
    not_copied: Sequence[NotCopied]
    #: What of dbt is downstream of the changes that the run found.
    impact: Impact
    seconds: float


def log_report(report: RunReport) -> None:
    """Log a line for each stream that changed, and one for the run."""
    unchanged = 0
    for stream in report.streams:
        if not stream.is_new and not stream.difference.total:
            unchanged += 1
            _log_unchanged(report.source, stream)
            continue
        log.info(
            "synced stream",
            source=report.source,
            stream=stream.replica.stream.name,
            mode=str(stream.replica.stream.mode),
            read=stream.copied.rows,
            inserted=stream.difference.inserted,
            updated=stream.difference.updated,
            deleted=stream.difference.deleted,
            bytes=stream.copied.bytes,
            checksum=stream.destination.checksum,
            seconds=round(stream.seconds, 3),
        )
    for missing in report.not_copied:
        log.info(
            "left out", source=report.source, object=missing.name, reason=missing.reason
        )
    log.info(
        "finished run",
        run=report.run_id,
        source=report.source,
        streams=len(report.streams),
        unchanged=unchanged,
        failed=len(report.failures),
        read=sum(s.copied.rows for s in report.streams),
        changed=sum(s.difference.total for s in report.streams),
        downstream=report.impact.counts or None,
        seconds=round(report.seconds, 3),
    )


def _log_unchanged(source: str, stream: StreamReport) -> None:
    """Log that nothing was written to a replica, where every step is asked for."""
    log.debug(
        "found stream unchanged",
        source=source,
        stream=stream.replica.stream.name,
        read=stream.copied.rows,
        checksum=stream.destination.checksum,
        seconds=round(stream.seconds, 3),
    )
