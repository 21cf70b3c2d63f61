"""What has to change for the publication to have just the tables of logical streams."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from elt.config import SourceConfig
from elt.errors import ConfigError, EltError
from elt.postgres import (
    Composable,
    Connection,
    Identifier,
    compose,
    execute,
    identifiers,
    joined,
    sqlstate_of,
    transaction,
)
from elt.replication.catalog.names import qualify_name, quote_name
from elt.replication.design.streams import Stream
from elt.replication.logical.published_tables import Member, Publication, Wanted

_INSUFFICIENT_PRIVILEGE = "42501"
#: Publishing a table waits for VACUUM and ALTER TABLE on it.
_LONGEST_WAIT = "10s"
#: An option of versions from 18 on.
_GENERATED = "publish_generated_columns = stored"


@dataclass(frozen=True, kw_only=True, slots=True)
class PublicationChange:
    """What has to be done for the publication to have the right tables."""

    is_new: bool
    #: Whether generated columns are to be sent, and are not.
    is_to_generate: bool = False
    added: tuple[Stream, ...] = ()
    removed: tuple[Member, ...] = ()
    #: The only columns to publish of a table, by object id; all where there are none.
    columns: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


def compare_publication(
    source: SourceConfig,
    publication: Publication | None,
    members: Sequence[Member],
    wanted: Wanted,
) -> PublicationChange:
    """Return what has to change; refuse what we do not change.

    A publication that elt.yaml names belongs to its owner.
    """
    streams = {stream.relation.oid: stream for stream in wanted.streams}
    columns = wanted.columns
    right = {m.oid for m in members if set(m.columns) == set(columns.get(m.oid, ()))}
    added = tuple(s for oid, s in streams.items() if oid not in right)
    is_given = source.publication is not None
    removed = tuple(
        m
        for m in members
        if m.oid not in right.intersection(streams)
        if not is_given or m.oid in streams
    )
    if publication is not None:
        _refuse_unusable(source, publication, members, streams, columns)
    if not is_given:
        _refuse_unlisted(source, removed)
    # A new one sends them always: one that comes to identify rows stops nobody then.
    is_to_generate = (
        wanted.can_generate
        if publication is None
        else publication.hides_generated and wanted.needs_generated
    )
    change = PublicationChange(
        is_new=publication is None,
        is_to_generate=is_to_generate,
        added=added,
        removed=removed,
        columns=columns,
    )
    if is_given and (change.is_new or change.added or change.is_to_generate):
        names = ", ".join(stream.name for stream in added) or "generated columns"
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


def _refuse_unlisted(source: SourceConfig, removed: Iterable[Member]) -> None:
    """Raise ConfigError for tables that no statement takes out one by one.

    Somebody has put them there; what else that was for, we do not know.
    """
    names = [qualify_name(m.schema, m.name) for m in removed if not m.is_listed]
    if names:
        name = quote_name(source.publication_name)
        message = (
            f"The publication {name} of the source has {', '.join(names)} by a schema "
            "or a table above"
        )
        hint = (
            "Take that out of it again, or run there, and elt makes it anew: "
            f"DROP PUBLICATION {name};"
        )
        raise ConfigError(message, hint=hint)


def change_publication(
    connection: Connection, source: SourceConfig, change: PublicationChange
) -> bool:
    """Bring our publication up to date; tell whether anything was to be done.

    Raises ConfigError, with the statements for an administrator, where the role may
    not do it.
    """
    if not (change.is_new or change.is_to_generate or change.added or change.removed):
        return False
    name = Identifier(source.publication_name)
    try:
        with transaction(connection):
            execute(connection, f"set local lock_timeout to '{_LONGEST_WAIT}'")
            if change.is_new:
                execute(connection, compose("create publication {name}", name=name))
            if change.is_to_generate:
                alter = f"alter publication {{name}} set ({_GENERATED})"
                execute(connection, compose(alter, name=name))
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
        options = f" WITH ({_GENERATED})" if change.is_to_generate else ""
        return f"\n  CREATE PUBLICATION {name} FOR TABLE {tables}{options};"
    alter = f"\n  ALTER PUBLICATION {name} SET ({_GENERATED});"
    add = f"\n  ALTER PUBLICATION {name} ADD TABLE {tables};"
    replaced = ", ".join(qualify_name(m.schema, m.name) for m in change.removed)
    drop = f"\n  ALTER PUBLICATION {name} DROP TABLE {replaced};"
    return "".join(
        statement
        for statement, is_wanted in (
            (alter, change.is_to_generate),
            (drop, change.removed),
            (add, change.added),
        )
        if is_wanted
    )


def _written(stream: Stream, columns: Mapping[int, tuple[str, ...]]) -> str:
    """Return a table as a person writes it who adds it to a publication."""
    table = qualify_name(*stream.relation.place)
    chosen = columns.get(stream.relation.oid)
    return (
        table if chosen is None else f"{table} ({', '.join(map(quote_name, chosen))})"
    )
