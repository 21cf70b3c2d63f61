"""Let identity columns of replicas go on where those of the source are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from elt.postgres import (
    Composable,
    Connection,
    Identifier,
    Literal,
    compose,
    execute,
    execute_together,
    joined,
    raw,
)
from elt.replication.catalog.names import qualify_name
from elt.replication.design.replica import Replica
from elt.replication.load.loading import Load
from elt.replication.plan.destination import queries
from elt.replication.publish.publication import Publication
from elt.replication.sessions.positions import Position


def set_positions(connection: Connection, publication: Publication) -> None:
    """Set the positions of partitioned tables, which are no streams of their own."""
    for replica in publication.partitioned:
        set_identities(connection, replica, publication.identities[replica.stream.name])


def set_identities(
    connection: Connection, replica: Replica, identities: Mapping[str, Position | None]
) -> None:
    """Set those of one replica; by the values there where the source tells none."""
    statements = _statements(replica, identities)
    if statements:
        execute(connection, joined(statements, "; "))


def set_together(connection: Connection, loads: Iterable[Load]) -> bool:
    """Set those of all streams by one message; tell whether that was possible.

    Where it is not, one after the other tells which of them fails.
    """
    statements = [
        statement
        for load in loads
        for statement in _statements(load.replica, load.identities)
    ]
    return execute_together(connection, statements)


def _statements(
    replica: Replica, identities: Mapping[str, Position | None]
) -> list[Composable]:
    place = replica.stream.place
    return [
        compose(
            queries["set_identity"],
            table=Identifier(*place),
            only=raw("only " if replica.partition_key is None else ""),
            column=Identifier(column),
            table_name=Literal(qualify_name(*place)),
            column_name=Literal(column),
            value=compose(
                "{value}::bigint", value=Literal(position and position.value)
            ),
            is_called=compose(
                "{is_called}::boolean",
                is_called=Literal(position and position.is_called),
            ),
        )
        for column, position in identities.items()
    ]
