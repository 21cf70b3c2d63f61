"""Load one stream: see whether it changed, copy its parts, index or compare them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import NamedTuple

from elt.config import Config, SourceConfig, Verification
from elt.errors import EltError
from elt.postgres import Connection, transaction
from elt.progress import Progress
from elt.replication import source as source_side
from elt.replication.copy import Copied, copy_rows
from elt.replication.copying import Copying
from elt.replication.difference import Difference, find_difference
from elt.replication.parts import Part, cut_table
from elt.replication.receipts import Tally, take_tally, tally_query
from elt.replication.replica import Replica
from elt.replication.schema_changes import Adjustment
from elt.replication.shadow import (
    check_equal,
    copy_in,
    finish_shadow,
    make_shadow,
    tally_shadow,
    tally_source,
)
from elt.replication.source import Snapshot


class Pair(NamedTuple):
    """The two connections of a worker."""

    reader: Connection
    writer: Connection


@dataclass(frozen=True, kw_only=True, slots=True)
class Load:
    """A stream whose rows are in its shadow."""

    replica: Replica
    #: None when the shadow becomes the replica; else the replica is made equal to it.
    adjustment: Adjustment | None
    copied: Copied
    source: Tally
    #: None when the replica must be altered before it can be compared.
    difference: Difference | None
    #: What the shadow of a new replica holds; others are tallied when published.
    destination: Tally | None
    #: Last values of identity columns, None where they cannot be read.
    identities: Mapping[str, int | None]
    seconds: float


@dataclass(kw_only=True)
class Loading:
    """What the workers share."""

    config: Config
    source: SourceConfig
    snapshot: Snapshot
    #: Search path of the destination, the mirror of the source's.
    landings: tuple[str, ...]
    #: By stream, what to do about replicas that exist already.
    adjustments: Mapping[str, Adjustment]
    progress: Progress
    #: Whether streams are copied without a look at whether they changed.
    is_full: bool = False
    loads: list[Load] = field(default_factory=list)
    failures: dict[str, EltError] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """A part to copy; without one, to see first whether the stream changed at all."""

    copying: Copying
    part: Part | None = None


def may_be_unchanged(loading: Loading, replica: Replica) -> bool:
    """Tell whether checksums could show that a stream need not be copied."""
    adjustment = loading.adjustments.get(replica.stream.name)
    if adjustment is None or adjustment.changes or loading.is_full:
        return False
    return loading.config.verify is not Verification.COUNT


def cut_stream(
    loading: Loading, copying: Copying, writer: Connection, *, is_tallied: bool = False
) -> list[Task]:
    """Return the tasks that copy a stream; a shadow that they share is made first."""
    replica = copying.replica
    parts = cut_table(replica, loading.config.workers)
    copying.expect(len(parts), is_tallied=is_tallied)
    if len(parts) > 1:
        make_shadow(writer, replica, is_new=_is_new(loading, replica))
    return [Task(copying=copying, part=part) for part in parts]


def _is_new(loading: Loading, replica: Replica) -> bool:
    return replica.stream.name not in loading.adjustments


def compare_first(loading: Loading, copying: Copying, connections: Pair) -> list[Task]:
    """Tally both sides as they are; return the tasks that copy, none when equal.

    Equal checksums are what a receipt would prove after a copy, without the copy.
    """
    replica, method = copying.replica, loading.config.verify
    place = replica.stream.place
    with ThreadPoolExecutor(1, thread_name_prefix="elt-tally") as beside:
        whole = Part(replica=replica)
        source = beside.submit(tally_source, connections.reader, whole, method)
        query = tally_query(replica.columns, place, method)
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
    method = loading.config.verify
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
        method = loading.config.verify
        copying.destination = tally_shadow(writer, replica, copying.copied, method)
        copying.difference = Difference(inserted=copying.copied.rows)
    elif not adjustment.changes:
        copying.difference = find_difference(writer, replica)


def _complete(loading: Loading, copying: Copying, reader: Connection) -> Load:
    stream = copying.replica.stream
    source_side.refuse_rewritten(reader, copying.replica)
    if copying.destination is not None:
        check_equal(stream.name, copying.source, copying.destination)
    return Load(
        replica=copying.replica,
        adjustment=loading.adjustments.get(stream.name),
        copied=copying.copied,
        source=copying.source,
        difference=copying.difference,
        destination=copying.destination,
        identities=_read_identities(reader, copying.replica),
        seconds=time.monotonic() - copying.started,
    )


def _read_identities(reader: Connection, replica: Replica) -> dict[str, int | None]:
    return {
        column.name: source_side.read_identity(reader, replica, column.name)
        for column in replica.columns
        if column.is_identity
    }
