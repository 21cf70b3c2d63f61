"""How far sequences have counted, and those of identity columns above all."""

from __future__ import annotations

from typing import NamedTuple

from elt.postgres import Connection, compose, execute, raw
from elt.replication.catalog.names import qualify_name
from elt.replication.design.replica import Replica
from elt.replication.sessions.snapshot import queries


class Position(NamedTuple):
    """How far a sequence has counted."""

    value: int
    #: Whether the value was given out; else it is the next one.
    is_called: bool


def read_positions(
    connection: Connection, replica: Replica
) -> dict[str, Position | None]:
    """Return where identity columns are, None where the role may not know it."""
    return {
        column.name: _read_position(connection, replica, column.name)
        for column in replica.columns
        if column.is_identity
    }


def _read_position(
    connection: Connection, replica: Replica, column: str
) -> Position | None:
    relation = replica.stream.relation
    parameters = {
        "table": qualify_name(relation.schema, relation.name),
        "column": column,
    }
    [(sequence, can_select, last_value)] = execute(
        connection, queries["find_identity"], parameters
    )
    if can_select:
        # Only the sequence itself tells a first value that is still to come.
        statement = compose(
            "select last_value, is_called from {sequence}", sequence=raw(sequence)
        )
        [(value, is_called)] = execute(connection, statement)
        return Position(value=value, is_called=is_called)
    return None if last_value is None else Position(value=last_value, is_called=True)
