"""Refuses to publish without a stream that fails where its rows would go with others.

Each stream is published for itself, but not what partitions have in common: the table
above them is altered, made anew or dropped for all, and a replica in its place with it.
"""

from __future__ import annotations

from collections.abc import Container

from elt.postgres import Connection, Identifier, compose, fetch_one
from elt.replication.design.streams import Stream
from elt.replication.load.loading import Load
from elt.replication.publish.hierarchy import remade_places
from elt.replication.publish.publication import Publication
from elt.replication.rows.row_queries import queries
from elt.replication.sessions.session import summarize


def refuse_losses(connection: Connection, publication: Publication) -> None:
    """Raise the errors of all streams that failed where one of them lost its rows."""
    failed = [x for x in publication.loads if _has_failed(publication, x)]
    streams = [*(load.replica.stream for load in failed), *publication.unloaded]
    remade = set(remade_places(publication))
    anew = {
        whole.stream.relation.oid
        for whole in publication.partitioned
        if whole.stream.place in remade
    }
    if (
        any(stream.place in remade for stream in streams)
        or any(_is_below(publication, stream, anew) for stream in streams)
        or any(_is_emptied(connection, load) for load in failed)
    ):
        raise summarize(publication.failures, publication.source)


def _has_failed(publication: Publication, load: Load) -> bool:
    return load.replica.stream.name in publication.failures


def _is_below(publication: Publication, stream: Stream, oids: Container[int]) -> bool:
    """Tell whether a stream is to be below one of some tables, at any distance."""
    wholes = {w.stream.relation.oid: w.stream for w in publication.partitioned}
    return any(
        oid in oids or (oid in wholes and _is_below(publication, wholes[oid], oids))
        for oid in stream.relation.parents
    )


def _is_emptied(connection: Connection, load: Load) -> bool:
    """Tell whether a partition lost its rows as its whole was altered."""
    adjustment = load.adjustment
    if adjustment is None or not (adjustment.is_part and adjustment.changes.before):
        return False
    table = Identifier(*load.replica.stream.place)
    has_rows = fetch_one(connection, compose(queries["has_rows"], table=table))
    return load.published_rows > 0 and not has_rows
