"""What the workers of a run share, and what they hand on to its publish."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from elt.config import Config, SourceConfig
from elt.errors import EltError
from elt.postgres import Connection
from elt.progress import Progress
from elt.replication.changes.adjustment import Adjustment
from elt.replication.design.replica import Replica
from elt.replication.incremental.merge import Merge
from elt.replication.incremental.reads import FullRead, TouchedKeys
from elt.replication.load.copying import Copying
from elt.replication.rows.copy import Copied
from elt.replication.rows.difference import Difference
from elt.replication.rows.receipts import Method, Tally
from elt.replication.sessions.positions import Position
from elt.replication.sessions.snapshot import Snapshot
from elt.replication.state.state import KnownStream, WalPosition


class Pair(NamedTuple):
    """The two connections of a worker."""

    reader: Connection
    writer: Connection


@dataclass(frozen=True, kw_only=True, slots=True)
class Load:
    """A stream whose rows are in its shadow."""

    replica: Replica
    #: None when the shadow becomes the replica; else the replica is made equal to it.
    adjustment: Adjustment | None
    copied: Copied
    method: Method
    source: Tally
    #: None when the replica must be altered before it can be compared.
    difference: Difference | None
    #: What is loaded and was not compared: of these rows the difference tells only how
    #: many are gone, and perhaps how many are new.
    merge: Merge | None
    #: What the shadow of a new replica holds, and what a replica without changes does;
    #: others are tallied when published.
    destination: Tally | None
    #: Rows of the replica before, where they were counted or are known.
    published_rows: int
    #: Highest value of the cursor at the source.
    cursor_value: str | None
    #: Positions of identity columns, None where they cannot be read.
    identities: Mapping[str, Position | None]
    seconds: float
    #: Rows that the source had counted as deleted, None where nobody looked.
    source_deletes: int | None = None
    #: Whether some keys from the WAL have no row at the source any more.
    has_gone: bool = False


@dataclass(kw_only=True)
class Loading:
    """What the workers share."""

    config: Config
    source: SourceConfig
    snapshot: Snapshot
    #: Search path of the destination, the mirror of the source's.
    landings: tuple[str, ...]
    #: By stream, what to do about replicas that exist already.
    adjustments: Mapping[str, Adjustment]
    #: By stream, what was published before.
    known: Mapping[str, KnownStream]
    progress: Progress
    #: Reads from the snapshot where no other session can.
    reader: Connection
    #: By stream, how logical ones are read.
    wal_reads: Mapping[str, TouchedKeys | FullRead] = field(default_factory=dict)
    #: By stream, from where in the WAL the next run goes on.
    positions: Mapping[str, WalPosition] = field(default_factory=dict)
    #: Whether the planner's statistics mean the same at the destination.
    can_restore_statistics: bool = False
    #: Whether streams are copied without a look at whether they changed.
    is_full: bool = False
    loads: list[Load] = field(default_factory=list)
    failures: dict[str, EltError] = field(default_factory=dict)

    def is_new(self, replica: Replica) -> bool:
        """Tell whether nothing of a stream was published before."""
        return replica.stream.name not in self.adjustments


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """Something to do for a stream; returns what is to be done next."""

    copying: Copying
    run: Callable[[Loading, Copying, Pair], list[Task]]
    #: What is done when it fails, where that is not the failure of the stream.
    instead: Sequence[Task] = ()
