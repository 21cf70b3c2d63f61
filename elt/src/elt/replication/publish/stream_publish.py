"""Publish one stream: its rows, its definition, and the receipt that proves it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from elt.errors import EltError
from elt.postgres import (
    Composable,
    Connection,
    Identifier,
    compose,
    execute_together,
    joined,
    savepoint,
)
from elt.replication.changes.alterations import alter
from elt.replication.design.ddl import grant_on
from elt.replication.design.definition import define
from elt.replication.design.replica import Replica
from elt.replication.incremental.merge import Merged, merge_rows, tally_merged
from elt.replication.load.loading import Load
from elt.replication.load.mismatches import name_published
from elt.replication.load.small_tables import SMALL_BYTES, divide, tally_together
from elt.replication.publish.array_types import move_table
from elt.replication.publish.deferred import check_deferred
from elt.replication.publish.kept import explain_kept
from elt.replication.publish.moved_rows import refuse_moved
from elt.replication.publish.publication import Publication
from elt.replication.rows.difference import (
    Difference,
    apply_difference,
    find_difference,
)
from elt.replication.rows.from_item import table_rows
from elt.replication.rows.kept_rows import mask_kept
from elt.replication.rows.receipts import Method, Tally, take_tally, tally_query
from elt.replication.rows.row_queries import alive
from elt.replication.rows.row_tallies import Triggers, tally_gone, tally_loaded
from elt.replication.rows.shadow import check_equal
from elt.replication.state.run_state import StreamReport

#: Receipts of all rows.
_OF_ALL = frozenset({Method.CHECKSUM, Method.EXACT})
#: Receipts that say nothing of the other rows.
_PARTIAL = frozenset({Method.READ, Method.KEYS})
#: Receipts of rows that are told by their key, and of which what was written counts.
_OF_CHANGES = frozenset({Method.CHANGES, Method.KEYS})


def adopt_together(connection: Connection, publication: Publication) -> bool:
    """Move all shadows of new replicas at once; tell whether that was possible.

    Where it is not, one after the other tells which of them fails.
    """
    statements = [
        statement
        for load in publication.loads
        if load.adjustment is None
        for statement in _adoption(publication, load.replica)
    ]
    return execute_together(connection, statements)


@dataclass(frozen=True, kw_only=True, slots=True)
class Applied:
    """A stream whose rows are published, and not proven yet."""

    load: Load
    merged: Merged
    seconds: float


def tally_small(connection: Connection, loads: Sequence[Load]) -> dict[str, Tally]:
    """Tally small replicas together, by stream; those that are tallied otherwise not.

    Where it fails, one after the other tells of which.
    """
    small = [load for load in loads if _is_small_whole(load)]
    tallied: dict[str, Tally] = {}
    if small:
        with suppress(EltError), savepoint(connection):
            for group in divide(small, 1):
                rows = [table_rows(load.replica.stream.place) for load in group]
                conditions = [alive(load.replica) for load in group]
                tallies = tally_together(connection, group, rows, conditions)
                names = [load.replica.stream.name for load in group]
                tallied.update(zip(names, tallies, strict=True))
    return tallied


def _is_small_whole(load: Load) -> bool:
    """Tell whether the receipt of a small replica is one of all of its rows."""
    is_whole = load.destination is None and load.method in _OF_ALL
    return is_whole and load.replica.stream.relation.bytes <= SMALL_BYTES


def apply_stream(
    connection: Connection, publication: Publication, load: Load, *, is_adopted: bool
) -> Applied:
    """Make the rows of one replica what they are at the source, in a transaction."""
    started = time.monotonic()
    if load.adjustment is None and not is_adopted:
        adoption = _adoption(publication, load.replica)
        if adoption:
            move_table(connection, load.replica, joined(adoption, "; "))
    with explain_kept(load.replica.stream):
        merged = apply_rows(connection, publication, load)
    return Applied(load=load, merged=merged, seconds=time.monotonic() - started)


def prove_stream(
    connection: Connection,
    applied: Applied,
    *,
    triggers: Triggers,
    tally: Tally | None,
) -> StreamReport:
    """Tally what readers will see of a stream, unless that was done; compare it.

    Raises DataError when it is not equal to the source.
    """
    started = time.monotonic()
    load, difference = applied.load, applied.merged.difference
    rows = load.published_rows + difference.inserted - difference.deleted
    destination = load.destination or tally
    if destination is None:
        destination = _tally(connection, applied, rows, triggers)
    find_where = partial(name_published, connection, load)
    name_triggers = partial(triggers.of, load.replica)
    check_equal(
        load.replica.stream, load.source, destination, find_where, name_triggers
    )
    return StreamReport(
        replica=load.replica,
        is_new=load.adjustment is None,
        copied=load.copied,
        difference=difference,
        definition=(
            load.adjustment.definition if load.adjustment else define(load.replica)
        ),
        method=load.method,
        source=load.source,
        destination=destination,
        rows=rows if load.method in _PARTIAL else destination.rows,
        cursor_value=load.cursor_value,
        seconds=load.seconds + applied.seconds + time.monotonic() - started,
        source_deletes=load.source_deletes,
        altered_rows=_altered_rows(load),
    )


def _altered_rows(load: Load) -> int:
    """Return how many rows there were before alterations that may delete them all."""
    is_altered = load.adjustment is not None and load.adjustment.changes.before
    return load.published_rows if is_altered else 0


def apply_rows(connection: Connection, publication: Publication, load: Load) -> Merged:
    """Make a replica hold the loaded rows; return what is another one now."""
    is_hashed = load.method in _OF_CHANGES
    if load.adjustment is None:
        rows = load.copied.rows
        return Merged(difference=Difference(inserted=rows), written=Tally(rows=rows))
    # The alterations of a part are made at the whole, for all parts at once.
    alters_itself = not load.adjustment.is_part
    changes = load.adjustment.changes
    if alters_itself:
        alter(connection, changes.before)
    if load.merge is not None:
        expected = load.difference or Difference()
        refuse_moved(connection, publication, load, expected)
        merged = merge_rows(
            connection, load.replica, expected, load.merge, is_hashed=is_hashed
        )
    else:
        difference = load.difference or find_difference(connection, load.replica)
        refuse_moved(connection, publication, load, difference)
        written = apply_difference(
            connection, load.replica, difference, is_hashed=is_hashed
        )
        merged = Merged(difference=difference, written=written, is_listed=True)
    if load.adjustment.masks:
        mask_kept(connection, load.replica, load.adjustment.masks)
    if alters_itself and changes.after:
        check_deferred(connection, load.replica.stream.place)
        alter(connection, changes.after)
    return merged


def _adoption(publication: Publication, replica: Replica) -> list[Composable]:
    """Return what moves a shadow to where it belongs, with the grants of new tables."""
    stream = replica.stream
    if stream.schema in publication.landed:
        return []
    move = compose(
        "alter table {table} set schema {schema}",
        table=Identifier(*stream.shadow),
        schema=Identifier(stream.schema),
    )
    grants = [
        grant_on(replica, grant)
        for grant in publication.default_grants
        if grant.schema == stream.schema
    ]
    return [move, *grants]


def _tally(
    connection: Connection, applied: Applied, rows: int, triggers: Triggers
) -> Tally:
    """Tally what readers will see, as the source was tallied.

    Of a replica that was counted before, `rows` says how many there are now: what was
    written to it is known to the row.
    """
    load, merged = applied.load, applied.merged
    replica, method = load.replica, load.method
    if method is Method.READ:
        is_hashed = load.source.checksum is not None
        hashed = Method.CHECKSUM if is_hashed else Method.COUNT
        return tally_loaded(connection, replica, hashed)
    if method in _OF_CHANGES:
        tally = tally_merged(connection, replica, load.merge, merged, triggers)
        if load.has_gone:
            tally += tally_gone(connection, replica)
        return tally if method is Method.KEYS else replace(tally, rows=rows)
    query = tally_query(
        replica.copied, table_rows(replica.stream.place), method, alive(replica)
    )
    return take_tally(connection, query)
