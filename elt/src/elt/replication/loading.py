"""Load streams beside the published tables: copy, tally, index or compare.

Workers take the next part of a table when they are free. Each has a connection to
either side and commits what it loads: a shadow is private, nobody sees it before the
publish.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from decimal import Decimal

from elt import logs
from elt.config import Config, SourceConfig
from elt.errors import EltError
from elt.interruption import raise_if_interrupted
from elt.postgres import (
    Connection,
    Literal,
    compose,
    connect,
    execute,
    transaction,
)
from elt.progress import Progress
from elt.replication import source as source_side
from elt.replication.catalog import set_search_path
from elt.replication.copy import Copied, copy_rows
from elt.replication.difference import Difference, find_difference
from elt.replication.lock import describe_program
from elt.replication.parts import Part, cut_table
from elt.replication.receipts import Tally
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

log = logs.logger(__name__)

#: A comparison sorts or hashes two tables; the default of 4 MB makes it spill early.
_WORK_MEM = "64MB"


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
    identities: Mapping[str, int]
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
    loads: list[Load] = field(default_factory=list)
    failures: dict[str, EltError] = field(default_factory=dict)


@dataclass(kw_only=True)
class Copying:
    """A stream of which some parts may still be on their way."""

    replica: Replica
    #: Parts that are not copied yet, and parts that are not tallied yet.
    uncopied: int
    untallied: int
    started: float = field(default_factory=time.monotonic)
    copied: Copied = field(default_factory=lambda: Copied(rows=0, bytes=0))
    source: Tally = field(default_factory=lambda: Tally(rows=0, checksum=Decimal(0)))
    difference: Difference | None = None
    destination: Tally | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add_copied(self, copied: Copied) -> bool:
        """Count a part that is in; tell whether it was the last one."""
        with self._lock:
            self.copied += copied
            self.uncopied -= 1
            return self.uncopied == 0

    def add_tally(self, tally: Tally) -> bool:
        """Count a part that is tallied; tell whether it was the last one."""
        with self._lock:
            self.source += tally
            self.untallied -= 1
            return self.untallied == 0


def load_streams(
    loading: Loading, replicas: Iterable[Replica], *, stop_at_failure: bool
) -> None:
    """Load every stream; collect what was loaded and what failed.

    With `stop_at_failure` nothing is begun after the first failure.
    """
    queue: deque[tuple[Part, Copying]] = deque()
    with _writer(loading) as writer:
        for replica in replicas:
            parts = cut_table(replica, loading.config.workers)
            count = len(parts)
            copying = Copying(replica=replica, uncopied=count, untallied=count)
            queue.extend((part, copying) for part in parts)
            if count > 1:
                make_shadow(writer, replica, is_new=_is_new(loading, replica))
    count = min(loading.config.workers, len(queue))
    with ThreadPoolExecutor(count, thread_name_prefix="elt-worker") as pool:
        work = [
            pool.submit(_work, loading, queue, stop_at_failure) for _ in range(count)
        ]
    for future in work:
        future.result()
    raise_if_interrupted()


def _is_new(loading: Loading, replica: Replica) -> bool:
    return replica.stream.name not in loading.adjustments


def _work(
    loading: Loading,
    queue: deque[tuple[Part, Copying]],
    stop_at_failure: bool,  # noqa: FBT001
) -> None:
    """Take parts until there are none, with new connections after a failure."""
    while queue:
        with ExitStack() as stack:
            reader = stack.enter_context(_reader(loading))
            writer = stack.enter_context(_writer(loading))
            is_usable = True
            while queue and is_usable:
                if stop_at_failure and loading.failures:
                    queue.clear()
                    return
                try:
                    part, copying = queue.popleft()
                except IndexError:
                    return
                if part.replica.stream.name not in loading.failures:
                    is_usable = _try_to_load(loading, part, copying, reader, writer)


def _try_to_load(
    loading: Loading,
    part: Part,
    copying: Copying,
    reader: Connection,
    writer: Connection,
) -> bool:
    stream = part.replica.stream.name
    try:
        _load_part(loading, part, copying, reader, writer)
    except EltError as error:
        if stream not in loading.failures:
            loading.failures[stream] = error
            log.error(
                "failed stream",
                source=loading.source.name,
                stream=stream,
                error=error.message,
                hint=error.hint,
            )
        return False
    return True


def _reader(loading: Loading) -> closing[Connection]:
    """Connect to the source, in the snapshot."""
    name = describe_program("worker", loading.source.name)
    reader = connect(loading.source.connection, application_name=name)
    source_side.import_snapshot(reader, loading.snapshot)
    return closing(reader)


def _writer(loading: Loading) -> closing[Connection]:
    """Connect to the destination, where names mean what they mean at the source."""
    name = describe_program("worker", loading.source.name)
    writer = connect(loading.config.destination.connection, application_name=name)
    set_search_path(writer, loading.landings)
    execute(writer, compose("set work_mem to {size}", size=Literal(_WORK_MEM)))
    return closing(writer)


def _load_part(
    loading: Loading,
    part: Part,
    copying: Copying,
    reader: Connection,
    writer: Connection,
) -> None:
    """Copy and tally a part; who brings in the last one completes the stream."""
    copied = _copy(loading, part, reader, writer)
    is_last = copying.add_copied(copied)
    method = loading.config.verify
    with ThreadPoolExecutor(1, thread_name_prefix="elt-tally") as beside:
        # The source is read once more while the destination is busy with its own side.
        tally = beside.submit(tally_source, reader, part, copied, method)
        if is_last:
            _finish(loading, copying, writer)
    # The one who finished adds its tally after that, so the last tally finds all done.
    if copying.add_tally(tally.result()):
        loading.loads.append(_complete(loading, copying, reader))


def _copy(
    loading: Loading, part: Part, reader: Connection, writer: Connection
) -> Copied:
    replica = part.replica
    with (
        transaction(writer),
        loading.progress.copying(replica.stream) as on_bytes,
    ):
        if part.is_whole:
            make_shadow(writer, replica, is_new=_is_new(loading, replica))
        return copy_rows(
            reader,
            source_side.copy_out(part),
            writer,
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


def _read_identities(reader: Connection, replica: Replica) -> dict[str, int]:
    found = {
        column.name: source_side.read_identity(reader, replica, column.name)
        for column in replica.columns
        if column.is_identity
    }
    return {name: value for name, value in found.items() if value is not None}
