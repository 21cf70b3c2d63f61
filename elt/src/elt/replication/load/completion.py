"""A stream is loaded: what its publish needs to know is put together."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial

from elt.postgres import Connection
from elt.replication.load.copying import Copying
from elt.replication.load.loading import Load, Loading, Pair, Task
from elt.replication.load.mismatches import name_copied
from elt.replication.rows.shadow import check_equal
from elt.replication.sessions.positions import read_positions
from elt.replication.sessions.snapshot import read_highest, refuse_rewritten


def end_task(loading: Loading, copying: Copying, connections: Pair) -> list[Task]:
    """Count a task as over; after the last one of a stream, it is loaded."""
    return finish_stream(loading, copying, connections) if copying.end() else []


def finish_stream(loading: Loading, copying: Copying, connections: Pair) -> list[Task]:
    """Hand a stream on to the publish; nothing is left to be done."""
    loading.loads += complete(loading, [copying], connections)
    return []


def end_reading(reader: Connection, copyings: Sequence[Copying]) -> None:
    """Read what is left to be read of tables, in the task that read the last rows.

    Raises TemporaryError for tables that were truncated or rewritten meanwhile. Until
    the end of the task nobody can do so; what becomes of them then is of no concern.
    """
    replicas = [copying.replica for copying in copyings]
    refuse_rewritten(reader, replicas)
    identities = read_positions(reader, replicas)
    for copying in copyings:
        stream = copying.replica.stream
        copying.identities = identities[stream.name]
        if stream.cursor is not None:
            highest = read_highest(reader, copying.replica, stream.cursor)
            copying.cursor_value = highest
        copying.is_read = True


def complete(
    loading: Loading, group: Sequence[Copying], connections: Pair
) -> list[Load]:
    """Return what the publish needs to know of streams whose rows are all in.

    Raises DataError when they are not those of the source.
    """
    unread = [copying for copying in group if not copying.is_read]
    if unread:
        end_reading(connections.reader, unread)
    return [_complete(loading, copying, connections) for copying in group]


def _complete(loading: Loading, copying: Copying, connections: Pair) -> Load:
    replica, stream = copying.replica, copying.replica.stream
    published_rows = copying.published_rows
    if published_rows is None and stream.name in loading.known:
        published_rows = loading.known[stream.name].row_count
    if copying.destination is not None:
        find_where = partial(name_copied, loading, copying, connections)
        check_equal(stream, copying.source, copying.destination, find_where)
    return Load(
        replica=replica,
        adjustment=loading.adjustments.get(stream.name),
        copied=copying.copied,
        method=copying.method,
        source=copying.source,
        difference=copying.difference,
        merge=copying.merge,
        has_gone=copying.has_gone,
        destination=copying.destination,
        published_rows=published_rows or 0,
        cursor_value=copying.cursor_value,
        identities=copying.identities,
        seconds=time.monotonic() - copying.started,
        source_deletes=copying.source_deletes,
    )
