"""The replicas that a run deals with, and what is known of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from elt.config import SyncMode
from elt.replication.catalog.tables import Catalog, Place
from elt.replication.changes.adjustment import Adjustment
from elt.replication.design.omissions import Capabilities
from elt.replication.design.replica import Replica
from elt.replication.design.streams import NotCopied, Plan
from elt.replication.state.state import KnownStream


@dataclass(frozen=True, kw_only=True, slots=True)
class Replicas:
    """The replicas of a plan and what the destination has of them."""

    plan: Plan
    streams: Sequence[Replica]
    partitioned: Sequence[Replica]
    existing: Catalog
    #: By stream, what to do about replicas that exist already.
    adjustments: Mapping[str, Adjustment]
    #: By name, the streams that were published before.
    known: Mapping[str, KnownStream]
    #: Where partitioned tables are that were published before, with the names of their
    #: foreign keys, None where the state does not know them.
    known_partitioned: Mapping[Place, Sequence[str] | None]
    #: Streams that were published before, and whose table the source no longer has.
    gone: Sequence[KnownStream]
    #: Streams that land elsewhere from now on, at the place that they leave.
    moved: Sequence[KnownStream]
    not_copied: Sequence[NotCopied]
    capabilities: Capabilities

    @property
    def lost(self) -> dict[str, str | None]:
        """Return the streams that are gone since the last run, with their new names.

        None where the table does not have another name, but is dropped, or a view that
        is not asked for any more.
        """
        names = {r.stream.relation.oid: r.stream.name for r in self.streams}
        # A table that has become a partitioned one keeps its name.
        wholes = {r.stream.name for r in self.partitioned}
        return {
            known.stream: names.get(known.definition.oid)
            for known in self.gone
            if known.state != "gone" and known.stream not in wholes
        }

    @property
    def logical(self) -> list[Replica]:
        """Return those of logical streams."""
        return [r for r in self.streams if r.stream.mode is SyncMode.LOGICAL]
