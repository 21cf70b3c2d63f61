"""The definition of a replica as it is kept in the state, to notice what changed.

Columns are known by their number (attnum), which survives a renaming, for as long as
the table at the source is the same one: a table that was dropped and made again, or
restored from a dump, has another object id and may number its columns differently.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeVar

from elt.replication.catalog.relocation import mentions, rename
from elt.replication.catalog.tables import NO_ROWS, Column, Constraint, Index, Table
from elt.replication.design.replica import Replica

#: What `free_name` returns.
_FREE_NAME = re.compile(r"elt_\d+")


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownColumn:
    """A column as it was when it was published."""

    number: int
    name: str
    type: str
    is_not_null: bool
    generation: str | None
    collation: str | None = None
    #: How an identity column counts.
    identity: str | None = None
    #: How its values were masked.
    mask: str | None = None


_FIELDS = tuple(known.name for known in fields(KnownColumn))


@dataclass(frozen=True, kw_only=True, slots=True)
class TableDefinition:
    """What makes a replica: its columns, and its keys and indexes as SQL by name."""

    #: Object id of the table at the source.
    oid: int
    columns: tuple[KnownColumn, ...]
    constraints: Mapping[str, str]
    indexes: Mapping[str, str]
    #: Names of its references to other replicas.
    foreign_keys: tuple[str, ...] = ()
    #: Which shape its rows have; empty when they are as at the source.
    shape: str = ""
    #: By column, what the source works its values out by whenever they are read.
    computed: Mapping[str, str] = field(default_factory=dict)
    #: Whether row security hid rows of it, which come without being written.
    hides_rows: bool = False
    #: Whether nobody looked for rows that its source has deleted.
    ignores_deletes: bool = False

    def to_document(self) -> dict[str, Any]:
        """Return the definition as JSON can hold it."""
        return {
            "oid": self.oid,
            "columns": [_to_document(column) for column in self.columns],
            "constraints": dict(self.constraints),
            "indexes": dict(self.indexes),
            "foreign_keys": list(self.foreign_keys),
            "shape": self.shape,
            "computed": dict(self.computed),
            "hides_rows": self.hides_rows,
            "ignores_deletes": self.ignores_deletes,
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> TableDefinition:
        """Return the definition that a document of the state holds."""
        return cls(
            oid=document["oid"],
            columns=tuple(KnownColumn(**column) for column in document["columns"]),
            constraints=document["constraints"],
            indexes=document["indexes"],
            foreign_keys=tuple(document.get("foreign_keys", ())),
            shape=document.get("shape", ""),
            computed=document.get("computed", {}),
            hides_rows=document.get("hides_rows", False),
            ignores_deletes=document.get("ignores_deletes", False),
        )


def _to_document(column: KnownColumn) -> dict[str, Any]:
    """Return what `asdict` does, which copies every value deeply, and takes longer."""
    return {name: getattr(column, name) for name in _FIELDS}


def define(replica: Replica) -> TableDefinition:
    """Return the definition of a replica."""
    return TableDefinition(
        oid=replica.stream.relation.oid,
        columns=tuple(_columns(replica)),
        constraints={c.name: c.sql for c in replica.constraints},
        indexes={
            i.name: ("unique " if i.is_unique else "") + i.sql for i in replica.indexes
        },
        foreign_keys=tuple(key.name for key in replica.foreign_keys),
        shape=replica.stream.shaping.fingerprint,
        computed=computed_columns(replica.stream.table),
        hides_rows=replica.stream.relation.hides_rows,
        ignores_deletes=replica.stream.ignores_deletes,
    )


def computed_columns(table: Table) -> dict[str, str]:
    """Return the columns whose values no row holds, and what makes them."""
    return {c.name: c.computed for c in table.columns if c.computed is not None}


def define_table(table: Table) -> TableDefinition:
    """Return the definition of a table as the destination's catalog has it.

    For tables that the state knows nothing of: those that hold no rows themselves.
    """
    return TableDefinition(
        oid=0,
        columns=tuple(
            KnownColumn(
                number=column.number,
                name=column.name,
                type=column.type,
                is_not_null=column.is_not_null,
                generation=_generation(column),
                collation=column.collation,
                identity=column.identity_options if column.is_identity else None,
            )
            for column in table.columns
        ),
        constraints={
            c.name: c.definition
            for c in table.constraints
            if c.kind in "puxc" and not c.name.startswith(NO_ROWS)
        },
        indexes={
            i.name: ("unique " if i.is_unique else "") + i.definition
            for i in table.indexes
        },
    )


def _generation(column: Column) -> str | None:
    kind = {"s": "stored", "v": "virtual"}.get(column.generated)
    return None if kind is None else f"({column.expression}) {kind}"


def _columns(replica: Replica) -> Iterable[KnownColumn]:
    masks = replica.stream.shaping.shape.changed
    for column in replica.columns:
        yield KnownColumn(
            number=column.number,
            name=column.name,
            type=column.type,
            is_not_null=column.is_not_null,
            generation=column.generation,
            collation=column.collation,
            identity=column.identity_options if column.is_identity else None,
            mask=masks[column.name].as_known if column.name in masks else None,
        )


def renumber(known: TableDefinition, replica: Replica) -> TableDefinition:
    """Return a known definition with the numbers that its columns have now.

    In a table that is another one, columns are the same when their names are.
    """
    if known.oid == replica.stream.relation.oid:
        return known
    numbers = {column.name: column.number for column in replica.columns}
    columns = tuple(
        replace(column, number=numbers.get(column.name, -position))
        for position, column in enumerate(known.columns, start=1)
    )
    return replace(known, columns=columns)


def forget_replaced(known: TableDefinition, replica: Replica) -> TableDefinition:
    """Return a known definition without the SQL of what goes with replaced columns.

    A key or an index of a column that was dropped went with it, also where another
    column has the name by now, and one of its own reads the same. The names stay, as
    those that the replica has are to be dropped.
    """
    numbers = {column.name: column.number for column in replica.columns}
    replaced = {
        column.name
        for column in known.columns
        if column.number not in numbers.values() and column.name in numbers
    }
    if not replaced:
        return known
    constraints, indexes = (
        {n: "" if mentions(sql, replaced) else sql for n, sql in found.items()}
        for found in (known.constraints, known.indexes)
    )
    return replace(known, constraints=constraints, indexes=indexes)


def follow_renames(known: TableDefinition, replica: Replica) -> TableDefinition:
    """Return a known definition whose SQL has the names that its columns have now.

    PostgreSQL rewrites keys, indexes and expressions when a column is renamed.
    """
    current = {column.number: column.name for column in replica.columns}
    names = {c.name: current.get(c.number, c.name) for c in known.columns}
    names = {old: new for old, new in names.items() if old != new}
    if not names:
        return known
    return replace(
        known,
        columns=tuple(
            replace(
                c,
                generation=None
                if c.generation is None
                else rename(c.generation, names),
            )
            for c in known.columns
        ),
        constraints={n: rename(sql, names) for n, sql in known.constraints.items()},
        indexes={n: rename(sql, names) for n, sql in known.indexes.items()},
    )


def take_present(
    known: TableDefinition, replica: Replica, table: Table
) -> TableDefinition:
    """Return a known definition with what a table has as it is to be by now.

    Columns, and what is made of them, go with a type that is renamed; and somebody may
    have done at the destination what was done at the source.
    """
    wanted = define(replica)
    if wanted == known:
        return known
    present = define_table(table)
    types = {column.name: column.type for column in present.columns}
    generations = {column.name: column.generation for column in present.columns}
    now = {column.number: column for column in wanted.columns}
    return replace(
        known,
        columns=tuple(
            replace(
                c,
                type=_settled(c.type, new.type, types.get(c.name)),
                generation=_settled(
                    c.generation, new.generation, generations.get(c.name)
                ),
            )
            if (new := now.get(c.number)) is not None
            else c
            for c in known.columns
        ),
        constraints={
            name: _settled(
                sql, wanted.constraints.get(name), present.constraints.get(name)
            )
            for name, sql in known.constraints.items()
        },
        indexes={
            name: _settled(sql, wanted.indexes.get(name), present.indexes.get(name))
            for name, sql in known.indexes.items()
        },
    )


Sql = TypeVar("Sql", str, str | None)


def _settled(known: Sql, wanted: str | None, present: str | None) -> Sql:
    return known if wanted is None or wanted != present else wanted


def keep_present(known: TableDefinition, table: Table) -> TableDefinition:
    """Return a known definition with the keys and indexes that a table has by now.

    That of a table which was gone has given names of them away, and has others.
    """
    present = define_table(table)
    constraints, indexes = (
        {n: sql for n, sql in before.items() if n in now}
        | {n: sql for n, sql in now.items() if _FREE_NAME.fullmatch(n)}
        for before, now in (
            (known.constraints, present.constraints),
            (known.indexes, present.indexes),
        )
    )
    return replace(known, constraints=constraints, indexes=indexes)


def has_free_names(table: Table) -> bool:
    """Tell whether a table has given names of its keys and indexes away."""
    names = {c.name for c in table.constraints} | {i.name for i in table.indexes}
    return any(_FREE_NAME.fullmatch(name) for name in names)


def free_name(definition: Constraint | Index) -> str:
    """Return a name that nobody else has, for one that gives its own away."""
    return f"elt_{definition.oid}"
