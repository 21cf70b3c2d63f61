"""What changed in the columns of a table, and the statements that follow it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count

from elt.postgres import Composable, Identifier, compose, joined, raw
from elt.replication.alterations import Alteration, Attempt
from elt.replication.ddl import (
    alter_table,
    column_definition,
    identity_clause,
    relation_name,
)
from elt.replication.definition import KnownColumn, TableDefinition
from elt.replication.replica import Replica, ReplicaColumn


@dataclass(frozen=True, kw_only=True, slots=True)
class ColumnChanges:
    """The changes of the columns of one table."""

    #: Each change in words.
    descriptions: list[str]
    #: Statements to run before the rows are compared, and after they are published.
    before: list[Alteration]
    completed: list[Composable]
    #: New names by the old ones.
    renamed: Mapping[str, str]


def compare_columns(known: TableDefinition, replica: Replica) -> ColumnChanges:
    """Return how the columns differ from the known ones, and how to follow that."""
    by_number = {column.number: column for column in known.columns}
    current = {column.number: column for column in replica.columns}
    table = relation_name(*replica.stream.place)
    descriptions: list[str] = []
    before: list[Alteration] = []
    anew: set[int] = set()
    for number in _plain_by_now(by_number, current):
        name = by_number[number].name
        descriptions.append(f"column {name} is no longer generated")
        before.append(_drop_expression(table, name, current[number]))
        by_number[number] = replace(by_number[number], generation=None)
    gone = [old for number, old in by_number.items() if number not in current]
    for number in _in_the_way(by_number, current):
        name = by_number.pop(number).name
        descriptions.append(f"column {name} is generated differently")
        before.append(alter_table(table, "drop column {name}", name))
        anew.add(number)
    # What is generated goes before what it is generated from.
    for old in sorted(gone, key=lambda column: column.generation is None):
        descriptions.append(f"column {old.name} dropped")
        before.append(alter_table(table, "drop column {name}", old.name))
    renamed = {
        old.name: current[number].name
        for number, old in by_number.items()
        if number in current and current[number].name != old.name
    }
    taken = {c.name for c in known.columns} | {c.name for c in replica.columns}
    before += _rename_columns(table, renamed, taken, descriptions)
    completed: list[Composable] = []
    renewed = generated_differently(known, replica)
    for number, column in current.items():
        known_column = by_number.get(number)
        if known_column is None:
            if number not in anew:
                descriptions.append(f"column {column.name} added")
            before.append(_add_new(table, column))
        else:
            _change_column(table, known_column, column, descriptions, before)
        completed += _complete_column(table, known_column, column, descriptions)
        if column.name in renewed and column.is_not_null:
            completed.append(_set_not_null(table, column))
    return ColumnChanges(
        descriptions=descriptions, before=before, completed=completed, renamed=renamed
    )


def generated_differently(known: TableDefinition, replica: Replica) -> Collection[str]:
    """Return the columns that are dropped and added, with the indexes they are in."""
    by_number = {column.number: column for column in known.columns}
    return {
        column.name
        for column in replica.columns
        if (old := by_number.get(column.number)) is not None
        and (
            old.generation != column.generation
            or (column.generation is not None and old.type != column.type)
        )
    }


def changed_columns(known: TableDefinition, replica: Replica) -> Iterator[str]:
    """Yield the columns that readers find otherwise, by the names they had."""
    current = {column.number: column for column in replica.columns}
    for old in known.columns:
        new = current.pop(old.number, None)
        if new is None or _read(new) != _read(old):
            yield old.name
    yield from (added.name for added in current.values())


def _read(column: KnownColumn | ReplicaColumn) -> tuple[object, ...]:
    """Return what a reader notices of a column."""
    return (
        column.name,
        column.type,
        column.collation,
        column.is_not_null,
        column.generation,
    )


def _plain_by_now(
    known: Mapping[int, KnownColumn], current: Mapping[int, ReplicaColumn]
) -> list[int]:
    """Return the stored columns that keep their values and are generated no longer."""
    return [
        number
        for number, old in known.items()
        if (old.generation or "").endswith(" stored")
        and number in current
        and current[number].generation is None
    ]


def _in_the_way(
    known: Mapping[int, KnownColumn], current: Mapping[int, ReplicaColumn]
) -> list[int]:
    """Return the columns to make anew before others are dropped or retyped.

    They are generated differently by now, but until then from columns that change.
    """
    if all(n in current and current[n].type == old.type for n, old in known.items()):
        return []
    return [
        number
        for number, old in known.items()
        if old.generation is not None
        and number in current
        and current[number].generation != old.generation
    ]


def _rename_columns(
    table: Composable,
    renamed: Mapping[str, str],
    taken: Collection[str],
    descriptions: list[str],
) -> Iterator[Composable]:
    """Rename in two steps where a new name is an old one of another column."""
    descriptions += [f"column {old} renamed to {new}" for old, new in renamed.items()]
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


def _change_column(
    table: Composable,
    old: KnownColumn,
    new: ReplicaColumn,
    descriptions: list[str],
    before: list[Alteration],
) -> None:
    if old.identity is not None and old.identity != _identity(new):
        before.append(alter_table(table, "alter column {name} drop identity", new.name))
    if old.is_not_null and not new.is_not_null:
        descriptions.append(f"column {new.name} may be null")
        before.append(alter_table(table, "alter column {name} drop not null", new.name))
    is_other = (old.type, old.collation) != (new.type, new.collation)
    if old.generation != new.generation:
        descriptions.append(f"column {new.name} is generated differently")
        before += _regenerate(table, old, new)
    elif is_other:
        descriptions.append(
            f"column {new.name} is {_typed(new)} instead of {_typed(old)}"
        )
        if new.generation is None:
            before.append(_retype(table, new))
        else:
            before += _make_anew(table, new)


def _identity(column: ReplicaColumn) -> str | None:
    return column.identity_options if column.is_identity else None


def _typed(column: KnownColumn | ReplicaColumn) -> str:
    collation = f" collate {column.collation}" if column.collation else ""
    return column.type + collation


def _retype(table: Composable, column: ReplicaColumn) -> Alteration:
    """Carry the values over as text; where they do not fit, rows come anew."""
    clause = "alter table {table} alter column {name} type {type}{collation} using "
    parts = {
        "table": table,
        "name": Identifier(column.name),
        "type": raw(column.type),
        "collation": raw(""),
    }
    if column.collation is not None:
        collation = compose(" collate {name}", name=Identifier(column.collation))
        parts["collation"] = collation
    return Attempt(
        statement=compose(clause + "{name}::text::{type}", **parts),
        otherwise=(
            compose("delete from {table}", table=table),
            compose(clause + "null", **parts),
        ),
    )


def _regenerate(
    table: Composable, old: KnownColumn, new: ReplicaColumn
) -> Iterator[Alteration]:
    """Change how a column is generated, in its place where that is possible."""
    kind = (old.generation or "").rpartition(" ")[2]
    expression, _, new_kind = (new.generation or "").rpartition(" ")
    is_other = (old.type, old.collation) != (new.type, new.collation)
    if is_other or kind != new_kind:
        yield from _make_anew(table, new)
        return
    yield Attempt(
        statement=compose(
            "alter table {table} alter column {name} set expression as {expression}",
            table=table,
            name=Identifier(new.name),
            expression=raw(expression),
        ),
        # Versions before 17 cannot.
        otherwise=tuple(_make_anew(table, new)),
    )


def _drop_expression(table: Composable, name: str, column: ReplicaColumn) -> Alteration:
    """Let a column keep its values, under the name that it has until now."""
    return Attempt(
        statement=alter_table(table, "alter column {name} drop expression", name),
        # PostgreSQL refuses it where partitions have partitions.
        otherwise=tuple(_make_anew(table, replace(column, name=name))),
    )


def _make_anew(table: Composable, column: ReplicaColumn) -> Iterator[Composable]:
    yield alter_table(table, "drop column {name}", column.name)
    yield _add_column(table, column)


def _complete_column(
    table: Composable,
    old: KnownColumn | None,
    new: ReplicaColumn,
    descriptions: list[str],
) -> Iterator[Composable]:
    """Do for a column what waits until its values are there."""
    if new.is_not_null and not (old is not None and old.is_not_null):
        yield _set_not_null(table, new)
        if old is not None:
            descriptions.append(f"column {new.name} became not null")
    identity = _identity(new)
    if old is None or old.identity == identity:
        return
    descriptions.append(f"column {new.name} counts differently")
    if identity is not None:
        yield joined(
            [
                alter_table(table, "alter column {name} add ", new.name),
                identity_clause(new),
            ],
            "",
        )


def _set_not_null(table: Composable, column: ReplicaColumn) -> Composable:
    return alter_table(table, "alter column {name} set not null", column.name)


def _add_column(table: Composable, column: ReplicaColumn) -> Composable:
    """Add a column that may be null until its values are there."""
    nullable = replace(column, is_not_null=False)
    return compose(
        "alter table {table} add column {definition}",
        table=table,
        definition=column_definition(nullable),
    )


def _add_new(table: Composable, column: ReplicaColumn) -> Alteration:
    """Add a column; where the check of a domain refuses nulls, rows come anew."""
    add = _add_column(table, column)
    delete = compose("delete from {table}", table=table)
    return Attempt(statement=add, otherwise=(delete, add))
