"""Let identity columns of replicas go on where those of the source are."""

from __future__ import annotations

from elt.postgres import Connection, Identifier, Literal, compose, execute, raw
from elt.replication.catalog.names import qualify_name
from elt.replication.design.replica import Replica
from elt.replication.plan.destination import queries
from elt.replication.publish.publication import Publication
from elt.replication.sessions.positions import Position


def set_positions(connection: Connection, publication: Publication) -> None:
    """Set the positions of partitioned tables, which are no streams of their own."""
    for replica in publication.partitioned:
        for column, position in publication.identities[replica.stream.name].items():
            set_position(connection, replica, column, position)


def set_position(
    connection: Connection, replica: Replica, column: str, position: Position | None
) -> None:
    """Set one; by the values that are there where the source does not tell it."""
    place = replica.stream.place
    value = None if position is None else position.value
    statement = compose(
        queries["set_identity"],
        table=Identifier(*place),
        only=raw("only " if replica.partition_key is None else ""),
        column=Identifier(column),
        table_name=Literal(qualify_name(*place)),
        column_name=Literal(column),
        value=compose("{value}::bigint", value=Literal(value)),
        is_called=compose(
            "{is_called}::boolean",
            is_called=Literal(None if position is None else position.is_called),
        ),
    )
    execute(connection, statement)
