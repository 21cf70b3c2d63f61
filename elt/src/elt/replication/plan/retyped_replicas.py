"""Refuses replicas of which somebody has given a column another type.

Their rows could be compared with none of the source: PostgreSQL says so after the copy,
and by the number of the column.
"""

from __future__ import annotations

from elt.errors import ConfigError
from elt.postgres import Connection, fetch_one
from elt.replication.catalog.names import qualify_name, quote_name
from elt.replication.catalog.tables import Table
from elt.replication.design.definition import KnownColumn, TableDefinition
from elt.replication.design.known_definition import renumber
from elt.replication.design.replica import Replica
from elt.replication.plan.destination import queries


def refuse_retyped_columns(
    connection: Connection, known: TableDefinition, replica: Replica, table: Table
) -> None:
    """Raise ConfigError for a column with another type than it was given.

    Not where the source gives it another one, too: it is altered then.
    """
    types = {column.name: column.type for column in table.columns}
    wanted = {column.number: column.type for column in replica.copied}
    for column in renumber(known, replica).columns:
        present = types.get(column.name)
        is_changed = present not in {None, column.type}
        if (
            is_changed
            and column.generation is None
            and wanted.get(column.number) == column.type
            and _are_others(connection, column.type, str(present))
        ):
            raise _refusal(column, str(present), replica, table)


def _are_others(connection: Connection, first: str, second: str) -> bool:
    """Tell whether two names of types are those of two."""
    parameters = {"first": first, "second": second}
    return bool(fetch_one(connection, queries["are_other_types"], parameters))


def _refusal(
    column: KnownColumn, present: str, replica: Replica, table: Table
) -> ConfigError:
    place, name = qualify_name(*table.relation.place), quote_name(column.name)
    message = (
        f"At the destination {name} of {place} is {present}, while elt had made it "
        f"{column.type}"
    )
    # A partition has its columns from the top.
    top = qualify_name(*replica.root.place) if replica.root else place
    hint = (
        f"Run there: ALTER TABLE {top} ALTER COLUMN {name} TYPE {column.type} USING "
        f"{name}::text::{column.type};"
    )
    return ConfigError(message, hint=hint)
