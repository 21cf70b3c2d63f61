"""Publish one stream: its rows, its definition, and the receipt that proves it."""

from __future__ import annotations

import time
from dataclasses import replace

from elt.postgres import Connection, Identifier, Literal, compose, execute
from elt.replication.alterations import alter
from elt.replication.ddl import grant_on, relation_name
from elt.replication.definition import define
from elt.replication.destination import queries
from elt.replication.difference import (
    Difference,
    alive,
    apply_difference,
    find_difference,
    tally_loaded,
    tally_touched,
)
from elt.replication.load import Load
from elt.replication.names import qualify_name
from elt.replication.publication import Publication
from elt.replication.receipts import Method, Tally, take_tally, tally_query
from elt.replication.replica import Replica
from elt.replication.shadow import check_equal
from elt.replication.state import StreamReport

#: Receipts that say nothing of the other rows.
_PARTIAL = frozenset({Method.READ, Method.KEYS})


def publish_stream(
    connection: Connection, publication: Publication, load: Load
) -> StreamReport:
    """Make one replica what it is at the source, inside a transaction.

    Raises DataError when what would be visible is not equal to the source.
    """
    started = time.monotonic()
    difference = _apply(connection, publication, load)
    rows = load.published_rows + difference.inserted - difference.deleted
    destination = load.destination or _tally(connection, load, rows)
    check_equal(load.replica.stream.name, load.source, destination)
    _set_identities(connection, load)
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
        seconds=load.seconds + time.monotonic() - started,
    )


def _apply(connection: Connection, publication: Publication, load: Load) -> Difference:
    if load.adjustment is None:
        _adopt(connection, publication, load.replica)
        return Difference(inserted=load.copied.rows)
    # The alterations of a partition are made at its root, for all partitions at once.
    alters_itself = load.replica.root is None
    changes = load.adjustment.changes
    if alters_itself:
        alter(connection, changes.before)
    difference = load.difference or find_difference(connection, load.replica)
    if difference.total:
        apply_difference(connection, load.replica, difference)
    if alters_itself:
        alter(connection, changes.after)
    return difference


def _adopt(connection: Connection, publication: Publication, replica: Replica) -> None:
    """Move a shadow to where the replica belongs, with the grants it has by default."""
    stream = replica.stream
    move = compose(
        "alter table {table} set schema {schema}",
        table=relation_name(*stream.shadow),
        schema=Identifier(stream.schema),
    )
    execute(connection, move)
    for grant in publication.default_grants:
        if grant.schema == stream.schema:
            execute(connection, grant_on(replica, grant))


def _tally(connection: Connection, load: Load, rows: int) -> Tally:
    """Tally what readers will see, as the source was tallied.

    Of a replica that was counted before, `rows` says how many there are now: what was
    written to it is known to the row.
    """
    replica, method = load.replica, load.method
    if method is Method.KEYS:
        return tally_touched(connection, replica)
    if method in {Method.READ, Method.CHANGES}:
        is_hashed = load.source.checksum is not None
        hashed = Method.CHECKSUM if is_hashed else Method.COUNT
        loaded = tally_loaded(connection, replica, hashed)
        return loaded if method is Method.READ else replace(loaded, rows=rows)
    query = tally_query(replica.copied, replica.stream.place, method, alive(replica))
    return take_tally(connection, query)


def _set_identities(connection: Connection, load: Load) -> None:
    """Let identity columns go on where those of the source are."""
    place = load.replica.stream.place
    for column, value in load.identities.items():
        statement = compose(
            queries["set_identity"],
            table=Identifier(*place),
            column=Identifier(column),
            table_name=Literal(qualify_name(*place)),
            column_name=Literal(column),
            value=compose("{value}::bigint", value=Literal(value)),
        )
        execute(connection, statement)
