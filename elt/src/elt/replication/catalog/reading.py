"""Read what a database holds from its catalog.

Source and destination are read by the same queries under mirrored search paths: the
schemas of the source at the one, the schemas they land in at the other. A type, a
default or an index is then the same text on both sides, to run or to compare.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from operator import attrgetter
from typing import TypeVar

from elt.errors import TemporaryError
from elt.postgres import (
    Composable,
    Connection,
    compose,
    execute,
    fetch,
    fetch_one,
    identifiers,
    raw,
)
from elt.queries import load_queries
from elt.replication.catalog.elsewhere import HERE, Elsewhere
from elt.replication.catalog.tables import (
    Catalog,
    Column,
    Constraint,
    DefaultGrant,
    Index,
    Relation,
    Table,
    Type,
    stream_name,
)

queries = load_queries("elt.replication", "sql/catalog.sql")
column_queries = load_queries("elt.replication", "sql/columns.sql")
type_queries = load_queries("elt.replication", "sql/types.sql")

#: Kinds of relations, as in pg_class.relkind.
_TABLES = ["r", "p"]
_VIEWS = ["v", "m"]


def list_default_grants(connection: Connection) -> list[DefaultGrant]:
    """Return what ALTER DEFAULT PRIVILEGES gives on new tables of this role."""
    return fetch(connection, DefaultGrant, queries["list_default_grants"])


def list_schemas(connection: Connection) -> tuple[str, ...]:
    """Return the user schemas of a database."""
    return _names(connection, "list_schemas")


def set_search_path(connection: Connection, schemas: Iterable[str]) -> None:
    """Make names in these schemas, and those of extensions, readable unqualified."""
    path = dict.fromkeys([*schemas, *_names(connection, "list_extension_schemas")])
    names = identifiers(path or ["pg_catalog"])
    execute(connection, compose("set search_path to {names}", names=names))


def read_catalog(
    connection: Connection,
    schemas: Iterable[str],
    *,
    include_views: bool = False,
    elsewhere: Elsewhere = HERE,
) -> Catalog:
    """Read everything in some schemas, under a search path of just these schemas.

    Views are among the tables when they are included, else among the others. Tables
    whose rows would lie in other partitions `elsewhere` have no partition key.
    """
    schemas = tuple(schemas)
    set_search_path(connection, schemas)
    kinds = _TABLES + (_VIEWS if include_views else [])
    within = {"schemas": list(schemas), "kinds": kinds} | _parameters(elsewhere)
    columns = _grouped(
        fetch(connection, Column, _whole(column_queries["list_columns"]), within)
    )
    constraints = _grouped(
        fetch(connection, Constraint, _whole(queries["list_constraints"]), within)
    )
    indexes = _grouped(
        fetch(connection, Index, _whole(queries["list_indexes"]), within)
    )
    relations = fetch(connection, Relation, _whole(queries["list_tables"]), within)
    _refuse_dropped(relation for relation in relations if relation.kind in kinds)
    tables = {
        relation.oid: Table(
            relation=relation,
            columns=columns[relation.oid],
            constraints=constraints[relation.oid],
            indexes=indexes[relation.oid],
        )
        for relation in relations
        if relation.kind in kinds
    }
    others = tuple(relation for relation in relations if relation.oid not in tables)
    types = _fetch_types(connection, within)
    return Catalog(
        schemas=schemas,
        tables=tables,
        others=others,
        types=types,
        has_large_objects=bool(fetch_one(connection, queries["has_large_objects"])),
    )


def _refuse_dropped(relations: Iterable[Relation]) -> None:
    """Raise TemporaryError for a table that was dropped since the snapshot.

    The server lists it, and knows nothing more of it.
    """
    for relation in relations:
        if relation.can_select is None:
            message = f"{stream_name(relation)} was dropped while the catalog was read"
            raise TemporaryError(message, hint="Run again, for a newer snapshot.")


def read_fingerprint(connection: Connection) -> str:
    """Return what is another text after any change of a definition.

    A tenth of the work of reading the catalog.
    """
    return str(fetch_one(connection, queries["read_fingerprint"]))


def read_types(connection: Connection, schemas: Iterable[str]) -> tuple[Type, ...]:
    """Read just the types in some schemas, under a search path of these schemas."""
    schemas = tuple(schemas)
    set_search_path(connection, schemas)
    within = {"schemas": list(schemas)} | _parameters(HERE)
    return _fetch_types(connection, within)


def _parameters(elsewhere: Elsewhere) -> dict[str, object]:
    known = elsewhere.functions
    return asdict(elsewhere) | {"functions": None if known is None else list(known)}


def _fetch_types(
    connection: Connection, within: Mapping[str, object]
) -> tuple[Type, ...]:
    return tuple(fetch(connection, Type, _whole(type_queries["list_types"]), within))


def _whole(query: str) -> Composable:
    """Return a query with the parts that several have."""
    return compose(
        query,
        own_types=raw(type_queries["own_types"]),
        is_never_null=raw(type_queries["is_never_null"]),
        select_own_code=raw(queries["select_own_code"]),
        select_newer=raw(queries["select_newer"]),
    )


def list_extensions(connection: Connection) -> tuple[str, ...]:
    """Return the names of the extensions that are installed."""
    return _names(connection, "list_extensions")


def list_collations(connection: Connection) -> tuple[str, ...]:
    """Return the names of the system's collations that can be used."""
    return _names(connection, "list_collations")


Part = TypeVar("Part", Column, Constraint, Index)


def _grouped(parts: Iterable[Part]) -> defaultdict[int, tuple[Part, ...]]:
    by_table: defaultdict[int, tuple[Part, ...]] = defaultdict(tuple)
    for part in sorted(parts, key=attrgetter("table_oid")):
        by_table[part.table_oid] += (part,)
    return by_table


def _names(connection: Connection, query: str) -> tuple[str, ...]:
    return tuple(name for (name,) in execute(connection, queries[query]))
