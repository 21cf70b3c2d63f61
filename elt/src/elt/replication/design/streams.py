"""What one run is about: streams, where they land, and what is not copied."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from graphlib import TopologicalSorter

from elt.config import DeletePolicy, SchemaChangePolicy, SyncMode
from elt.errors import ConfigError
from elt.replication.catalog.tables import (
    Catalog,
    Column,
    Place,
    Relation,
    Table,
    Type,
    stream_name,
)
from elt.replication.shapes.shaping import Shaping

#: Before the name of a landing schema: the private schema where its tables are loaded.
SHADOW_PREFIX = "elt_shadow_"
#: Before the names of private tables there; more of it where a table has such a name.
PRIVATE_MARK = "@"


@dataclass(frozen=True, kw_only=True, slots=True)
class Stream:
    """A table of the source, or a view, the way it is replicated, where it lands."""

    source: str
    #: As it leaves the source.
    table: Table
    mode: SyncMode
    on_schema_change: SchemaChangePolicy
    #: Schema of the replica; its table has the name of the source's.
    schema: str
    #: Column that tells when a row was written; without one, its xmin does.
    cursor: str | None = None
    lookback_seconds: int = 0
    deletes: DeletePolicy = DeletePolicy.APPLY
    #: The share of its rows that it may lose, where it is not that of the others.
    allow_shrink: float | None = None
    shaping: Shaping = field(default_factory=Shaping)
    #: Begins the names of private tables beside the shadows, and no name of the source.
    mark: str = PRIVATE_MARK

    @property
    def name(self) -> str:
        """Return the stream's name: schema and table at the source."""
        return stream_name(self.table.relation)

    @property
    def relation(self) -> Relation:
        """Return the table's relation at the source."""
        return self.table.relation

    @property
    def shadow_schema(self) -> str:
        """Return the schema where the rows are loaded before they are published."""
        return SHADOW_PREFIX + self.schema

    @property
    def is_soft(self) -> bool:
        """Tell whether rows stay, marked, when the source deletes them."""
        return self.deletes is DeletePolicy.SOFT

    def may_lose(self, allowed: float) -> float:
        """Return the largest share of its rows to lose: its own, or that of all."""
        return allowed if self.allow_shrink is None else self.allow_shrink

    def has_shrunk(self, before: int, after: int, allowed: float) -> bool:
        """Tell whether it lost more of its rows than it may."""
        return before - after > self.may_lose(allowed) * before

    @property
    def ignores_deletes(self) -> bool:
        """Tell whether rows stay as they are when the source deletes them."""
        return self.deletes is DeletePolicy.IGNORE

    @property
    def keeps_rows(self) -> bool:
        """Tell whether the replica has rows that the source no longer has."""
        return self.deletes is not DeletePolicy.APPLY

    @property
    def is_steady(self) -> bool:
        """Tell whether all sessions that read in one snapshot find the same rows.

        The time may be another one in each of them: what depends on it is to be tallied
        in the one that copies it. A view may depend on anything.
        """
        return self.shaping.why_unsteady is None and not self.relation.is_view

    @property
    def place(self) -> Place:
        """Return schema and name of the replica."""
        return self.schema, self.relation.name

    @property
    def shadow(self) -> Place:
        """Return schema and name of the table where the rows are loaded."""
        return self.shadow_schema, self.relation.name

    @property
    def estimated_bytes(self) -> int:
        """Return the size of the table at the source."""
        return self.relation.bytes

    @property
    def columns(self) -> tuple[Column, ...]:
        """Return the columns of the table."""
        return self.table.columns


@dataclass(frozen=True, kw_only=True, slots=True)
class NotCopied:
    """Something at the source that the destination will not have, and why."""

    name: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """Everything one sync run is about."""

    source: str
    #: Largest first: the last one to start is then a short one.
    streams: tuple[Stream, ...]
    #: Partitioned tables, parents first: they hold no rows themselves.
    partitioned: tuple[Stream, ...]
    #: Types to make before the tables, those they are made of first.
    types: tuple[Type, ...]
    #: Schema of the destination by schema of the source, for every user schema.
    landings: Mapping[str, str]
    not_copied: tuple[NotCopied, ...]
    #: Names of all tables of the source, replicated or not.
    source_tables: frozenset[str]
    #: Landing schema and name of every table that is replicated, by object id.
    places: Mapping[int, Place]
    #: Streams that are left as they are, as the role may not read their tables.
    refused: Mapping[str, ConfigError] = field(default_factory=dict)
    #: Tables above and below others that the run is not about.
    relatives: tuple[Stream, ...] = ()


def free_mark(catalog: Catalog) -> str:
    """Return what no table, key or index has its name begin with."""
    names = [
        name
        for table in catalog.tables.values()
        for name in (
            table.relation.name,
            *(constraint.name for constraint in table.constraints),
            *(index.name for index in table.indexes),
        )
    ]
    mark = PRIVATE_MARK
    while any(name.startswith(mark) for name in names):
        mark += PRIVATE_MARK
    return mark


def parents_first(streams: Iterable[Stream]) -> tuple[Stream, ...]:
    """Return streams in an order in which those above come before those below."""
    by_oid = {stream.relation.oid: stream for stream in streams}
    graph = {
        oid: [parent for parent in stream.relation.parents if parent in by_oid]
        for oid, stream in by_oid.items()
    }
    return tuple(by_oid[oid] for oid in TopologicalSorter(graph).static_order())
