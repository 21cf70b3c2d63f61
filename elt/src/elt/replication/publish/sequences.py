"""What a publish does about sequences: makes room for others, and brings them along."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from elt.errors import EltError, InterruptedRun, LostConnectionError
from elt.postgres import (
    Composable,
    Connection,
    Identifier,
    Literal,
    compose,
    execute,
    fetch,
    joined,
    raw,
    savepoint,
)
from elt.replication.catalog.names import qualify_name
from elt.replication.catalog.tables import Place, name_columns, write_name
from elt.replication.changes.alterations import alter, giving_up
from elt.replication.design.replica import Replica
from elt.replication.design.streams import NotCopied
from elt.replication.plan.sequence_reads import queries
from elt.replication.plan.sequences import (
    Sequences,
    SourceSequence,
    is_ours,
    mark_of,
)
from elt.replication.publish.ancestry import gone_tables
from elt.replication.publish.publication import Publication


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldRelation:
    """What the destination has under the name of a sequence."""

    schema: str
    name: str
    is_ours: bool
    is_identity: bool
    options: str | None
    comment: str | None


def make_room(connection: Connection, publication: Publication) -> None:
    """Drop sequences of ours whose names are needed for replicas from now on.

    The source has them no longer; or the server has given their name to the sequence of
    an identity column. Nothing that somebody else made depends on them.
    """
    sequences = publication.sequences
    replicas = [*publication.partitioned, *_changed(publication)]
    if sequences is None or not replicas:
        return
    _rename_identities(connection, publication)
    if not any(map(is_ours, publication.catalog.others)):
        return
    parameters = name_columns(_names_of(replicas)) | {"mark": mark_of(sequences.source)}
    drop = "drop sequence {sequence}"
    alter(
        connection,
        [
            compose(drop, sequence=Identifier(*place))
            for place in execute(connection, queries["list_in_the_way"], parameters)
        ],
    )


def _changed(publication: Publication) -> Iterator[Replica]:
    """Yield the replicas that are new or altered."""
    for load in publication.loads:
        if load.adjustment is None or load.adjustment.changes:
            yield load.replica


def _rename_identities(connection: Connection, publication: Publication) -> None:
    """Take names that are needed from the sequences of identity columns of replicas.

    The source has given them others, or the server has called them so by itself.
    """
    new = [r for r in publication.replicas if publication.existing(r) is None]
    needed = {*_names_of([*new, *_changed(publication)]), *_names_of_identities(new)}
    ours = {r.stream.place for r in publication.replicas}
    ours |= {table.relation.place for table in gone_tables(publication)}
    rows = execute(connection, queries["list_identities"], name_columns(needed))
    renamings = [
        compose(
            "alter sequence {sequence} rename to {name}",
            sequence=Identifier(schema, name),
            name=Identifier(f"elt_{oid}"),
        )
        for schema, name, oid, *table in rows
        if tuple(table) in ours
    ]
    alter(connection, renamings)


def _names_of_identities(replicas: Iterable[Replica]) -> Iterator[Place]:
    for replica in replicas:
        for column in replica.columns:
            if column.is_identity and column.identity_sequence:
                yield replica.stream.schema, column.identity_sequence


def _names_of(replicas: Iterable[Replica]) -> Iterator[Place]:
    for replica in replicas:
        yield replica.stream.place
        for definition in (*replica.constraints, *replica.indexes):
            yield replica.stream.schema, definition.name


def carry_over(connection: Connection, publication: Publication) -> None:
    """Bring the sequences of the destination to where those of the source are.

    What fails is noted as not copied; rows are not held back by it.
    """
    sequences = publication.sequences
    if sequences is None or not sequences.chosen:
        return
    changes = compare_sequences(connection, sequences)
    if not changes or _try(connection, changes.values()) is None:
        return
    for place, change in changes.items():
        error = _try(connection, [change])
        if error is not None:
            name = write_name(*place)
            sequences.not_copied.append(NotCopied(name=name, reason=error.message))


def compare_sequences(
    connection: Connection, sequences: Sequences
) -> dict[Place, Composable]:
    """Return what has to be done at the destination, by the sequences of the source."""
    landings = [sequences.landing(sequence) for sequence in sequences.chosen]
    query = compose(queries["list_held"], options=raw(queries["options"]))
    parameters = name_columns(landings) | {"mark": mark_of(sequences.source)}
    found = fetch(connection, HeldRelation, query, parameters)
    held = {(relation.schema, relation.name): relation for relation in found}
    return decide_changes(sequences, held)


def decide_changes(
    sequences: Sequences,
    held: Mapping[Place, HeldRelation],
) -> dict[Place, Composable]:
    """Return what brings the destination's sequences to where the source's are.

    By the place of each at the source; `held` is what has their names. What is somebody
    else's is noted as not copied.
    """
    changes = {}
    for sequence in sequences.chosen:
        landing = sequences.landing(sequence)
        there = held.get(landing)
        if there is not None and not there.is_ours:
            sequences.not_copied.append(_name_taken(sequence, landing, there))
            continue
        names = _list_changes(sequences, sequence, there)
        if names:
            wanted = sequences.positions[sequence.place]
            changes[sequence.place] = compose(
                "; ".join(queries[name] for name in names),
                sequence=Identifier(*landing),
                options=raw(sequence.options),
                comment=Literal(sequences.comment(sequence)),
                name=Literal(qualify_name(*landing)),
                value=Literal(wanted.value),
                is_called=Literal(wanted.is_called),
            )
    return changes


def _list_changes(
    sequences: Sequences, sequence: SourceSequence, there: HeldRelation | None
) -> list[str]:
    """Return the names of the statements that one sequence needs."""
    if there is None:
        return ["create_sequence", "set_sequence", "comment_sequence"]
    found = []
    held_position = sequences.held_positions.get(sequences.landing(sequence))
    if there.options != sequence.options:
        found = ["alter_sequence", "set_sequence"]
    elif held_position != sequences.positions[sequence.place]:
        found = ["set_sequence"]
    if there.comment != sequences.comment(sequence):
        found.append("comment_sequence")
    return found


def _name_taken(
    sequence: SourceSequence, landing: Place, there: HeldRelation
) -> NotCopied:
    what = "exists at the destination, but not through elt"
    if there.is_identity:
        what = "is the sequence of an identity column at the destination"
    reason = f"{write_name(*landing)} {what}: rename that"
    return NotCopied(name=write_name(*sequence.place), reason=reason)


def _try(connection: Connection, changes: Iterable[Composable]) -> EltError | None:
    """Make all of some changes or none; return what they failed with.

    A sequence is locked by whoever draws from it, for as long as his transaction lasts.
    """
    try:
        with savepoint(connection), giving_up(connection):
            execute(connection, joined(changes, "; "))
    except (InterruptedRun, LostConnectionError):
        raise
    except EltError as error:
        return error
    return None
