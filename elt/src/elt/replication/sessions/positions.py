"""How far sequences have counted, and those of identity columns above all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from elt.postgres import Connection, Literal, compose, execute, joined, raw
from elt.replication.catalog.names import qualify_name
from elt.replication.design.replica import Replica
from elt.replication.sessions.snapshot import queries


class Position(NamedTuple):
    """How far a sequence has counted."""

    value: int
    #: Whether the value was given out; else it is the next one.
    is_called: bool


def read_positions(
    connection: Connection, replicas: Sequence[Replica]
) -> dict[str, dict[str, Position | None]]:
    """Return where identity columns are, by stream and column.

    None where the role may not know it. Two messages, however many there are.
    """
    positions: dict[str, dict[str, Position | None]] = {}
    identities = []
    for replica in replicas:
        positions[replica.stream.name] = {}
        identities += [(replica, c.name) for c in replica.columns if c.is_identity]
    if not identities:
        return positions
    relations = [replica.stream.relation for replica, _ in identities]
    parameters = {
        "tables": [qualify_name(r.schema, r.name) for r in relations],
        "columns": [column for _, column in identities],
    }
    found = execute(connection, queries["find_identities"], parameters)
    readable = [sequence for sequence, can_select, _ in found if can_select]
    read = _read_sequences(connection, readable)
    for (replica, column), (sequence, can_select, last_value) in zip(
        identities, found, strict=True
    ):
        position = None
        if can_select:
            position = read[sequence]
        elif last_value is not None:
            position = Position(value=last_value, is_called=True)
        positions[replica.stream.name][column] = position
    return positions


def _read_sequences(
    connection: Connection, sequences: Sequence[str]
) -> dict[str, Position]:
    """Return where sequences are: only they tell a first value that is to come."""
    if not sequences:
        return {}
    reads = [
        compose(
            "select {name} as name, last_value, is_called from {sequence}",
            name=Literal(sequence),
            sequence=raw(sequence),
        )
        for sequence in sequences
    ]
    found = execute(connection, joined(reads, " union all "))
    return {
        name: Position(value=value, is_called=is_called)
        for name, value, is_called in found
    }
