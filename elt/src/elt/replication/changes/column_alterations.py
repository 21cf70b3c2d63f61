"""Statements that bring the columns of a replica up to date: pure functions to SQL."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from itertools import count

from elt.postgres import Composable, Identifier, compose, joined, raw
from elt.replication.changes.alterations import Alteration, Attempt
from elt.replication.design.ddl import alter_table, column_definition, identity_clause
from elt.replication.design.definition import KnownColumn
from elt.replication.design.replica import ReplicaColumn


def rename_columns(
    table: Composable, renamed: Mapping[str, str], taken: Collection[str]
) -> Iterator[Composable]:
    """Rename columns, in two steps where a new name is an old one of another."""
    steps = list(renamed.items())
    if not set(renamed).isdisjoint(renamed.values()):
        names = (f"elt_column_{number}" for number in count(1))
        free = (name for name in names if name not in taken)
        between = [next(free) for _ in steps]
        steps = [
            *zip(renamed, between, strict=True),
            *zip(between, renamed.values(), strict=True),
        ]
    for old, new in steps:
        yield compose(
            "alter table {table} rename column {old} to {new}",
            table=table,
            old=Identifier(old),
            new=Identifier(new),
        )


def add_column(table: Composable, column: ReplicaColumn) -> Alteration:
    """Add a column; where the check of a domain refuses nulls, rows come anew."""
    add = add_nullable(table, column)
    delete = compose("delete from {table}", table=table)
    return Attempt(statement=add, otherwise=(delete, add), emptied=table)


def retype_column(table: Composable, column: ReplicaColumn) -> Alteration:
    """Carry the values over as text; where they do not fit, rows come anew.

    Where rows of others hang on these, they come to be null until they are updated.
    """
    clause = "alter column {name} type {type}{collation} using "
    parts = {
        "table": table,
        "name": Identifier(column.name),
        "type": raw(column.type),
        "collation": raw(""),
    }
    if column.collation is not None:
        collation = compose(" collate {name}", name=Identifier(column.collation))
        parts["collation"] = collation
    alter = "alter table {table} "
    nullable = "alter column {name} drop not null, "
    return Attempt(
        statement=compose(alter + clause + "{name}::text::{type}", **parts),
        otherwise=(
            compose("delete from {table}", table=table),
            compose(alter + clause + "null", **parts),
        ),
        emptied=table,
        kept=(compose(alter + nullable + clause + "null", **parts),),
    )


def regenerate_column(
    table: Composable, old: KnownColumn, new: ReplicaColumn
) -> Iterator[Alteration]:
    """Change how a column is generated, in its place where that is possible."""
    kind = (old.generation or "").rpartition(" ")[2]
    expression, _, new_kind = (new.generation or "").rpartition(" ")
    is_retyped = (old.type, old.collation) != (new.type, new.collation)
    if is_retyped or kind != new_kind:
        yield from replace_column(table, new)
        return
    yield Attempt(
        statement=compose(
            "alter table {table} alter column {name} set expression as {expression}",
            table=table,
            name=Identifier(new.name),
            expression=raw(expression),
        ),
        # Versions before 17 cannot.
        otherwise=tuple(replace_column(table, new)),
    )


def drop_expression(table: Composable, name: str, column: ReplicaColumn) -> Alteration:
    """Let a column keep its values, under the name that it has until now."""
    return Attempt(
        statement=alter_table(table, "alter column {name} drop expression", name),
        # PostgreSQL refuses it where partitions have partitions.
        otherwise=tuple(replace_column(table, replace(column, name=name))),
    )


def replace_column(table: Composable, column: ReplicaColumn) -> Iterator[Composable]:
    """Drop a column and add it as it is now."""
    yield alter_table(table, "drop column {name}", column.name)
    yield add_nullable(table, column)


def set_not_null(table: Composable, column: ReplicaColumn) -> Composable:
    """Refuse nulls from now on."""
    return alter_table(table, "alter column {name} set not null", column.name)


def add_identity(table: Composable, column: ReplicaColumn) -> Composable:
    """Let a column count as it does at the source."""
    add = alter_table(table, "alter column {name} add ", column.name)
    return joined([add, identity_clause(column)], "")


def add_nullable(table: Composable, column: ReplicaColumn) -> Composable:
    """Add a column that may be null until its values are there."""
    nullable = replace(column, is_not_null=False)
    return compose(
        "alter table {table} add column {definition}",
        table=table,
        definition=column_definition(nullable),
    )
