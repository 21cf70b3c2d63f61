"""The publication at a source: just the tables of its logical streams.

A table without a replica identity is never published: its application could no longer
update or delete.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from elt.config import SourceConfig
from elt.errors import ConfigError, EltError
from elt.postgres import (
    Composable,
    Connection,
    Identifier,
    compose,
    execute,
    fetch,
    identifiers,
    joined,
    sqlstate_of,
    transaction,
)
from elt.replication.catalog.names import qualify_name, quote_name
from elt.replication.catalog.tables import Constraint, Index
from elt.replication.design.streams import Stream
from elt.replication.logical.slots import queries

_INSUFFICIENT_PRIVILEGE = "42501"
#: Publishing a table waits for VACUUM and ALTER TABLE on it.
_LONGEST_WAIT = "10s"


@dataclass(frozen=True, kw_only=True, slots=True)
class Publication:
    """A publication as its server describes it."""

    oid: int
    is_for_all_tables: bool
    is_via_root: bool
    #: Whether it publishes inserts, updates, deletes and truncates.
    is_complete: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """A table of a publication."""

    oid: int
    schema: str
    name: str
    #: Another number when the table was taken out and added again.
    membership: int
    #: Whether rows are left out.
    has_filter: bool
    #: The only columns that are published; none where all are.
    columns: list[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Identity:
    """How the WAL identifies the rows of a table."""

    oid: int
    persistence: str
    file_node: int
    #: None where an UPDATE would fail if the table was published.
    columns: list[str] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PublicationChange:
    """What has to be done for the publication to have the right tables."""

    is_new: bool
    added: tuple[Stream, ...] = ()
    removed: tuple[Member, ...] = ()
    #: The only columns to publish of a table, by object id; all where there are none.
    columns: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


def read_publication(
    connection: Connection, name: str
) -> tuple[Publication | None, list[Member]]:
    """Return a publication and its tables."""
    parameters = {"publication": name}
    found = fetch(connection, Publication, queries["find_publication"], parameters)
    if not found:
        return None, []
    return found[0], fetch(connection, Member, queries["list_members"], parameters)


def read_identities(
    connection: Connection, streams: Iterable[Stream]
) -> dict[int, Identity]:
    """Return by table how the WAL identifies its rows."""
    parameters = {"oids": [stream.relation.oid for stream in streams]}
    found = fetch(connection, Identity, queries["list_identities"], parameters)
    return {identity.oid: identity for identity in found}


def list_unfit(
    streams: Iterable[Stream], identities: Mapping[int, Identity]
) -> dict[str, str]:
    """Return the streams that cannot be published, each with what would help."""
    found = {}
    for stream in streams:
        identity = identities.get(stream.relation.oid)
        name = qualify_name(*stream.relation.place)
        if identity is None:
            continue
        if identity.persistence != "p":
            found[stream.name] = f"ALTER TABLE {name} SET LOGGED;"
        elif identity.columns is None:
            identity_by = _identity_by_key(stream)
            found[stream.name] = f"ALTER TABLE {name} REPLICA IDENTITY {identity_by};"
    return found


def _identity_by_key(stream: Stream) -> str:
    """Return what tells rows apart: the index of the key, which costs least, or all."""
    table = stream.table
    keys: tuple[Constraint | Index, ...] = (
        *(c for c in table.constraints if c.kind == "u"),
        *table.indexes,
    )
    for key in keys:
        if table.key and (*key.columns,) == table.key and _may_identify(key):
            return f"USING INDEX {quote_name(key.name)}"
    return "FULL"


def _may_identify(key: Constraint | Index) -> bool:
    return not key.is_deferrable if isinstance(key, Constraint) else key.is_key


def refuse_unfit(unfit: Mapping[str, str]) -> None:
    """Raise ConfigError for tables whose UPDATE and DELETE would begin to fail."""
    if not unfit:
        return
    names = ", ".join(unfit)
    fixes = "".join(f"\n  {fix}" for fix in unfit.values())
    message = (
        f"The WAL does not say which rows of {names} change: "
        "published, they could no longer be updated by anybody"
    )
    hint = (
        f"Run at the source, or better add primary keys:{fixes}\n"
        "or set another mode for them in elt.yaml."
    )
    raise ConfigError(message, hint=hint)


def given_at_primary(source: SourceConfig) -> SourceConfig:
    """Return a source whose publication is not ours to change, as for a standby."""
    return replace(source, publication=source.publication_name)


def compare_publication(
    source: SourceConfig,
    publication: Publication | None,
    members: Sequence[Member],
    streams: Iterable[Stream],
    columns: Mapping[int, tuple[str, ...]],
) -> PublicationChange:
    """Return what has to change; refuse what we do not change.

    `columns` are those to publish of tables that are not published whole. A publication
    that elt.yaml names belongs to its owner.
    """
    wanted = {stream.relation.oid: stream for stream in streams}
    right = {m.oid for m in members if set(m.columns) == set(columns.get(m.oid, ()))}
    added = tuple(s for oid, s in wanted.items() if oid not in right)
    is_given = source.publication is not None
    removed = tuple(
        m
        for m in members
        if m.oid not in right.intersection(wanted)
        if not is_given or m.oid in wanted
    )
    if publication is not None:
        _refuse_unusable(source, publication, members, wanted, columns)
    change = PublicationChange(
        is_new=publication is None, added=added, removed=removed, columns=columns
    )
    if is_given and (change.is_new or change.added):
        names = ", ".join(stream.name for stream in added)
        lacks = "sends other columns of" if removed else "lacks"
        message = f"The publication {source.publication} of the source {lacks} {names}"
        place = "there, or at its primary if it is a standby"
        statement = statement_for(source, change)
        hint = f"Run {place}, as the owner of the tables:{statement}"
        raise ConfigError(message, hint=hint)
    return change


def _refuse_unusable(
    source: SourceConfig,
    publication: Publication,
    members: Iterable[Member],
    wanted: Mapping[int, Stream],
    columns: Mapping[int, tuple[str, ...]],
) -> None:
    name, is_given = source.publication_name, source.publication is not None
    faults = [
        (publication.is_for_all_tables, "is FOR ALL TABLES"),
        (publication.is_via_root, "publishes partitions as their root"),
        (not publication.is_complete, "does not publish all operations"),
        (
            any(
                m.oid in wanted
                and (m.has_filter or (is_given and m.columns and m.oid not in columns))
                for m in members
            ),
            "leaves out rows or columns",
        ),
    ]
    fault = next((text for is_true, text in faults if is_true), None)
    if fault is not None:
        message = f"The publication {name} of the source {fault}"
        hint = "Let it publish just the tables, whole, or name another publication."
        raise ConfigError(message, hint=hint)


def change_publication(
    connection: Connection, source: SourceConfig, change: PublicationChange
) -> bool:
    """Bring our publication up to date; tell whether anything was to be done.

    Raises ConfigError, with the statements for an administrator, where the role may
    not do it.
    """
    if not (change.is_new or change.added or change.removed):
        return False
    name = Identifier(source.publication_name)
    try:
        with transaction(connection):
            execute(connection, f"set local lock_timeout to '{_LONGEST_WAIT}'")
            if change.is_new:
                execute(connection, compose("create publication {name}", name=name))
            # First what goes: a table may come back with other columns.
            for words, tables in (
                ("drop", [_only(m.schema, m.name) for m in change.removed]),
                ("add", [_published(s, change.columns) for s in change.added]),
            ):
                if tables:
                    alter = f"alter publication {{name}} {words} table {{tables}}"
                    statement = compose(alter, name=name, tables=joined(tables))
                    execute(connection, statement)
    except EltError as error:
        if sqlstate_of(error) != _INSUFFICIENT_PRIVILEGE:
            raise
        message = f"The role may not publish tables of the source: {error.message}"
        hint = (
            f"Run there, as the owner of the tables:{statement_for(source, change)}\n"
            f"and set publication: {source.publication_name} in elt.yaml."
        )
        raise ConfigError(message, hint=hint) from error
    return True


def _only(schema: str, name: str) -> Composable:
    return compose("only {table}", table=Identifier(schema, name))


def _published(stream: Stream, columns: Mapping[int, tuple[str, ...]]) -> Composable:
    """Return a table as it is added to a publication."""
    table = _only(*stream.relation.place)
    chosen = columns.get(stream.relation.oid)
    if chosen is None:
        return table
    return compose("{table} ({names})", table=table, names=identifiers(chosen))


def statement_for(source: SourceConfig, change: PublicationChange) -> str:
    """Return the statement that an administrator can run instead."""
    name = quote_name(source.publication_name)
    tables = ", ".join(_written(s, change.columns) for s in change.added)
    if change.is_new:
        return f"\n  CREATE PUBLICATION {name} FOR TABLE {tables};"
    add = f"\n  ALTER PUBLICATION {name} ADD TABLE {tables};"
    replaced = ", ".join(qualify_name(m.schema, m.name) for m in change.removed)
    drop = f"\n  ALTER PUBLICATION {name} DROP TABLE {replaced};" if replaced else ""
    return drop + add


def _written(stream: Stream, columns: Mapping[int, tuple[str, ...]]) -> str:
    """Return a table as a person writes it who adds it to a publication."""
    table = qualify_name(*stream.relation.place)
    chosen = columns.get(stream.relation.oid)
    return (
        table if chosen is None else f"{table} ({', '.join(map(quote_name, chosen))})"
    )


def drop_publication(connection: Connection, name: str) -> bool:
    """Drop a publication; tell whether there was one."""
    publication, _ = read_publication(connection, name)
    drop = "drop publication if exists {name}"
    execute(connection, compose(drop, name=Identifier(name)))
    return publication is not None
