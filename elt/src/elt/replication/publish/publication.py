"""Everything that one publishing transaction makes visible."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field

from elt.config import SyncMode
from elt.errors import EltError
from elt.progress import Tell, tell_nobody
from elt.replication.catalog.tables import Catalog, DefaultGrant, Place, Table
from elt.replication.design.replica import Replica
from elt.replication.design.streams import NotCopied, Stream
from elt.replication.load.loading import Load
from elt.replication.plan.made_anew import is_another_kind
from elt.replication.plan.sequences import Sequences
from elt.replication.sessions.positions import Position
from elt.replication.state.state import KnownStream, SnapshotFacts, WalPosition


@dataclass(frozen=True, kw_only=True, slots=True)
class Publication:
    """Everything that one transaction makes visible."""

    run_id: int
    source: str
    loads: Sequence[Load]
    #: Where each table of the source lands, by its object id there.
    places: Mapping[int, Place]
    #: Partitioned tables, parents before their parts.
    partitioned: Sequence[Replica]
    #: What the destination held before.
    catalog: Catalog
    snapshot: SnapshotFacts
    #: How the streams of the source are replicated.
    mode_of: Callable[[str], SyncMode]
    all_constraints: bool
    #: Largest share of its rows that a stream may lose; None allows everything.
    allow_shrink: float | None
    #: Whether one failing stream holds back the others.
    is_together: bool
    #: Positions of the identity columns of partitioned tables, by name of the table.
    identities: Mapping[str, Mapping[str, Position | None]] = field(
        default_factory=dict
    )
    #: What roles are granted on new tables by ALTER DEFAULT PRIVILEGES.
    default_grants: Sequence[DefaultGrant] = ()
    #: Schemas that were shadows: their tables are where they belong.
    landed: Container[str] = ()
    #: Streams that are left as they were, and why.
    failures: dict[str, EltError] = field(default_factory=dict)
    #: Those of which there are no loads.
    unloaded: Sequence[Stream] = ()
    #: Where partitioned tables are that were published before, with the names of their
    #: foreign keys, None where the state does not know them.
    known_partitioned: Mapping[Place, Sequence[str] | None] = field(
        default_factory=dict
    )
    #: Where replicas with rows are that were published before.
    known_places: frozenset[Place] = frozenset()
    #: Streams whose tables the source no longer has.
    gone: Sequence[KnownStream] = ()
    #: Streams that land elsewhere from now on, at the place that they leave.
    moved: Sequence[KnownStream] = ()
    #: What of the source is not copied; None where not all of it was looked at.
    not_copied: Sequence[NotCopied] | None = None
    #: Sequences to carry over; None for a batch, which leaves them to the next run.
    sequences: Sequences | None = None
    #: By stream, from where in the WAL logical ones go on.
    positions: Mapping[str, WalPosition] = field(default_factory=dict)
    #: Streams in which nothing changed; None for a run, which loads all of them.
    unchanged: Sequence[str] | None = None
    #: Says on a terminal what is being done.
    tell: Tell = tell_nobody

    @property
    def replicas(self) -> list[Replica]:
        """Return everything that is a table, partitioned ones first."""
        return [*self.partitioned, *(load.replica for load in self.loads)]

    def is_ours(self, place: Place) -> bool:
        """Tell whether a table is, or was, a replica of this source."""
        return (
            place in self.known_partitioned
            or place in self.known_places
            or place in self.places.values()
        )

    def existing(self, replica: Replica) -> Table | None:
        """Return a replica's table as it was before, None when it is new.

        A table that became partitioned, or no longer is, is a new one.
        """
        table = self.catalog.table(*replica.stream.place)
        if table is None or is_another_kind(replica, table):
            return None
        return table
