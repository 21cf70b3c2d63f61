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
    """Log a line for each stream, with its receipt, and one for the run."""
    for stream in report.streams:
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
        unchanged=sum(not s.difference.total for s in report.streams),
        failed=len(report.failures),
        read=sum(s.copied.rows for s in report.streams),
        changed=sum(s.difference.total for s in report.streams),
        downstream=report.impact.counts or None,
        seconds=round(report.seconds, 3),
    )
