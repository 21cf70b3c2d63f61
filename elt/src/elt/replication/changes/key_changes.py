"""Which keys and indexes of a table are gone, have other names, or are new."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from elt.postgres import Composable, Identifier, compose
from elt.replication.catalog.relocation import mentions
from elt.replication.design.ddl import add_keys, alter_table
from elt.replication.design.definition import TableDefinition, define
from elt.replication.design.replica import Replica

#: What replicas have in place of types whose values name objects.
_TEXTS = {"text", "text[]"}


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
    anew = set(_list_anew(known, now, replica, generated))
    losses: list[str] = []
    dropped = _drop_definitions(known, now, replica, anew, losses)
    constraints = _renamed(known.constraints, now.constraints, anew)
    indexes = _renamed(known.indexes, now.indexes, anew)
    losses += [f"constraint {a} renamed to {b}" for a, b in constraints.items()]
    losses += [f"index {a} renamed to {b}" for a, b in indexes.items()]
    gains: list[str] = []
    added = _add_definitions(known, now, replica, anew, gains)
    return KeyChanges(
        dropped=dropped,
        renamed_constraints=constraints,
        renamed_indexes=indexes,
        added=added,
        losses=losses,
        gains=gains,
    )


def _list_anew(
    known: TableDefinition,
    now: TableDefinition,
    replica: Replica,
    generated: Collection[str],
) -> Iterator[str]:
    """Yield the SQL of definitions to make anew, even if they are the same.

    A check that casts to text does so no longer at the replica of what arrives as text
    anyway, and is wrong for another type.
    """
    was_text = {c.number for c in known.columns if c.type in _TEXTS}
    texts = {
        column.name
        for column in replica.columns
        if column.number in was_text and column.type not in _TEXTS
    }
    for found in (known.constraints, known.indexes, now.constraints, now.indexes):
        for sql in found.values():
            is_check = sql.startswith("CHECK ")
            if mentions(sql, generated) or (is_check and mentions(sql, texts)):
                yield sql


def _drop_definitions(
    known: TableDefinition,
    now: TableDefinition,
    replica: Replica,
    anew: Collection[str],
    descriptions: list[str],
) -> dict[str, Composable]:
    """Drop keys and indexes of ours that are gone or different."""
    table = Identifier(*replica.stream.place)
    dropped = {}
    for name in _gone(known.constraints, now.constraints, anew):
        descriptions.append(f"constraint {name} dropped")
        dropped[name] = alter_table(table, "drop constraint if exists {name}", name)
    for name in _gone(known.indexes, now.indexes, anew):
        descriptions.append(f"index {name} dropped")
        index = Identifier(replica.stream.schema, name)
        dropped[name] = compose("drop index if exists {index}", index=index)
    return dropped


def _gone(
    known: Mapping[str, str], now: Mapping[str, str], anew: Collection[str]
) -> list[str]:
    renamed = _renamed(known, now, anew)
    return [
        name
        for name, sql in known.items()
        if name not in renamed and (now.get(name) != sql or sql in anew)
    ]


def _renamed(
    known: Mapping[str, str], now: Mapping[str, str], anew: Collection[str]
) -> dict[str, str]:
    """Return new names, by the old ones, of definitions that are the same."""
    gone = {s: name for name, s in known.items() if name not in now and s not in anew}
    new = {sql: name for name, sql in now.items() if name not in known}
    return {gone[sql]: new[sql] for sql in gone if sql in new}


def _add_definitions(
    known: TableDefinition,
    now: TableDefinition,
    replica: Replica,
    anew: Collection[str],
    descriptions: list[str],
) -> list[Composable]:
    constraints, indexes = (
        {name for name, sql in after.items() if before.get(name) != sql or sql in anew}
        - set(_renamed(before, after, anew).values())
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
