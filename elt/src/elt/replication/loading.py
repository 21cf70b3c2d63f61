"""Load streams beside the published tables: copy, tally, index or compare.

Workers take the next stream when they are free. Each has a connection to either side
and commits what it loads: a shadow is private, nobody sees it before the publish.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field

from elt import logs
from elt.config import Config, SourceConfig, Verification
from elt.errors import DataError, EltError
from elt.interruption import raise_if_interrupted
from elt.postgres import (
    Composable,
    Connection,
    Literal,
    compose,
    connect,
    execute,
    joined,
    transaction,
)
from elt.progress import Progress
from elt.replication import source as source_side
from elt.replication.catalog import set_search_path
from elt.replication.copy import Copied, copy_rows
from elt.replication.ddl import add_keys, create_table, relation_name
from elt.replication.difference import Difference, column_list, find_difference
from elt.replication.lock import describe_program
from elt.replication.receipts import Tally, take_tally, tally_query
from elt.replication.replica import Replica
from elt.replication.schema_changes import Adjustment
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


def load_streams(
    loading: Loading, replicas: Iterable[Replica], *, stop_at_failure: bool
) -> None:
    """Load every stream; collect what was loaded and what failed.

    With `stop_at_failure` no further stream is begun after the first failure.
    """
    queue = deque(replicas)
    count = min(loading.config.workers, len(queue))
    with ThreadPoolExecutor(count, thread_name_prefix="elt-worker") as pool:
        work = [
            pool.submit(_work, loading, queue, stop_at_failure) for _ in range(count)
        ]
    for future in work:
        future.result()
    raise_if_interrupted()


def _work(loading: Loading, queue: deque[Replica], stop_at_failure: bool) -> None:  # noqa: FBT001
    """Take streams until there are none, with new connections after a failure."""
    while queue:
        with ExitStack() as stack:
            reader, writer = _open(loading, stack)
            is_usable = True
            while queue and is_usable:
                if stop_at_failure and loading.failures:
                    queue.clear()
                    return
                try:
                    replica = queue.popleft()
                except IndexError:
                    return
                is_usable = _try_to_load(loading, replica, reader, writer)


def _try_to_load(
    loading: Loading, replica: Replica, reader: Connection, writer: Connection
) -> bool:
    try:
        load = load_stream(loading, replica, reader, writer)
    except EltError as error:
        loading.failures[replica.stream.name] = error
        log.error(
            "failed stream",
            source=loading.source.name,
            stream=replica.stream.name,
            error=error.message,
            hint=error.hint,
        )
        return False
    loading.loads.append(load)
    return True


def _open(loading: Loading, stack: ExitStack) -> tuple[Connection, Connection]:
    """Open a connection to either side, the source's in the snapshot."""
    name = describe_program("worker", loading.source.name)
    reader = connect(loading.source.connection, application_name=name)
    stack.callback(reader.close)
    writer = connect(loading.config.destination.connection, application_name=name)
    stack.callback(writer.close)
    source_side.import_snapshot(reader, loading.snapshot)
    set_search_path(writer, loading.landings)
    execute(writer, compose("set work_mem to {size}", size=Literal(_WORK_MEM)))
    return reader, writer


def load_stream(
    loading: Loading, replica: Replica, reader: Connection, writer: Connection
) -> Load:
    """Copy one stream into its shadow; then make it ready to be published."""
    started = time.monotonic()
    stream = replica.stream
    adjustment = loading.adjustments.get(stream.name)
    method = loading.config.verify
    copied = _copy(loading, replica, reader, writer, is_new=adjustment is None)
    difference: Difference | None = None
    destination = None
    with ThreadPoolExecutor(1, thread_name_prefix="elt-tally") as beside:
        # The source is read once more while the destination is busy with its own side.
        tally = beside.submit(tally_at_source, reader, replica, copied, method)
        if adjustment is None:
            finish_shadow(writer, replica)
            destination = _tally_shadow(writer, replica, copied, method)
            difference = Difference(inserted=copied.rows)
        elif not adjustment.changes:
            difference = find_difference(writer, replica)
        taken = tally.result()
    if destination is not None:
        check_equal(stream.name, taken, destination)
    return Load(
        replica=replica,
        adjustment=adjustment,
        copied=copied,
        source=taken,
        difference=difference,
        destination=destination,
        identities=_read_identities(reader, replica),
        seconds=time.monotonic() - started,
    )


def _copy(
    loading: Loading,
    replica: Replica,
    reader: Connection,
    writer: Connection,
    *,
    is_new: bool,
) -> Copied:
    """Make the shadow and fill it in one transaction, with rows frozen from birth."""
    stream = replica.stream
    with transaction(writer), loading.progress.copying(stream) as on_bytes:
        # What is only compared and thrown away needs no WAL.
        shadow = create_table(replica, stream.shadow_schema, unlogged=not is_new)
        execute(writer, shadow)
        return copy_rows(
            reader,
            source_side.copy_out(replica),
            writer,
            copy_in(replica),
            on_bytes=on_bytes,
        )


def copy_in(replica: Replica) -> Composable:
    """Return the statement that takes the rows into a shadow of this transaction."""
    stream = replica.stream
    return compose(
        "copy {table} {columns} from stdin (format {format}, freeze)",
        table=relation_name(stream.shadow_schema, stream.relation.name),
        columns=column_list(column.name for column in replica.loaded),
        format=Literal(source_side.copy_format(replica)),
    )


def tally_at_source(
    reader: Connection, replica: Replica, copied: Copied, method: Verification
) -> Tally:
    """Tally a stream in the copied snapshot; COPY's own count is enough for `count`."""
    if method is Verification.COUNT:
        return Tally(rows=copied.rows)
    relation = replica.stream.relation
    query = tally_query(replica.columns, relation.schema, relation.name, method)
    return take_tally(reader, query)


def finish_shadow(writer: Connection, replica: Replica) -> None:
    """Give the shadow of a new replica its keys, indexes and statistics."""
    schema = replica.stream.shadow_schema
    table = relation_name(schema, replica.stream.relation.name)
    analyze = compose("analyze {table}", table=table)
    # One round trip: a schema of many small tables is all round trips.
    execute(writer, joined([*add_keys(replica, schema), analyze], "; "))


def _tally_shadow(
    writer: Connection, replica: Replica, copied: Copied, method: Verification
) -> Tally:
    if method is Verification.COUNT:
        return Tally(rows=copied.rows)
    stream = replica.stream
    query = tally_query(
        replica.columns, stream.shadow_schema, stream.relation.name, method
    )
    return take_tally(writer, query)


def check_equal(stream: str, source: Tally, destination: Tally) -> None:
    """Raise DataError when the two sides of a receipt differ."""
    if source == destination:
        return
    what = "checksums of their rows differ"
    if source.rows != destination.rows:
        what = f"the source has {source.rows} rows, the copy {destination.rows}"
    message = f"The copy of {stream} is not equal to the source: {what}"
    hint = "Nothing was published. Run again; if it stays so, report a bug."
    raise DataError(message, hint=hint)


def _read_identities(reader: Connection, replica: Replica) -> dict[str, int]:
    found = {
        column.name: source_side.read_identity(reader, replica, column.name)
        for column in replica.columns
        if column.is_identity
    }
    return {name: value for name, value in found.items() if value is not None}
