"""A definition that the state knows, with the names and numbers of today.

Columns are known by their number (attnum), which survives a renaming, for as long as
the table at the source is the same one: a table that was dropped and made again, or
restored from a dump, has another object id and may number its columns differently.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TypeVar

from elt.replication.catalog.relocation import mentions, rename
from elt.replication.catalog.tables import Constraint, Index, Table
from elt.replication.design.definition import TableDefinition, define, define_table
from elt.replication.design.replica import Replica

#: What `free_name` returns.
_FREE_NAME = re.compile(r"elt_\d+")

Sql = TypeVar("Sql", str, str | None)


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
