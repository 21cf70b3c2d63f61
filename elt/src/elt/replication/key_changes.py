"""Which keys and indexes of a table are gone, have other names, or are new."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from elt.postgres import Composable, compose
from elt.replication.ddl import add_keys, alter_table, relation_name
from elt.replication.definition import TableDefinition, define
from elt.replication.relocation import mentions
from elt.replication.replica import Replica


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyChanges:
    """The changes of the keys and indexes of one table."""

    #: Statements that drop those that are gone or different, by their names.
    dropped: Mapping[str, Composable]
    #: New names by the old ones.
    renamed_constraints: Mapping[str, str]
    renamed_indexes: Mapping[str, str]
    #: Statements that add the new ones.
    added: list[Composable]
    #: What goes, and what comes, in words.
    losses: list[str]
    gains: list[str]


def compare_keys(
    known: TableDefinition, replica: Replica, generated: Collection[str]
) -> KeyChanges:
    """Return how keys and indexes differ from the known ones, and how to follow that.

    The columns that are generated differently take theirs away.
    """
    now = define(replica)
    losses: list[str] = []
    dropped = _drop_definitions(known, replica, generated, losses)
    constraints = _renamed(known.constraints, now.constraints)
    indexes = _renamed(known.indexes, now.indexes)
    losses += [f"constraint {a} renamed to {b}" for a, b in constraints.items()]
    losses += [f"index {a} renamed to {b}" for a, b in indexes.items()]
    gains: list[str] = []
    added = _add_definitions(known, replica, generated, gains)
    return KeyChanges(
        dropped=dropped,
        renamed_constraints=constraints,
        renamed_indexes=indexes,
        added=added,
        losses=losses,
        gains=gains,
    )


def _drop_definitions(
    known: TableDefinition,
    replica: Replica,
    generated: Collection[str],
    descriptions: list[str],
) -> dict[str, Composable]:
    """Drop keys and indexes of ours that are gone or different."""
    now = define(replica)
    table = relation_name(*replica.stream.place)
    dropped = {}
    for name in _gone(known.constraints, now.constraints, generated):
        descriptions.append(f"constraint {name} dropped")
        dropped[name] = alter_table(table, "drop constraint if exists {name}", name)
    for name in _gone(known.indexes, now.indexes, generated):
        descriptions.append(f"index {name} dropped")
        index = relation_name(replica.stream.schema, name)
        dropped[name] = compose("drop index if exists {index}", index=index)
    return dropped


def _gone(
    known: Mapping[str, str], now: Mapping[str, str], generated: Collection[str]
) -> list[str]:
    renamed = _renamed(known, now)
    return [
        name
        for name, sql in known.items()
        if name not in renamed and (now.get(name) != sql or mentions(sql, generated))
    ]


def _renamed(known: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
    """Return new names, by the old ones, of definitions that are the same."""
    gone = {sql: name for name, sql in known.items() if name not in now}
    new = {sql: name for name, sql in now.items() if name not in known}
    return {gone[sql]: new[sql] for sql in gone if sql in new}


def _add_definitions(
    known: TableDefinition,
    replica: Replica,
    generated: Collection[str],
    descriptions: list[str],
) -> list[Composable]:
    now = define(replica)
    constraints, indexes = (
        {
            name
            for name, sql in after.items()
            if before.get(name) != sql or mentions(sql, generated)
        }
        - set(_renamed(before, after).values())
        for before, after in (
            (known.constraints, now.constraints),
            (known.indexes, now.indexes),
        )
    )
    descriptions += [f"constraint {name} added" for name in sorted(constraints)]
    descriptions += [f"index {name} added" for name in sorted(indexes)]
    missing = replace(
        replica,
        constraints=tuple(c for c in replica.constraints if c.name in constraints),
        indexes=tuple(i for i in replica.indexes if i.name in indexes),
    )
    return add_keys(missing, replica.stream.schema)
