"""What changed in a table of the source, and the statements that follow it.

Nothing is ever dropped with CASCADE: what a view of the user depends on stays, and the
run is refused with the name of the view. Nothing here talks to a database.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from elt.config import SchemaChangePolicy
from elt.errors import ConfigError
from elt.postgres import Composable, Identifier, compose, raw
from elt.replication.ddl import add_keys, column_definition, relation_name
from elt.replication.definition import KnownColumn, TableDefinition, define, renumber
from elt.replication.replica import OUR_NUMBER, Replica, ReplicaColumn


@dataclass(frozen=True, kw_only=True, slots=True)
class SchemaChanges:
    """The changes of one table; empty when there are none."""

    #: Each change in words.
    descriptions: tuple[str, ...] = ()
    #: Statements to run before the rows are compared, and after they are published.
    before: tuple[Composable, ...] = ()
    after: tuple[Composable, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether anything changed."""
        return bool(self.descriptions)


@dataclass(frozen=True, kw_only=True, slots=True)
class Adjustment:
    """A replica as it is to be loaded, and how its table is brought there."""

    replica: Replica
    changes: SchemaChanges
    #: What the state remembers as the definition.
    definition: TableDefinition
    action: str = "propagated"


def adjust(replica: Replica, known: TableDefinition) -> Adjustment:
    """Decide what to do about the changes since a table was last published.

    Raises ConfigError under the policy `fail`.
    """
    known = renumber(known, replica)
    changes = compare(known, replica)
    if not changes:
        return Adjustment(replica=replica, changes=changes, definition=define(replica))
    policy = _policy(replica, known)
    if policy is SchemaChangePolicy.FAIL:
        what = "; ".join(changes.descriptions)
        message = f"The table {replica.stream.name} changed: {what}"
        hint = "Its policy is on_schema_change: fail; set propagate or keep to go on."
        raise ConfigError(message, hint=hint)
    if policy is SchemaChangePolicy.KEEP:
        return _keep(replica, known, changes)
    return Adjustment(
        replica=_comparable(replica, known),
        changes=changes,
        definition=define(replica),
    )


def _policy(replica: Replica, known: TableDefinition) -> SchemaChangePolicy:
    """Return what is done about a change: one of ours is always made.

    Soft deletes that begin or end change the replica, not the source.
    """
    policy = replica.stream.on_schema_change
    was_soft = any(column.number == OUR_NUMBER for column in known.columns)
    if was_soft is replica.stream.is_soft:
        return policy
    before, now = (
        {column for column in definition.columns if column.number != OUR_NUMBER}
        for definition in (known, define(replica))
    )
    if before == now:
        return SchemaChangePolicy.PROPAGATE
    if policy is SchemaChangePolicy.KEEP:
        message = f"{replica.stream.name} changed together with its soft deletes"
        raise ConfigError(message, hint="Set on_schema_change: propagate for once.")
    return policy


def _comparable(replica: Replica, known: TableDefinition) -> Replica:
    """Return a replica with the key that its rows can be compared by.

    Values of the key may be new to the replica: rows are then told by all values. Rows
    that are deleted softly stay in the way of others of their key.
    """
    if _changed_names(known, replica).isdisjoint(replica.key):
        return replica
    if not replica.stream.is_soft:
        return replace(replica, key=())
    numbers = {column.number for column in known.columns}
    if any(c.name in replica.key and c.number not in numbers for c in replica.columns):
        message = f"The key of {replica.stream.name} has a new column"
        hint = "Soft deletes cannot follow that: drop the replica to begin anew."
        raise ConfigError(message, hint=hint)
    return replica


def compare(known: TableDefinition, replica: Replica) -> SchemaChanges:
    """Return what differs from the known definition, and how to follow it."""
    known = renumber(known, replica)
    by_number = {column.number: column for column in known.columns}
    current = {column.number: column for column in replica.columns}
    altered = replica.root or replica.stream
    table = relation_name(*altered.place)
    descriptions: list[str] = []
    before: list[Composable] = []
    after: list[Composable] = []
    if replica.root is None:
        before += _drop_definitions(known, replica, table, descriptions)
    for number, old in by_number.items():
        if number not in current:
            descriptions.append(f"column {old.name} dropped")
            before.append(_alter(table, "drop column {name}", old.name))
    before += _rename_columns(table, known, replica, descriptions)
    for number, column in current.items():
        if number not in by_number:
            descriptions.append(f"column {column.name} added")
            before.append(_add_column(table, column))
        else:
            _change_column(table, by_number[number], column, descriptions, before)
    for column in replica.columns:
        was_not_null = _was_not_null(by_number.get(column.number))
        if column.is_not_null and not was_not_null:
            after.append(_alter(table, "alter column {name} set not null", column.name))
            if column.number in by_number:
                descriptions.append(f"column {column.name} became not null")
    if replica.root is None:
        after += _add_definitions(known, replica, descriptions)
    return SchemaChanges(
        descriptions=tuple(descriptions), before=tuple(before), after=tuple(after)
    )


def _was_not_null(old: KnownColumn | None) -> bool:
    return old is not None and old.is_not_null


def _rename_columns(
    table: Composable,
    known: TableDefinition,
    replica: Replica,
    descriptions: list[str],
) -> Iterator[Composable]:
    """Rename in two steps where a new name is an old one of another column."""
    current = {column.number: column.name for column in replica.columns}
    renamed = [
        (column.name, current[column.number], column.number)
        for column in known.columns
        if current.get(column.number, column.name) != column.name
    ]
    descriptions += [f"column {old} renamed to {new}" for old, new, _ in renamed]
    old_names = {old for old, _, _ in renamed}
    meet = any(new in old_names for _, new, _ in renamed)
    steps = [(old, new) for old, new, _ in renamed]
    if meet:
        between = [(old, f"elt_column_{number}") for old, _, number in renamed]
        steps = between + [(f"elt_column_{number}", new) for _, new, number in renamed]
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
    before: list[Composable],
) -> None:
    if old.is_not_null and not new.is_not_null:
        descriptions.append(f"column {new.name} may be null")
        before.append(_alter(table, "alter column {name} drop not null", new.name))
    if old.generation != new.generation:
        descriptions.append(f"column {new.name} is generated differently")
        before.append(_alter(table, "drop column {name}", new.name))
        before.append(_add_column(table, new))
    elif old.type != new.type:
        descriptions.append(f"column {new.name} is {new.type} instead of {old.type}")
        before.append(
            compose(
                "alter table {table} alter column {name} type {type} "
                "using {name}::text::{type}",
                table=table,
                name=Identifier(new.name),
                type=raw(new.type),
            )
        )


def _add_column(table: Composable, column: ReplicaColumn) -> Composable:
    """Add a column that may be null until its values are there."""
    nullable = replace(column, is_not_null=False)
    return compose(
        "alter table {table} add column {definition}",
        table=table,
        definition=column_definition(nullable),
    )


def _alter(table: Composable, action: str, name: str) -> Composable:
    return compose("alter table {table} " + action, table=table, name=Identifier(name))


def _drop_definitions(
    known: TableDefinition, replica: Replica, table: Composable, descriptions: list[str]
) -> Iterator[Composable]:
    """Drop keys and indexes of ours that are gone or different."""
    now = define(replica)
    for name, sql in known.constraints.items():
        if now.constraints.get(name) != sql:
            descriptions.append(f"constraint {name} dropped")
            yield _alter(table, "drop constraint if exists {name}", name)
    for name, sql in known.indexes.items():
        if now.indexes.get(name) != sql:
            descriptions.append(f"index {name} dropped")
            index = relation_name(replica.stream.schema, name)
            yield compose("drop index if exists {index}", index=index)


def _add_definitions(
    known: TableDefinition, replica: Replica, descriptions: list[str]
) -> list[Composable]:
    now = define(replica)
    constraints = {
        n for n, sql in now.constraints.items() if known.constraints.get(n) != sql
    }
    indexes = {n for n, sql in now.indexes.items() if known.indexes.get(n) != sql}
    descriptions += [f"constraint {name} added" for name in sorted(constraints)]
    descriptions += [f"index {name} added" for name in sorted(indexes)]
    missing = replace(
        replica,
        constraints=tuple(c for c in replica.constraints if c.name in constraints),
        indexes=tuple(i for i in replica.indexes if i.name in indexes),
    )
    return add_keys(missing, replica.stream.schema)


def _changed_names(known: TableDefinition, replica: Replica) -> set[str]:
    before = {c.number: (c.name, c.type) for c in known.columns}
    return {c.name for c in replica.columns if before.get(c.number) != (c.name, c.type)}


def _keep(
    replica: Replica, known: TableDefinition, changes: SchemaChanges
) -> Adjustment:
    """Load only the columns that are as they were; leave the others as they are."""
    unchanged = {(c.number, c.name, c.type, c.generation) for c in known.columns}
    columns = tuple(
        c
        for c in replica.columns
        if (c.number, c.name, c.type, c.generation) in unchanged
    )
    names = {column.name for column in columns}
    if not names.issuperset(replica.key):
        message = (
            f"The key of {replica.stream.name} changed, so its replica cannot be kept"
        )
        raise ConfigError(message, hint="Set on_schema_change: propagate.")
    table = relation_name(*replica.stream.place)
    orphans = [c for c in known.columns if c.name not in names and c.is_not_null]
    optional = {c.name for c in columns if not c.is_not_null}
    loosened = [c for c in known.columns if c.name in optional and c.is_not_null]
    relaxed = SchemaChanges(
        descriptions=changes.descriptions,
        before=tuple(
            _alter(table, "alter column {name} drop not null", column.name)
            for column in (*orphans, *loosened)
        ),
    )
    return Adjustment(
        replica=replace(replica, columns=columns),
        changes=relaxed,
        definition=known,
        action="kept",
    )
