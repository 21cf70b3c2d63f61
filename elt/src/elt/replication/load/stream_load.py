"""Load one stream: see whether it changed, and cut what is to be copied into parts."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from elt import logs
from elt.config import SyncMode
from elt.postgres import Connection
from elt.replication.design.replica import Replica
from elt.replication.design.streams import Stream
from elt.replication.incremental.changed_rows import ChangedRows, load_changes
from elt.replication.incremental.changes import Changes, Pipe
from elt.replication.incremental.choosing import choose_read
from elt.replication.incremental.reads import (
    CursorRange,
    FullRead,
    Read,
    TouchedKeys,
    XminScan,
)
from elt.replication.incremental.scans import choose_scan
from elt.replication.incremental.survey import side_by_side
from elt.replication.load.completion import finish_stream
from elt.replication.load.copying import Copying
from elt.replication.load.loading import Loading, Pair, Task
from elt.replication.load.part_load import load_part
from elt.replication.logical.touched_rows import TouchedRows, load_touched
from elt.replication.rows.copy import Copied
from elt.replication.rows.difference import Difference
from elt.replication.rows.from_item import table_rows
from elt.replication.rows.parts import Part, cut_table
from elt.replication.rows.receipts import (
    Method,
    Tally,
    method_of,
    take_tally,
    tally_query,
)
from elt.replication.rows.row_queries import alive
from elt.replication.rows.shadow import (
    drop_shadow,
    make_shadow,
    tally_source,
)

log = logs.logger(__name__)

#: Ways to read just the rows that changed.
_IN_PART = (XminScan, CursorRange, TouchedKeys)


def new_copying(loading: Loading, replica: Replica) -> Copying:
    """Decide how a stream is read, and tell where it is not as one would expect."""
    stream, method = replica.stream, method_of(loading.config.verify)
    adjustment = loading.adjustments.get(stream.name)
    if adjustment is None:
        return Copying(replica=replica, method=method)
    if stream.ignores_deletes:
        # Only the rows that were read are tallied in the end, in this one way.
        method = Method.CHECKSUM
    read: Read | TouchedKeys
    if loading.is_full:
        read = FullRead(reason="that was asked for")
    elif stream.mode is SyncMode.LOGICAL:
        read = loading.wal_reads[stream.name]
        _log_read(loading, stream, read)
    else:
        known = loading.known[stream.name]
        read = choose_read(stream, known, adjustment, loading.snapshot.facts)
        _log_read(loading, stream, read)
    return Copying(replica=replica, method=method, read=read)


def _log_read(loading: Loading, stream: Stream, read: Read | TouchedKeys) -> None:
    """Tell why a stream is read in full, or without its cursor."""
    source = loading.source.name
    if stream.mode is SyncMode.FULL_REFRESH or isinstance(read, CursorRange):
        return
    if isinstance(read, FullRead):
        log.info("read in full", source=source, stream=stream.name, reason=read.reason)
    elif read.reason is not None:
        log.info(
            "read without cursor",
            source=source,
            stream=stream.name,
            reason=read.reason,
        )


def may_be_spared(loading: Loading, copying: Copying) -> bool:
    """Tell whether a look at the source could spare the copy of all rows."""
    if isinstance(copying.read, _IN_PART):
        return True
    adjustment = loading.adjustments.get(copying.replica.stream.name)
    if adjustment is None or adjustment.changes or loading.is_full:
        return False
    if adjustment.masks:
        # What the source no longer has is told by the rows that it has.
        return False
    return copying.method is not Method.COUNT


def is_compared(loading: Loading, copying: Copying) -> bool:
    """Tell whether a stream that may be spared is one that is compared as a whole."""
    is_in_part = isinstance(copying.read, _IN_PART)
    return not is_in_part and may_be_spared(loading, copying)


def cut_stream(
    loading: Loading, copying: Copying, writer: Connection, *, is_tallied: bool = False
) -> list[Task]:
    """Return the tasks that copy a stream; a shadow that they share is made first."""
    replica = copying.replica
    parts = cut_table(replica, loading.config.workers)
    if replica.stream.ignores_deletes and not loading.is_new(replica):
        copying.method = Method.READ
    copying.is_tallied = is_tallied
    copying.expect(len(parts))
    if len(parts) > 1:
        make_shadow(writer, replica, is_new=loading.is_new(replica))
    return [Task(copying=copying, run=partial(load_part, part)) for part in parts]


def load_anew(loading: Loading, copying: Copying, connections: Pair) -> list[Task]:
    """Load a stream alone, from the beginning, where others failed together with it.

    What they have left of it goes.
    """
    are_from_wal = isinstance(copying.read, TouchedKeys)
    drop_shadow(connections.writer, copying.replica, with_keys=not are_from_wal)
    anew = new_copying(loading, copying.replica)
    anew.start()
    return look_first(loading, anew, connections)


def look_first(loading: Loading, copying: Copying, connections: Pair) -> list[Task]:
    """See what changed; return the tasks that copy all rows, none if that is spared."""
    if isinstance(copying.read, _IN_PART):
        return _merge_changes(loading, copying, copying.read, connections)
    return _compare_first(loading, copying, connections)


def _merge_changes(
    loading: Loading,
    copying: Copying,
    read: XminScan | CursorRange | TouchedKeys,
    connections: Pair,
) -> list[Task]:
    """Load the rows that changed; return the tasks that copy all, where better."""
    with loading.progress.copying(copying.replica.stream) as on_bytes:
        changes = _load_changes(loading, copying, read, Pipe(*connections, on_bytes))
    if isinstance(changes, FullRead):
        _log_read(loading, copying.replica.stream, changes)
        return cut_stream(loading, copying, connections.writer)
    take_changes(copying, changes)
    return finish_stream(loading, copying, connections)


def take_changes(copying: Copying, changes: Changes) -> None:
    """Note what changed in a stream."""
    copying.copied = changes.copied
    copying.difference = changes.difference
    copying.merge = changes.merge
    copying.has_gone = changes.has_gone
    copying.source_deletes = changes.source_deletes
    copying.method = changes.method
    copying.source = changes.source
    copying.destination = changes.destination
    copying.published_rows = changes.published_rows


def _load_changes(
    loading: Loading,
    copying: Copying,
    read: XminScan | CursorRange | TouchedKeys,
    pipe: Pipe,
) -> Changes | FullRead:
    if isinstance(read, TouchedKeys):
        touched = touched_rows(loading, copying, read)
        if not read.scanned:
            scan = _choose_scan(loading, copying.replica.stream, read)
            touched = replace(touched, scan=scan)
        return load_touched(touched, pipe)
    return load_changes(changed_rows(loading, copying, read), pipe)


def touched_rows(loading: Loading, copying: Copying, read: TouchedKeys) -> TouchedRows:
    """Return a stream of which the WAL named keys."""
    return TouchedRows(
        replica=copying.replica,
        read=read,
        verification=loading.config.verify,
        known_rows=loading.known[copying.replica.stream.name].row_count,
    )


def changed_rows(
    loading: Loading, copying: Copying, read: XminScan | CursorRange
) -> ChangedRows:
    """Return a stream of which a condition finds the rows that changed."""
    known = loading.known[copying.replica.stream.name]
    return ChangedRows(
        replica=copying.replica,
        read=read,
        verification=loading.config.verify,
        known_rows=known.row_count,
        known_deletes=known.source_deletes,
        had_ignored_deletes=known.definition.ignores_deletes,
    )


def _choose_scan(
    loading: Loading, stream: Stream, read: TouchedKeys
) -> XminScan | None:
    """Decide whether a scan finds what was touched, and tell why."""
    known, facts = loading.known[stream.name], loading.snapshot.facts
    scan = choose_scan(read, stream.relation.pages, known, facts)
    if scan is not None:
        log.info(
            "read by a scan",
            source=loading.source.name,
            stream=stream.name,
            reason=scan.reason,
        )
    return scan


def _compare_first(loading: Loading, copying: Copying, connections: Pair) -> list[Task]:
    """Tally both sides as they are; return the tasks that copy, none when equal.

    Equal checksums are what a receipt would prove after a copy, without the copy.
    """
    replica, method = copying.replica, copying.method
    rows = table_rows(replica.stream.place)
    query = tally_query(replica.copied, rows, method, alive(replica))
    with loading.progress.doing(f"comparing {replica.stream.name}"):
        source, published = side_by_side(
            partial(tally_source, connections.reader, Part(replica=replica), method),
            partial(take_tally, connections.writer, query),
        )
    if source != published:
        return cut_compared(loading, copying, source, connections.writer)
    take_equal(copying, published)
    return finish_stream(loading, copying, connections)


def cut_compared(
    loading: Loading, copying: Copying, source: Tally, writer: Connection
) -> list[Task]:
    """Return the tasks that copy a stream of which the source was tallied."""
    is_tallied = copying.replica.stream.is_steady
    if is_tallied:
        copying.source = source
    return cut_stream(loading, copying, writer, is_tallied=is_tallied)


def take_equal(copying: Copying, published: Tally) -> None:
    """Note that a replica has the rows of its source."""
    copying.source = published
    copying.copied = Copied(rows=published.rows, bytes=0)
    copying.difference = Difference()
