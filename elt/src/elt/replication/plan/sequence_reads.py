"""Read sequences: which there are, in the snapshot, and where they are, after it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from elt.config import SourceConfig
from elt.errors import EltError, InterruptedRun, LostConnectionError
from elt.postgres import (
    Connection,
    Identifier,
    compose,
    execute,
    fetch,
    joined,
    raw,
)
from elt.queries import load_queries
from elt.replication.catalog.tables import Place, Relation, name_columns, write_name
from elt.replication.design.streams import NotCopied
from elt.replication.plan.sequences import (
    Sequences,
    SourceSequence,
    choose_sequences,
    is_ours,
)
from elt.replication.sessions.positions import Position

queries = load_queries("elt.replication", "sql/sequences.sql")

#: A statement on many sequences takes longer than several on fewer: 1,000 are read in
#: 65 ms at once, in 17 ms by hundreds.
_READ_TOGETHER = 100
_DROPPED = "it was dropped during the run"


class Reading(NamedTuple):
    """Where a sequence is, and the file that says so: another one after a restart."""

    position: Position
    file_node: int


def list_sequences(
    connection: Connection,
    source: SourceConfig,
    schemas: Iterable[str],
    held: Iterable[Relation] = (),
) -> Sequences:
    """Read which sequences are to be carried over, in the snapshot of a run.

    `held` is what the destination has besides tables.
    """
    query = compose(queries["list_sequences"], options=raw(queries["options"]))
    parameters = {"schemas": list(schemas)}
    found = fetch(connection, SourceSequence, query, parameters)
    return choose_sequences(source, found, filter(is_ours, held))


def read_sequences(
    reader: Connection, writer: Connection | None, sequences: Sequences
) -> Sequences:
    """Return the sequences with their positions on both sides.

    These are of now. So they are not below what rows of the snapshot show, unless the
    sequence was restarted since: it is then left as it was, for the next run. In a
    transaction, each that is read would be locked until its end.
    """
    if not sequences.chosen:
        return sequences
    places = [sequence.place for sequence in sequences.chosen]
    readings, failures = _read_positions(reader, places)
    held: dict[Place, Reading] = {}
    if writer is not None and sequences.ours:
        # What cannot be read is written once more.
        held, _ = _read_positions(writer, sequences.ours)
    for sequence in sequences.chosen:
        reading = readings.get(sequence.place)
        if reading is not None and reading.file_node != sequence.file_node:
            del readings[sequence.place]
            failures[sequence.place] = (
                "it was altered or restarted during the run: the next one sets it"
            )
    sequences.not_copied.extend(
        NotCopied(name=write_name(*place), reason=reason)
        for place, reason in failures.items()
    )
    return replace(
        sequences,
        chosen=[s for s in sequences.chosen if s.place in readings],
        positions={place: reading.position for place, reading in readings.items()},
        held_positions={place: reading.position for place, reading in held.items()},
    )


def _read_positions(
    connection: Connection, places: Sequence[Place]
) -> tuple[dict[Place, Reading], dict[Place, str]]:
    """Return where sequences of either side are, and why that is not known of some.

    By one statement for all that have given out a number, in a hundredth of the time
    that it takes to select from each.
    """
    found = execute(connection, queries["list_positions"], name_columns(places))
    readings = {
        (schema, name): Reading(Position(value, is_called=True), file_node)
        for schema, name, value, file_node in found
        if value is not None
    }
    listed = [(schema, name) for schema, name, *_ in found]
    unused = [place for place in listed if place not in readings]
    failures = dict.fromkeys(set(places).difference(listed), _DROPPED)
    for start in range(0, len(unused), _READ_TOGETHER):
        more, lacking = _select_apart(
            connection, unused[start : start + _READ_TOGETHER]
        )
        readings |= more
        failures |= lacking
    return readings, failures


def _select_apart(
    connection: Connection, places: Sequence[Place]
) -> tuple[dict[Place, Reading], dict[Place, str]]:
    """Select from sequences together; where that fails, from each alone."""
    try:
        return _select(connection, places), {}
    except (InterruptedRun, LostConnectionError):
        raise
    except EltError as error:
        if len(places) == 1:
            return {}, {places[0]: error.message}
    readings: dict[Place, Reading] = {}
    failures: dict[Place, str] = {}
    for place in places:
        reading, failure = _select_apart(connection, [place])
        readings |= reading
        failures |= failure
    return readings, failures


def _select(connection: Connection, places: Sequence[Place]) -> dict[Place, Reading]:
    """Select from sequences: only they tell a first number that is still to come."""
    parts = [
        compose(f"({queries['read_position']})", sequence=Identifier(*place))
        for place in places
    ]
    query = compose("select array[{parts}]", parts=joined(parts))
    [(texts,)] = execute(connection, query)
    return dict(zip(places, map(_parse_reading, texts), strict=True))


def _parse_reading(text: str) -> Reading:
    value, is_called, file_node = text.split()
    position = Position(value=int(value), is_called=is_called == "t")
    return Reading(position=position, file_node=int(file_node))
