"""What a database holds, read from its catalog: tables, columns, keys, types.

Source and destination are read by the same queries under mirrored search paths: the
schemas of the source at the one, the schemas they land in at the other. A type, a
default or an index is then the same text on both sides, to run or to compare.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
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

queries = load_queries("elt.replication", "sql/catalog.sql")

#: Begins the name of a check of replicas that only have children, where the source has
#: partitions; the rest tells them apart, as PostgreSQL 14 mistakes them otherwise.
NO_ROWS = "elt_no_rows_"
#: Kinds of relations, as in pg_class.relkind.
_TABLES = ["r", "p"]
_VIEWS = ["v", "m"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """A column and what its type allows."""

    table_oid: int
    number: int
    name: str
    type: str
    is_not_null: bool
    is_identity: bool
    #: '' no, 's' stored, 'v' virtual.
    generated: str
    #: The default or the generation expression.
    expression: str | None
    #: Where it differs from that of the type.
    collation: str | None
    #: Object ids of the type and of everything it is made of.
    parts: list[int]
    is_binary_safe: bool
    #: What of a value is hashed: `value` itself, its `text`, or what a function of this
    #: name sends of it.
    hash_form: str
    #: A type within this one that cannot be made again elsewhere.
    unknown_part: str | None
    #: The extension that the type belongs to.
    extension: str | None
    comment: str | None
    #: Whether the expression calls functions of the user.
    uses_code: bool
    #: The type whose text has all of the value, where its own output has not.
    sent_as: str | None = None
    #: The type to cast it to before it is compared, where its own has no =.
    compared_as: str | None = None
    #: Whether the expression depends on the locale of the database.
    uses_locale: bool = False
    #: Whether its values name objects of the database, and are text elsewhere.
    is_text_elsewhere: bool = False
    #: The category of the type as in pg_type, of which domains have that of their base:
    #: A for arrays and vectors, C for composite types.
    category: str = ""
    #: How the sequence of an identity column counts.
    identity_options: str = ""
    #: Whether the role may read it.
    can_select: bool = True
    #: What it is worked out by whenever it is read, in whatever shape it is sent.
    computed: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Constraint:
    """A constraint; the kind is p, u, x, c or f as in pg_constraint."""

    table_oid: int
    name: str
    kind: str
    definition: str
    columns: list[str]
    referenced_oid: int | None
    referenced_columns: list[str]
    is_deferrable: bool
    is_valid: bool
    #: A function, an operator or the like of users that it needs.
    code: str | None
    #: Extensions that it needs.
    extensions: list[str] = field(default_factory=list)
    #: Whether its last column is a period of time.
    has_period: bool = False
    oid: int = 0
    #: Object id of the same constraint of the table above; 0 where only the columns or
    #: the names tell which one it is, None when there is none.
    parent_oid: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Index:
    """An index that belongs to no constraint; the definition starts with USING."""

    table_oid: int
    name: str
    is_unique: bool
    definition: str
    #: Whether it identifies rows: unique, complete, of columns that are never null.
    is_key: bool
    columns: list[str]
    #: A function, an operator or the like of users that it needs.
    code: str | None
    #: Extensions that it needs.
    extensions: list[str] = field(default_factory=list)
    oid: int = 0
    #: Object id of the index of the table above that it is a part of.
    parent_oid: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Relation:
    """A relation as listed, before its parts are read; the kind is pg_class.relkind."""

    oid: int
    schema: str
    name: str
    kind: str
    estimated_rows: int
    bytes: int
    #: Pages of the main part, without indexes and large values.
    pages: int
    can_enter_schema: bool
    #: None where it was dropped since the snapshot.
    can_select: bool | None
    hides_rows: bool
    comment: str | None
    partition_key: str | None
    partition_bound: str | None
    parents: list[int]
    #: Whether a materialized view can be read.
    is_populated: bool = True
    #: Whether the role may read ctid and xmin, where it may not read the whole row.
    can_select_system: bool = True

    @property
    def is_view(self) -> bool:
        """Tell whether its rows are made anew each time it is read."""
        return self.kind == "v"

    @property
    def place(self) -> tuple[str, str]:
        """Return schema and name."""
        return self.schema, self.name


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """A table, or a view that is taken for one, with what makes its definition."""

    relation: Relation
    columns: tuple[Column, ...]
    constraints: tuple[Constraint, ...]
    indexes: tuple[Index, ...]

    @property
    def holds_no_rows(self) -> bool:
        """Tell whether only the parts of a table have rows."""
        names = [constraint.name for constraint in self.constraints]
        has_mark = any(name.startswith(NO_ROWS) for name in names)
        return self.relation.kind == "p" or has_mark

    @property
    def key(self) -> tuple[str, ...]:
        """Return the columns that identify a row: primary key, or a unique index."""
        keys = [tuple(c.columns) for c in self.constraints if c.kind == "p"]
        required = {column.name for column in self.columns if column.is_not_null}
        keys += [
            tuple(c.columns)
            for c in self.constraints
            if c.kind == "u" and not c.is_deferrable and required.issuperset(c.columns)
        ]
        keys += [tuple(index.columns) for index in self.indexes if index.is_key]
        return keys[0] if keys else ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Type:
    """A type made by a user; the kind is e, d, c or r as in pg_type.typtype."""

    oid: int
    schema: str
    name: str
    kind: str
    labels: list[str]
    base: str | None
    collation: str | None
    is_not_null: bool
    #: `constraint name CHECK (…)`, perhaps NOT VALID, and the names of all.
    checks: list[str]
    check_names: list[str]
    #: Names of checks that need code of users, or depend on the time.
    unfit_checks: list[str]
    attributes: list[str]
    subtype: str | None
    multirange: str | None
    #: Object ids of the types it is made of.
    needs: list[int]
    comment: str | None


@dataclass(frozen=True, kw_only=True)
class Catalog:
    """The tables, other relations and types of a database, by object id."""

    schemas: tuple[str, ...]
    tables: Mapping[int, Table]
    others: tuple[Relation, ...]
    types: tuple[Type, ...]
    has_large_objects: bool = False

    def table(self, schema: str, name: str) -> Table | None:
        """Return the table of a name."""
        return self._by_place.get((schema, name))

    @property
    def relations(self) -> tuple[Relation, ...]:
        """Return the relations of all tables, and the others."""
        return *(table.relation for table in self.tables.values()), *self.others

    @cached_property
    def _by_place(self) -> Mapping[tuple[str, str], Table]:
        return {table.relation.place: table for table in self.tables.values()}


@dataclass(frozen=True, kw_only=True, slots=True)
class DefaultGrant:
    """A privilege that new tables of a schema get; PUBLIC has no grantee."""

    schema: str
    grantee: str | None
    privilege: str
    is_grantable: bool


def list_default_grants(connection: Connection) -> list[DefaultGrant]:
    """Return what ALTER DEFAULT PRIVILEGES gives on new tables of this role."""
    return fetch(connection, DefaultGrant, queries["list_default_grants"])


def stream_name(relation: Relation) -> str:
    """Return `schema.table`; a part that holds a dot stands in quotes."""
    return write_name(relation.schema, relation.name)


def write_name(schema: str, name: str) -> str:
    """Return the same of anything that has a schema."""
    if "." not in schema and "." not in name:
        return f"{schema}.{name}"
    return ".".join(f'"{part}"' if "." in part else part for part in (schema, name))


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
    within = {"schemas": list(schemas), "kinds": kinds}
    columns = _grouped(fetch(connection, Column, _whole("list_columns"), within))
    constraints = _grouped(
        fetch(connection, Constraint, queries["list_constraints"], within)
    )
    indexes = _grouped(fetch(connection, Index, _whole("list_indexes"), within))
    relations = fetch(
        connection, Relation, queries["list_tables"], within | asdict(elsewhere)
    )
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
    return _fetch_types(connection, {"schemas": list(schemas)})


def _fetch_types(
    connection: Connection, within: Mapping[str, object]
) -> tuple[Type, ...]:
    return tuple(fetch(connection, Type, _whole("list_types"), within))


def _whole(query: str) -> Composable:
    """Return a query with the parts that several have."""
    parts = {name: raw(queries[name]) for name in ("own_types", "is_never_null")}
    return compose(queries[query], **parts)


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
