"""Load one stream: see whether it changed, copy its parts, index or compare them."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

from elt import logs
from elt.config import DeletePolicy, SyncMode
from elt.postgres import Connection, transaction
from elt.replication import source as source_side
from elt.replication.changed_rows import (
    ChangedRows,
    Changes,
    Pipe,
    load_changes,
)
from elt.replication.copy import Copied, copy_rows
from elt.replication.copying import Copying
from elt.replication.difference import Difference, alive, find_difference
from elt.replication.load import Load, Loading, Pair, Task
from elt.replication.parts import Part, cut_table
from elt.replication.reads import (
    CursorRange,
    FullRead,
    Read,
    XminScan,
    choose_read,
)
from elt.replication.receipts import (
    Method,
    method_of,
    take_tally,
    tally_query,
)
from elt.replication.replica import Replica
from elt.replication.shadow import (
    check_equal,
    copy_in,
    finish_shadow,
    make_shadow,
    tally_shadow,
    tally_source,
)
from elt.replication.source import read_positions
from elt.replication.streams import Stream
from elt.replication.touched_rows import TouchedRows, load_touched
from elt.replication.wal_reads import TouchedKeys

log = logs.logger(__name__)

#: Ways to read just the rows that changed.
_IN_PART = (XminScan, CursorRange, TouchedKeys)


def new_copying(loading: Loading, replica: Replica) -> Copying:
    """Decide how a stream is read, and tell where it is not as one would expect."""
    stream, method = replica.stream, method_of(loading.config.verify)
    adjustment = loading.adjustments.get(stream.name)
    if adjustment is None:
        return Copying(replica=replica, method=method)
    if stream.deletes is DeletePolicy.IGNORE:
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
    return copying.method is not Method.COUNT


def cut_stream(
    loading: Loading, copying: Copying, writer: Connection, *, is_tallied: bool = False
) -> list[Task]:
    """Return the tasks that copy a stream; a shadow that they share is made first."""
    replica = copying.replica
    parts = cut_table(replica, loading.config.workers)
    if replica.stream.deletes is DeletePolicy.IGNORE and not _is_new(loading, replica):
        copying.method = Method.READ
    copying.expect(len(parts), is_tallied=is_tallied)
    if len(parts) > 1:
        make_shadow(writer, replica, is_new=_is_new(loading, replica))
    return [Task(copying=copying, part=part) for part in parts]


def _is_new(loading: Loading, replica: Replica) -> bool:
    return replica.stream.name not in loading.adjustments


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
    copying.copied = changes.copied
    copying.difference = changes.difference
    copying.method = changes.method
    copying.source = changes.source
    copying.destination = changes.destination
    copying.published_rows = changes.published_rows
    loading.loads.append(_complete(loading, copying, connections.reader))
    return []


def _load_changes(
    loading: Loading,
    copying: Copying,
    read: XminScan | CursorRange | TouchedKeys,
    pipe: Pipe,
) -> Changes | FullRead:
    replica, verification = copying.replica, loading.config.verify
    known_rows = loading.known[replica.stream.name].row_count
    if isinstance(read, TouchedKeys):
        touched = TouchedRows(
            replica=replica, read=read, verification=verification, known_rows=known_rows
        )
        return load_touched(touched, pipe)
    changed = ChangedRows(
        replica=replica, read=read, verification=verification, known_rows=known_rows
    )
    return load_changes(changed, pipe)


def _compare_first(loading: Loading, copying: Copying, connections: Pair) -> list[Task]:
    """Tally both sides as they are; return the tasks that copy, none when equal.

    Equal checksums are what a receipt would prove after a copy, without the copy.
    """
    replica, method = copying.replica, copying.method
    place = replica.stream.place
    with ThreadPoolExecutor(1, thread_name_prefix="elt-tally") as beside:
        whole = Part(replica=replica)
        source = beside.submit(tally_source, connections.reader, whole, method)
        query = tally_query(replica.copied, place, method, alive(replica))
        published = take_tally(connections.writer, query)
    copying.source = source.result()
    if copying.source != published:
        return cut_stream(loading, copying, connections.writer, is_tallied=True)
    copying.copied = Copied(rows=copying.source.rows, bytes=0)
    copying.difference = Difference()
    loading.loads.append(_complete(loading, copying, connections.reader))
    return []


def load_part(
    loading: Loading, part: Part, copying: Copying, connections: Pair
) -> None:
    """Copy and tally a part; who brings in the last one completes the stream."""
    copied = _copy(loading, part, connections)
    is_last = copying.add_copied(copied)
    if copying.untallied == 0:
        if is_last:
            _finish(loading, copying, connections.writer)
            loading.loads.append(_complete(loading, copying, connections.reader))
        return
    method = copying.method
    with ThreadPoolExecutor(1, thread_name_prefix="elt-tally") as beside:
        # The source is read once more while the destination is busy with its own side.
        tally = beside.submit(tally_source, connections.reader, part, method, copied)
        if is_last:
            _finish(loading, copying, connections.writer)
    # The one who finished adds its tally after that, so the last tally finds all done.
    if copying.add_tally(tally.result()):
        loading.loads.append(_complete(loading, copying, connections.reader))


def _copy(loading: Loading, part: Part, connections: Pair) -> Copied:
    replica = part.replica
    with (
        transaction(connections.writer),
        loading.progress.copying(replica.stream) as on_bytes,
    ):
        if part.is_whole:
            new = _is_new(loading, replica)
            make_shadow(connections.writer, replica, is_new=new)
        return copy_rows(
            connections.reader,
            source_side.copy_out(part),
            connections.writer,
            copy_in(part),
            on_bytes=on_bytes,
        )


def _finish(loading: Loading, copying: Copying, writer: Connection) -> None:
    """Make a shadow that is full ready to be published."""
    replica = copying.replica
    adjustment = loading.adjustments.get(replica.stream.name)
    if adjustment is None:
        finish_shadow(writer, replica)
        copying.destination = tally_shadow(
            writer, replica, copying.copied, copying.method
        )
        copying.difference = Difference(inserted=copying.copied.rows)
    elif not adjustment.changes:
        copying.difference = find_difference(writer, replica)


def _complete(loading: Loading, copying: Copying, reader: Connection) -> Load:
    replica, stream = copying.replica, copying.replica.stream
    published_rows = copying.published_rows
    if published_rows is None and stream.name in loading.known:
        published_rows = loading.known[stream.name].row_count
    cursor_value = None
    if stream.cursor is not None:
        cursor_value = source_side.read_highest(reader, replica, stream.cursor)
    source_side.refuse_rewritten(reader, replica)
    if copying.destination is not None:
        check_equal(stream.name, copying.source, copying.destination)
    return Load(
        replica=replica,
        adjustment=loading.adjustments.get(stream.name),
        copied=copying.copied,
        method=copying.method,
        source=copying.source,
        difference=copying.difference,
        destination=copying.destination,
        published_rows=published_rows or 0,
        cursor_value=cursor_value,
        identities=read_positions(reader, replica),
        seconds=time.monotonic() - copying.started,
    )
