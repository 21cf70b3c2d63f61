"""What changed in a table of the source, and the statements that follow it.

Nothing is ever dropped with CASCADE: what a view of the user depends on stays, and the
run is refused with the name of the view. Nothing here talks to a database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from elt.postgres import Composable
from elt.replication.changes.alterations import Alteration
from elt.replication.changes.column_changes import (
    changed_columns,
    compare_columns,
    generated_differently,
    replaced_columns,
)
from elt.replication.changes.key_changes import compare_keys
from elt.replication.design.definition import TableDefinition, define
from elt.replication.design.known_definition import (
    follow_renames,
    forget_replaced,
    renumber,
)
from elt.replication.design.replica import Replica


@dataclass(frozen=True, kw_only=True, slots=True)
class SchemaChanges:
    """The changes of one table; empty when there are none."""

    #: Each change in words.
    descriptions: tuple[str, ...] = ()
    #: Statements to run before the rows are compared.
    before: tuple[Alteration, ...] = ()
    #: Afterwards: what columns are to be now that they have their values, and the keys
    #: and indexes to add.
    completed: tuple[Alteration, ...] = ()
    added: tuple[Composable, ...] = ()
    #: What drops keys and indexes, by their names, before all of that.
    dropped: Mapping[str, Composable] = field(default_factory=dict)
    #: New names of keys and of indexes by the old ones.
    renamed_constraints: Mapping[str, str] = field(default_factory=dict)
    renamed_indexes: Mapping[str, str] = field(default_factory=dict)
    #: New names of columns by the old ones.
    renamed: Mapping[str, str] = field(default_factory=dict)
    #: Columns that readers find otherwise than they were published, by the names they
    #: had; a new one by its own.
    columns: tuple[str, ...] = ()
    #: Of these, what no view of the destination may use while they are altered.
    replaced: tuple[str, ...] = ()
    #: Whether rows are what they were, and told apart as before: only checks and
    #: indexes that are not unique are others.
    leaves_rows: bool = False

    @property
    def after(self) -> tuple[Alteration, ...]:
        """Return all statements to run after the rows are published."""
        return (*self.completed, *self.added)

    def __bool__(self) -> bool:
        """Tell whether anything changed."""
        return bool(self.descriptions)


def compare(known: TableDefinition, replica: Replica) -> SchemaChanges:
    """Return what differs from the known definition, and how to follow it."""
    known = forget_replaced(renumber(known, replica), replica)
    known = follow_renames(known, replica)
    now = define(replica)
    if known == now:
        # As a rule, and sooner than to find out that each part is as it was.
        return SchemaChanges(leaves_rows=True)
    keys = compare_keys(known, replica, generated_differently(known, replica))
    columns = compare_columns(known, replica)
    return SchemaChanges(
        descriptions=(*keys.losses, *columns.descriptions, *keys.gains),
        before=tuple(columns.before),
        completed=tuple(columns.completed),
        added=tuple(keys.added),
        dropped=keys.dropped,
        renamed_constraints=keys.renamed_constraints,
        renamed_indexes=keys.renamed_indexes,
        renamed=columns.renamed,
        columns=tuple(changed_columns(known, replica)),
        replaced=tuple(replaced_columns(known, replica)),
        leaves_rows=not columns.descriptions and _tells_rows_alike(known, now),
    )


def _tells_rows_alike(known: TableDefinition, now: TableDefinition) -> bool:
    """Tell whether keys and unique indexes are what they were."""
    before, after = (
        (
            {n: s for n, s in found.constraints.items() if not s.startswith("CHECK ")},
            {n: s for n, s in found.indexes.items() if s.startswith("unique ")},
        )
        for found in (known, now)
    )
    return before == after
