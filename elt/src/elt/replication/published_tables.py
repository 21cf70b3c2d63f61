"""The publication at a source: just the tables of its logical streams.

A table without a replica identity is never published: its application could no longer
update or delete.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from elt.config import SourceConfig
from elt.errors import ConfigError, EltError
from elt.postgres import (
    Connection,
    Identifier,
    compose,
    execute,
    fetch,
    joined,
    sqlstate_of,
    transaction,
)
from elt.replication.names import qualify_name, quote_name
from elt.replication.slots import queries
from elt.replication.streams import Stream

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
    #: Whether rows or columns are left out.
    is_partial: bool


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
            found[stream.name] = f"ALTER TABLE {name} REPLICA IDENTITY FULL;"
    return found


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


def compare_publication(
    source: SourceConfig,
    publication: Publication | None,
    members: Sequence[Member],
    streams: Iterable[Stream],
) -> PublicationChange:
    """Return what has to change; refuse what we do not change.

    A publication that elt.yaml names belongs to its owner.
    """
    wanted = {stream.relation.oid: stream for stream in streams}
    present = {member.oid for member in members}
    added = tuple(s for oid, s in wanted.items() if oid not in present)
    removed = tuple(m for m in members if m.oid not in wanted)
    is_given = source.publication is not None
    if publication is None:
        change = PublicationChange(is_new=True, added=added)
    else:
        _refuse_unusable(source, publication, members, wanted)
        removed = () if is_given else removed
        change = PublicationChange(is_new=False, added=added, removed=removed)
    if is_given and (change.is_new or change.added):
        names = ", ".join(stream.name for stream in added)
        message = f"The publication {source.publication} of the source lacks {names}"
        hint = f"Run there, as the owner of the tables:{statement_for(source, change)}"
        raise ConfigError(message, hint=hint)
    return change


def _refuse_unusable(
    source: SourceConfig,
    publication: Publication,
    members: Iterable[Member],
    wanted: Mapping[int, Stream],
) -> None:
    name = source.publication_name
    faults = [
        (publication.is_for_all_tables, "is FOR ALL TABLES"),
        (publication.is_via_root, "publishes partitions as their root"),
        (not publication.is_complete, "does not publish all operations"),
        (
            any(m.is_partial and m.oid in wanted for m in members),
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
            for words, places in (
                ("add", [s.relation.place for s in change.added]),
                ("drop", [(m.schema, m.name) for m in change.removed]),
            ):
                if places:
                    alter = f"alter publication {{name}} {words} table {{tables}}"
                    tables = joined(
                        compose("only {table}", table=Identifier(*place))
                        for place in places
                    )
                    execute(connection, compose(alter, name=name, tables=tables))
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


def statement_for(source: SourceConfig, change: PublicationChange) -> str:
    """Return the statement that an administrator can run instead."""
    name = quote_name(source.publication_name)
    tables = ", ".join(qualify_name(*s.relation.place) for s in change.added)
    if change.is_new:
        return f"\n  CREATE PUBLICATION {name} FOR TABLE {tables};"
    return f"\n  ALTER PUBLICATION {name} ADD TABLE {tables};"


def drop_publication(connection: Connection, name: str) -> bool:
    """Drop a publication; tell whether there was one."""
    publication, _ = read_publication(connection, name)
    drop = "drop publication if exists {name}"
    execute(connection, compose(drop, name=Identifier(name)))
    return publication is not None
