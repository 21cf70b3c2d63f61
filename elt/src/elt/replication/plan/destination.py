"""Prepare the destination: schemas, types, and a private place to load into."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping

from elt.config import DestinationConfig, SchemaChangePolicy
from elt.errors import ConfigError
from elt.postgres import (
    Connection,
    Identifier,
    Literal,
    compose,
    execute,
    joined,
    server_version,
)
from elt.queries import load_queries
from elt.replication.catalog.elsewhere import Elsewhere
from elt.replication.catalog.names import quote_name
from elt.replication.catalog.reading import (
    list_collations,
    list_extensions,
    read_catalog,
)
from elt.replication.catalog.tables import Catalog, Constraint, Index, Place
from elt.replication.design.omissions import Capabilities
from elt.replication.design.replica import Replica
from elt.replication.design.streams import Stream
from elt.replication.plan.former_shapes import kept_deleted
from elt.replication.plan.sequences import is_ours
from elt.replication.state.state import KnownStream

queries = load_queries("elt.replication", "sql/destination.sql")

_KEEP = SchemaChangePolicy.KEEP
#: To drop a table takes a dozen locks, and a server has some thousand: what a load of
#: many tables left could not be dropped at once. They are loaded as many at a time.
_DROPPED_TOGETHER = 20
#: What a table may have become whose replica has rows that would not come again.
_WITHOUT_KEPT = {"p": "partitioned", "v": "a view", "m": "a materialized view"}


def read_capabilities(
    connection: Connection, destination: DestinationConfig, elsewhere: Elsewhere
) -> Capabilities:
    """Return what the destination can hold, and is to hold of what a source has."""
    return Capabilities(
        version=server_version(connection),
        collations=frozenset(list_collations(connection)),
        extensions=frozenset(list_extensions(connection)),
        all_constraints=destination.all_constraints,
        indexes=destination.indexes,
        is_recoded=elsewhere.is_recoded,
        has_other_locale=elsewhere.has_other_locale,
    )


def drop_shadows(connection: Connection, source: str) -> int:
    """Drop the private schemas of a source, with whatever a dead run left in them."""
    comment = {"comment": _shadow_comment(source)}
    schemas = execute(connection, queries["list_shadows"], comment)
    for schema, tables in schemas:
        # Nothing but loads of elt lives here, so CASCADE cannot meet a user's view.
        while len(tables) > _DROPPED_TOGETHER:
            some = joined(Identifier(schema, t) for t in tables[:_DROPPED_TOGETHER])
            execute(connection, compose("drop table if exists {some}", some=some))
            del tables[:_DROPPED_TOGETHER]
        drop = "drop schema if exists {schema} cascade"
        execute(connection, compose(drop, schema=Identifier(schema)))
    return len(schemas)


def refuse_foreign_shadows(
    connection: Connection, source: str, streams: Iterable[Stream]
) -> None:
    """Raise ConfigError for a schema of somebody else where rows are to be loaded."""
    parameters = {
        "schemas": sorted({stream.shadow_schema for stream in streams}),
        "comment": _shadow_comment(source),
    }
    for (schema,) in execute(connection, queries["list_foreign_shadows"], parameters):
        message = f"At the destination the schema {schema} exists, but not through elt"
        rename = f"ALTER SCHEMA {quote_name(schema)} RENAME TO another_name;"
        hint = f"Rename it: {rename} or map the schema elsewhere: schemas: in elt.yaml."
        raise ConfigError(message, hint=hint)


def make_shadows(
    connection: Connection, source: str, streams: Iterable[Stream]
) -> None:
    """Make the private schemas."""
    for shadow in sorted({stream.shadow_schema for stream in streams}):
        parts = {
            "schema": Identifier(shadow),
            "comment": Literal(_shadow_comment(source)),
        }
        comment = "comment on schema {schema} is {comment}"
        execute(connection, compose(f"create schema {{schema}}; {comment}", **parts))


def read_existing(connection: Connection, landings: Iterable[str]) -> Catalog:
    """Read what is where tables land; where no schema is, there is nothing to read."""
    schemas = tuple(landings)
    if execute(connection, queries["list_schemas"], {"schemas": list(schemas)}):
        return read_catalog(connection, schemas)
    return Catalog(schemas=schemas, tables={}, others=(), types=())


def refuse_missing_types(
    connection: Connection, replicas: Iterable[Replica], made: Iterable[str] = ()
) -> None:
    """Raise ConfigError that names every type which the destination does not know.

    `made` are qualified names of types that a run would make before the tables.
    """
    users: dict[str, str] = {}
    extensions: dict[str, str] = {}
    for replica in replicas:
        for column, original in zip(
            replica.copied, replica.stream.columns, strict=True
        ):
            users.setdefault(column.type, f"{replica.stream.name}.{column.name}")
            if original.extension is not None:
                extensions[column.type] = original.extension
    rows = execute(connection, queries["list_missing_types"], {"types": list(users)})
    coming = set(made)
    missing = [name for (name,) in rows if name.removesuffix("[]") not in coming]
    if not missing:
        return
    listed = ", ".join(f"{name} (of {users[name]})" for name in missing)
    message = f"The destination does not have the types {listed}"
    wanted = sorted({extensions[name] for name in missing if name in extensions})
    hint = "Make them, or exclude the tables."
    if wanted:
        statements = " ".join(_make_usable(connection, wanted))
        hint = f"Run there: {statements} Or leave the columns out in elt.yaml."
    raise ConfigError(message, hint=hint)


def _make_usable(connection: Connection, extensions: Iterable[str]) -> list[str]:
    """Return the statements that let the role use extensions."""
    hidden: dict[str, str] = dict(
        execute(connection, queries["list_hidden_extensions"])
    )
    grants = {name: hidden[name] for name in extensions if name in hidden}
    made = [f"CREATE EXTENSION {quote_name(n)};" for n in extensions if n not in grants]
    return [*made, *dict.fromkeys(grants.values())]


def refuse_foreign_tables(
    streams: Iterable[Stream],
    catalog: Catalog,
    known: Iterable[KnownStream],
    partitioned: Container[Place],
) -> None:
    """Raise ConfigError for replicas that would meet a table of somebody else.

    That of another stream is one, too: a schema may be mapped to where another one of
    the same source lands, or did.
    """
    owners = {k.place: k.stream for k in known}
    taken = {relation.place for relation in catalog.relations if not is_ours(relation)}
    clashes = sorted(
        place
        for stream in streams
        if (place := stream.place) in taken
        and place not in partitioned
        and owners.get(place) != stream.name
    )
    foreign = [place for place in clashes if place not in owners]
    found = foreign or clashes
    if not found:
        return
    names = ", ".join(map(".".join, found))
    message = f"At the destination {names} exists, but not through elt"
    if not foreign:
        others = ", ".join(owners[place] for place in found)
        message = f"At the destination {names} exists, as the replica of {others}"
    hint = (
        f"Move it: ALTER TABLE {'.'.join(found[0])} SET SCHEMA another_schema; or map "
        "the schema elsewhere: schemas: in elt.yaml."
    )
    raise ConfigError(message, hint=hint)


def refuse_lost_rows(
    streams: Iterable[Stream], catalog: Catalog, known: Iterable[KnownStream]
) -> None:
    """Raise ConfigError for rows that only a replica has, and that would be lost.

    That of a table which became partitioned is made anew, and that of a view has just
    the rows of the view: the source would not bring those that it has deleted.
    """
    keeping = {k.place for k in known if kept_deleted(k)}
    for stream in streams:
        table = catalog.table(*stream.place)
        kind = _WITHOUT_KEPT.get(stream.relation.kind)
        if kind and stream.place in keeping and table and not table.holds_no_rows:
            name = ".".join(stream.place)
            message = (
                f"{stream.name} is {kind} by now, and its replica {name} keeps rows "
                "that the source has deleted: they would be lost"
            )
            hint = f"Move it: ALTER TABLE {name} SET SCHEMA another_schema; or drop it."
            raise ConfigError(message, hint=hint)


def refuse_taken_names(
    replicas: Iterable[Replica],
    catalog: Catalog,
    known: Iterable[KnownStream],
    partitioned: Container[Place],
) -> None:
    """Raise ConfigError for keys and indexes whose names somebody else has.

    Replicas of tables that the source no longer has stay, and have theirs.
    """
    definitions = {k.place: k for k in known}
    taken = _foreign_indexes(catalog, definitions, partitioned) | {
        r.place: "a table" for r in catalog.relations if not is_ours(r)
    }
    for replica in replicas:
        stream = replica.stream
        if stream.place in definitions and stream.on_schema_change is _KEEP:
            continue
        for definition in (*replica.constraints, *replica.indexes):
            place = (stream.schema, definition.name)
            if definition.has_index and place in taken:
                name, kind = ".".join(place), taken[place]
                message = (
                    f"At the destination {name} is {kind}, while "
                    f"{stream.name} has a key or an index of that name"
                )
                command = "ALTER TABLE" if kind == "a table" else "ALTER INDEX"
                hint = f"Rename it: {command} {name} RENAME TO another_name;"
                raise ConfigError(message, hint=hint)


def _foreign_indexes(
    catalog: Catalog,
    known: Mapping[Place, KnownStream],
    partitioned: Container[Place],
) -> dict[Place, str]:
    """Return the indexes that elt did not make, and what they are.

    The state knows none of partitioned tables, nor what parts have from them.
    """
    found = {}
    for table in catalog.tables.values():
        place = table.relation.place
        ours = known[place].definition if place in known else None
        made = {*ours.constraints, *ours.indexes} if ours else set()
        indexes: list[Constraint | Index] = [*table.indexes]
        indexes += [c for c in table.constraints if c.kind in "pux"]
        for index in indexes:
            is_foreign = index.name not in made and index.parent_oid is None
            if is_foreign and place not in partitioned:
                found[place[0], index.name] = f"an index of {'.'.join(place)}"
    return found


def refuse_foreign_landings(
    streams: Iterable[Stream], landings: Mapping[str, str]
) -> None:
    """Raise ConfigError when a schema is already the landing of another source."""
    for stream in streams:
        owner = landings.get(stream.schema)
        if owner is not None:
            message = f"Source {owner} already lands in schema {stream.schema}"
            hint = "Map one of them elsewhere: schemas: in elt.yaml."
            raise ConfigError(message, hint=hint)


def _shadow_comment(source: str) -> str:
    return f"Rows of source {source} on their way; elt makes and drops this schema."
