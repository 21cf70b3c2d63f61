"""Load the rows of several small streams at once of which the WAL named a few keys."""

from __future__ import annotations

from collections.abc import Sequence

from elt.postgres import (
    Connection,
    Identifier,
    compose,
    execute,
    execute_union,
    joined,
    transaction,
)
from elt.replication.catalog.tables import Place
from elt.replication.design.replica import Replica
from elt.replication.incremental.changes import Changes
from elt.replication.incremental.merge import Merge, find_mergeable
from elt.replication.logical.touched_rows import (
    FEWEST_KEYS,
    TouchedRows,
    chunk_columns,
    chunk_keys,
    has_key,
)
from elt.replication.rows.copy import Statements, copy_together
from elt.replication.rows.difference import Difference, find_touched_deleted
from elt.replication.rows.receipts import Method, Tally
from elt.replication.rows.row_queries import chunk_table, queries
from elt.replication.rows.shadow import (
    copy_changes_in,
    make_changes_shadows,
    sum_hashes_together,
)
from elt.replication.sessions.snapshot import copy_changes


def has_few_keys(stream: TouchedRows) -> bool:
    """Tell whether the rows of a small stream are looked up, whatever comes."""
    is_proven = stream.method is Method.KEYS and stream.known_rows is not None
    return is_proven and not stream.read.scanned and stream.read.count <= FEWEST_KEYS


def load_touched_together(
    streams: Sequence[TouchedRows], reader: Connection, writer: Connection
) -> dict[Place, Changes]:
    """Load the rows that were touched; leave out streams that cannot be merged.

    A failure undoes all of it, and does not say which stream failed.
    """
    places = find_mergeable(writer, [stream.replica for stream in streams])
    merged = [s for s in streams if s.replica.stream.place in places]
    if not merged:
        return {}
    with transaction(writer):
        return _load(merged, reader, writer)


def _load(
    streams: Sequence[TouchedRows], reader: Connection, writer: Connection
) -> dict[Place, Changes]:
    replicas = [stream.replica for stream in streams]
    execute(writer, joined(map(chunk_keys, replicas), "; "))
    keys = _read_keys(writer, replicas)
    make_changes_shadows(writer, replicas)
    statements = [
        Statements(copy_changes(r, has_key(r, arrays)), copy_changes_in(r))
        for r, (_, arrays) in zip(replicas, keys, strict=True)
    ]
    copied = copy_together(reader, writer, statements)
    sums = sum_hashes_together(writer, replicas)
    changes = {}
    for stream, (count, _), rows, checksum in zip(
        streams, keys, copied, sums, strict=True
    ):
        # Each key has one row at most: where there are as many, none is gone.
        has_gone = rows.rows < count
        gone = find_touched_deleted(writer, stream.replica) if has_gone else 0
        changes[stream.replica.stream.place] = Changes(
            copied=rows,
            difference=Difference(deleted=gone),
            method=Method.KEYS,
            source=Tally(rows=rows.rows, checksum=checksum),
            merge=Merge(rows=rows.rows),
            has_gone=has_gone,
            published_rows=stream.known_rows,
        )
    return changes


def _read_keys(
    writer: Connection, replicas: Sequence[Replica]
) -> list[tuple[int, Sequence[str]]]:
    """Return how many keys of each stream there are, and their arrays as text."""
    reads = [
        compose(
            queries["read_chunk_of"],
            names=chunk_columns(replica),
            chunks=Identifier(*chunk_table(replica)),
        )
        for replica in replicas
    ]
    return [(keys, arrays) for [(keys, arrays)] in execute_union(writer, reads)]
