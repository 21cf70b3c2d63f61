"""Refuses replicas that somebody took a column of, or gave it another name.

No later run would find it there again. Nothing here talks to a database.
"""

from __future__ import annotations

from elt.errors import ConfigError
from elt.replication.catalog.names import qualify_name, quote_name
from elt.replication.catalog.tables import Table
from elt.replication.design.definition import KnownColumn, TableDefinition


def refuse_lost_columns(known: TableDefinition, table: Table) -> None:
    """Raise ConfigError where a replica has not the columns that it was given."""
    present = {column.name for column in table.columns}
    lost = [column for column in known.columns if column.name not in present]
    if not lost:
        return
    place = qualify_name(*table.relation.place)
    names = " and ".join(quote_name(column.name) for column in lost)
    message = f"At the destination {place} has lost {names}, which elt had given it"
    added = ", ".join(f"ADD COLUMN {_definition(column)}" for column in lost)
    hint = (
        f"Give it back its name, or run there: ALTER TABLE {place} {added}; then run "
        "elt replicate --full."
    )
    raise ConfigError(message, hint=hint)


def _definition(column: KnownColumn) -> str:
    definition = f"{quote_name(column.name)} {column.type}"
    if column.collation is not None:
        definition += f" COLLATE {quote_name(column.collation)}"
    if column.generation is not None:
        definition += f" GENERATED ALWAYS AS {column.generation}"
    return definition
