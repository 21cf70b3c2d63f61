"""What changed in the columns of a table, in words and as alterations to make."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from elt.postgres import Composable, Identifier
from elt.replication.changes.alterations import Alteration, Attempt, keep_rows
from elt.replication.changes.column_alterations import (
    add_column,
    add_identity,
    drop_expression,
    regenerate_column,
    rename_columns,
    replace_column,
    retype_column,
    set_not_null,
)
from elt.replication.design.ddl import alter_table, drop_not_null
from elt.replication.design.definition import KnownColumn, TableDefinition
from elt.replication.design.replica import OUR_NUMBER, Replica, ReplicaColumn


@dataclass(frozen=True, kw_only=True, slots=True)
class ColumnChanges:
    """The changes of the columns of one table."""

    #: Each change in words.
    descriptions: list[str]
    #: Statements to run before the rows are compared, and after they are published.
    before: list[Alteration]
    completed: list[Alteration]
    #: New names by the old ones.
    renamed: Mapping[str, str]


def compare_columns(known: TableDefinition, replica: Replica) -> ColumnChanges:
    """Return how the columns differ from the known ones, and how to follow that."""
    by_number = {column.number: column for column in known.columns}
    current = {column.number: column for column in replica.columns}
    table = Identifier(*replica.stream.place)
    descriptions: list[str] = []
    before: list[Alteration] = []
    for number in _plain_by_now(by_number, current):
        name = by_number[number].name
        descriptions.append(f"column {name} is no longer generated")
        before.append(drop_expression(table, name, current[number]))
        by_number[number] = replace(by_number[number], generation=None)
    anew = _in_the_way(by_number, current)
    for number in anew:
        name = by_number.pop(number).name
        descriptions.append(f"column {name} is generated differently")
        before.append(alter_table(table, "drop column {name}", name))
    gone = [old for number, old in by_number.items() if number not in current]
    # What is generated goes before what it is generated from.
    for old in sorted(gone, key=lambda column: column.generation is None):
        descriptions.append(f"column {old.name} dropped{_cause(old, known, replica)}")
        before.append(alter_table(table, "drop column {name}", old.name))
    renamed = _find_renamed(by_number, current)
    taken = {c.name for c in known.columns} | {c.name for c in replica.columns}
    descriptions += [f"column {old} renamed to {new}" for old, new in renamed.items()]
    before += rename_columns(table, renamed, taken)
    completed: list[Alteration] = []
    renewed = generated_differently(known, replica)
    for number, column in current.items():
        known_column = by_number.get(number)
        if known_column is None:
            if number not in anew:
                cause = _cause(column, known, replica)
                descriptions.append(f"column {column.name} added{cause}")
            before.append(add_column(table, column))
        else:
            _change_column(table, known_column, column, descriptions, before)
        completed += _complete_column(replica, known_column, column, descriptions)
        if column.name in renewed and column.is_not_null:
            completed.append(_refuse_nulls(replica, column))
    return ColumnChanges(
        descriptions=descriptions,
        before=list(keep_rows(before)) if replica.stream.keeps_rows else before,
        completed=completed,
        renamed=renamed,
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


def _cause(
    column: KnownColumn | ReplicaColumn, known: TableDefinition, replica: Replica
) -> str:
    """Return what is said of a column that elt.yaml brings or takes away."""
    shaping = replica.stream.shaping
    if column.number == OUR_NUMBER or column.name in shaping.shape.excluded:
        return ", as elt.yaml says"
    # Which columns it left out before is not known.
    is_new = column.number not in {before.number for before in known.columns}
    may_be_let_in = is_new and known.shape not in {"", shaping.fingerprint}
    return ", or no longer left out by elt.yaml" if may_be_let_in else ""


def replaced_columns(known: TableDefinition, replica: Replica) -> Iterator[str]:
    """Yield the columns that no view may use meanwhile, by the names they had.

    They are dropped, get another type, or are made anew as generated ones.
    """
    by_number = {column.number: column for column in known.columns}
    current = {column.number: column for column in replica.columns}
    plain = _plain_by_now(by_number, current)
    anew = _in_the_way(by_number, current)
    for number, old in by_number.items():
        new = current.get(number)
        if (
            new is None
            or (old.type, old.collation) != (new.type, new.collation)
            or (number not in plain and (number in anew or _kind(old) != _kind(new)))
        ):
            yield old.name


def _kind(column: KnownColumn | ReplicaColumn) -> str:
    """Return whether a column is generated, and how its values are kept."""
    return (column.generation or "").rpartition(" ")[2]


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


def _find_renamed(
    known: Mapping[int, KnownColumn], current: Mapping[int, ReplicaColumn]
) -> dict[str, str]:
    return {
        old.name: current[number].name
        for number, old in known.items()
        if number in current and current[number].name != old.name
    }


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
        before.append(drop_not_null(table, new.name))
    is_retyped = (old.type, old.collation) != (new.type, new.collation)
    if old.generation != new.generation:
        descriptions.append(f"column {new.name} is generated differently")
        before += regenerate_column(table, old, new)
    elif is_retyped:
        descriptions.append(
            f"column {new.name} is {_typed(new)} instead of {_typed(old)}"
        )
        if new.generation is None:
            before.append(retype_column(table, new))
        else:
            before += replace_column(table, new)


def _identity(column: ReplicaColumn) -> str | None:
    return column.identity_options if column.is_identity else None


def _typed(column: KnownColumn | ReplicaColumn) -> str:
    collation = f" collate {column.collation}" if column.collation else ""
    return column.type + collation


def _refuse_nulls(replica: Replica, column: ReplicaColumn) -> Alteration:
    """Refuse nulls from now on, unless rows that stay after they are deleted have some.

    They have no value for a column that came later.
    """
    statement = set_not_null(Identifier(*replica.stream.place), column)
    if not replica.stream.keeps_rows or column.name in replica.key:
        return statement
    return Attempt(statement=statement, otherwise=())


def _complete_column(
    replica: Replica,
    old: KnownColumn | None,
    new: ReplicaColumn,
    descriptions: list[str],
) -> Iterator[Alteration]:
    """Do for a column what waits until its values are there."""
    was_not_null = old is not None and old.is_not_null
    if new.is_not_null and (old is None or not was_not_null or old.type != new.type):
        # One with another type may have been null until its values were there.
        yield _refuse_nulls(replica, new)
    if new.is_not_null and old is not None and not was_not_null:
        descriptions.append(f"column {new.name} became not null")
    identity = _identity(new)
    if old is None or old.identity == identity:
        return
    descriptions.append(f"column {new.name} counts differently")
    if identity is not None:
        yield add_identity(Identifier(*replica.stream.place), new)
