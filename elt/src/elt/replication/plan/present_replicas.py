"""What a run goes by of a replica that exists, as somebody may have altered it."""

from __future__ import annotations

from elt.postgres import Connection
from elt.replication.catalog.tables import Table
from elt.replication.changes.lost_columns import refuse_lost_columns
from elt.replication.design.definition import TableDefinition
from elt.replication.design.known_definition import (
    has_free_names,
    keep_present,
    take_present,
)
from elt.replication.design.replica import Replica
from elt.replication.plan.retyped_replicas import refuse_retyped_columns
from elt.replication.state.state import KnownStream


def recall_definition(
    connection: Connection, known: KnownStream, replica: Replica, table: Table
) -> TableDefinition:
    """Return the definition that a replica is to be adjusted from.

    `table` is the replica as it is. Raises ConfigError where a column was taken from
    it, or has another type than it was given.
    """
    definition = known.definition
    # A run that was refused has another state, and has given no name back.
    if known.state == "gone" or has_free_names(table):
        definition = keep_present(definition, table)
    refuse_lost_columns(definition, table)
    definition = take_present(definition, replica, table)
    refuse_retyped_columns(connection, definition, replica, table)
    return definition
