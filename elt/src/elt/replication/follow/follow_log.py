"""What is logged while a source is followed: changes, but never line after line."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from elt import logs
from elt.replication.follow.batch_plan import BatchPlan
from elt.replication.state.run_state import StreamReport

log = logs.logger(__name__)

#: At most one line in so many seconds, about all batches since the one before.
_SECONDS_BETWEEN_LINES = 10.0


@dataclass(frozen=True, kw_only=True, slots=True)
class BatchReport:
    """What a batch did."""

    run_id: int
    #: Streams that changed.
    streams: Sequence[StreamReport]
    #: How old what the replicas showed was when it was published.
    lag_seconds: float
    seconds: float


@dataclass(kw_only=True, slots=True)
class _Sums:
    """Batches that no line has told of yet."""

    run_id: int = 0
    batches: int = 0
    streams: set[str] = field(default_factory=set)
    read: int = 0
    changed: int = 0
    lag_seconds: float = 0.0
    seconds: float = 0.0


class FollowLog:
    """Sums up the batches of a source."""

    def __init__(
        self, source: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._source = source
        self._clock = clock
        self._next_line = clock()
        self._sums = _Sums()

    def start(self, plan: BatchPlan) -> None:
        """Tell that batches begin, and which streams they leave to runs."""
        for stream, reason in plan.left.items():
            log.info("left to runs", source=self._source, stream=stream, reason=reason)
        log.info(
            "began to follow", source=self._source, streams=len(plan.replicas.streams)
        )

    def note(self, batch: BatchReport) -> None:
        """Add a batch; log a line if it is time for one."""
        changed = sum(stream.difference.total for stream in batch.streams)
        if not changed:
            log.debug("published heartbeat", source=self._source, seconds=batch.seconds)
        else:
            self._add(batch, changed)
        if self._clock() >= self._next_line:
            self.end()

    def end(self) -> None:
        """Log what no line has told of yet, as when the batches of a run end."""
        if self._sums.batches:
            self._log()

    def _add(self, batch: BatchReport, changed: int) -> None:
        sums = self._sums
        sums.run_id = batch.run_id
        sums.batches += 1
        sums.streams |= {stream.replica.stream.name for stream in batch.streams}
        sums.read += sum(stream.copied.rows for stream in batch.streams)
        sums.changed += changed
        sums.lag_seconds = max(sums.lag_seconds, batch.lag_seconds)
        sums.seconds += batch.seconds

    def _log(self) -> None:
        sums, self._sums = self._sums, _Sums()
        self._next_line = self._clock() + _SECONDS_BETWEEN_LINES
        log.info(
            "followed changes",
            source=self._source,
            run=sums.run_id,
            batches=sums.batches,
            streams=len(sums.streams),
            read=sums.read,
            changed=sums.changed,
            lag_seconds=round(sums.lag_seconds, 3),
            seconds=round(sums.seconds, 3),
        )
