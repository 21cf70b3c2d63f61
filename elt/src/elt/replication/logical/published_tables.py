"""The publication at a source: which there is, whose it is, and what it is to send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from elt.config import SourceConfig
from elt.postgres import Connection, Identifier, compose, execute, fetch
from elt.replication.design.streams import Stream
from elt.replication.logical.slots import queries
from elt.replication.state.slot_state import KnownSlot


@dataclass(frozen=True, kw_only=True, slots=True)
class Publication:
    """A publication as its server describes it."""

    is_for_all_tables: bool
    is_via_root: bool
    #: Whether it publishes inserts, updates, deletes and truncates.
    is_complete: bool
    #: Whether it leaves generated columns out which the server could send, as from
    #: version 18 on.
    hides_generated: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """A table of a publication."""

    oid: int
    schema: str
    name: str
    #: Another number when the table was taken out and added again.
    membership: int
    #: Whether it is published by itself, not by its schema or a table above it.
    is_listed: bool
    #: Whether rows are left out.
    has_filter: bool
    #: The only columns that are published; none where all are.
    columns: list[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What a publication is to send."""

    streams: Sequence[Stream]
    #: The only columns to publish of a table, by object id; all where there are none.
    columns: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    #: Whether generated columns identify rows of a table that is published whole.
    needs_generated: bool
    #: Whether the server can send generated columns at all.
    can_generate: bool


def read_publication(
    connection: Connection, name: str
) -> tuple[Publication | None, list[Member]]:
    """Return a publication and its tables."""
    parameters = {"publication": name}
    found = fetch(connection, Publication, queries["find_publication"], parameters)
    if not found:
        return None, []
    return found[0], fetch(connection, Member, queries["list_members"], parameters)


def is_ours(source: SourceConfig, *, is_standby: bool) -> bool:
    """Tell whether the publication that a source is read by is ours to change."""
    return source.publication is None and not is_standby


def list_ours(source: SourceConfig, known: KnownSlot | None) -> list[str]:
    """Return the publications at a primary that are to go when its slot goes.

    Not one that is given, or was when the source was last read, whatever its name.
    """
    wanted = [] if source.publication else [source.publication_name]
    if known is None:
        return wanted
    if not known.owns_publication:
        return [name for name in wanted if name != known.publication]
    return sorted({*wanted, known.publication} - {source.publication})


def given_at_primary(source: SourceConfig) -> SourceConfig:
    """Return a source whose publication is not ours to change, as for a standby."""
    return replace(source, publication=source.publication_name)


def drop_publication(connection: Connection, name: str) -> bool:
    """Drop a publication; tell whether there was one."""
    publication, _ = read_publication(connection, name)
    drop = "drop publication if exists {name}"
    execute(connection, compose(drop, name=Identifier(name)))
    return publication is not None
