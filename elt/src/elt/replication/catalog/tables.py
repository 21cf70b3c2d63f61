"""What a database holds, as its catalog has it: tables, columns, keys, types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

#: Begins the name of a check of replicas that only have children, where the source has
#: partitions; the rest tells them apart, as PostgreSQL 14 mistakes them otherwise.
NO_ROWS = "elt_no_rows_"

#: Schema and name.
Place = tuple[str, str]


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
    #: Whether an interval in a value may be infinite.
    has_infinite_intervals: bool = False
    #: The category of the type as in pg_type, of which domains have that of their base:
    #: A for arrays and vectors, C for composite types.
    category: str = ""
    #: How the sequence of an identity column counts.
    identity_options: str = ""
    #: Its name.
    identity_sequence: str = ""
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
    #: None until ANALYZE.
    estimated_rows: int | None
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
    def place(self) -> Place:
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

    @property
    def place(self) -> Place:
        """Return schema and name."""
        return self.schema, self.name


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

    def parts_of(self, table: Table) -> list[Table]:
        """Return the tables right below one."""
        oid = table.relation.oid
        return [part for part in self.tables.values() if oid in part.relation.parents]

    @property
    def relations(self) -> tuple[Relation, ...]:
        """Return the relations of all tables, and the others."""
        return *(table.relation for table in self.tables.values()), *self.others

    @cached_property
    def _by_place(self) -> Mapping[Place, Table]:
        return {table.relation.place: table for table in self.tables.values()}


@dataclass(frozen=True, kw_only=True, slots=True)
class DefaultGrant:
    """A privilege that new tables of a schema get; PUBLIC has no grantee."""

    schema: str
    grantee: str | None
    privilege: str
    is_grantable: bool


def stream_name(relation: Relation) -> str:
    """Return `schema.table`; a part that holds a dot stands in quotes."""
    return write_name(relation.schema, relation.name)


def write_name(schema: str, name: str) -> str:
    """Return the same of anything that has a schema."""
    if "." not in schema and "." not in name:
        return f"{schema}.{name}"
    return ".".join(f'"{part}"' if "." in part else part for part in (schema, name))


def name_columns(places: Iterable[Place]) -> dict[str, object]:
    """Return schemas and names as two arrays, which the server puts together again."""
    listed = list(places)
    return {"schemas": [s for s, _ in listed], "names": [n for _, n in listed]}
