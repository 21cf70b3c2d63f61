"""Load a part of a table; who brings in the last one sees to the rest."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial

from elt.postgres import Connection, transaction
from elt.replication.load.completion import end_reading, end_task
from elt.replication.load.copying import Copying
from elt.replication.load.finishing import finish_tasks
from elt.replication.load.loading import Loading, Pair, Task
from elt.replication.load.statistics import take_statistics
from elt.replication.rows.copy import Copied, copy_rows
from elt.replication.rows.difference import Difference, find_difference
from elt.replication.rows.parts import Part
from elt.replication.rows.shadow import (
    copy_in,
    finish_shadow,
    make_shadow,
    tally_shadow,
    tally_source,
)
from elt.replication.sessions.snapshot import copy_out


def load_part(
    part: Part, loading: Loading, copying: Copying, connections: Pair
) -> list[Task]:
    """Copy a part into the shadow, and tally it; finish the shadow after the last."""
    copied = _copy(part, loading, copying, connections)
    is_last = copying.add_copied(copied)
    tally = partial(_tally, part, copied)
    if is_last and not part.is_whole and loading.is_new(part.replica):
        tasks = finish_tasks(copying)
        if part.replica.stream.is_steady:
            return [Task(copying=copying, run=tally), *tasks]
        return [*tally(loading, copying, connections), *tasks]
    # By the same connection to the source as the tally, and so not beside it.
    has_statistics = (
        is_last
        and loading.is_new(part.replica)
        and take_statistics(loading, part.replica, copying.copied.rows, connections)
    )
    with ThreadPoolExecutor(1, thread_name_prefix="elt-tally") as beside:
        # The source is read once more while the destination is busy with its own side.
        tallied = beside.submit(_add_tally, part, copied, copying, connections.reader)
        if is_last:
            _finish(loading, copying, connections.writer, has_statistics=has_statistics)
        with loading.progress.doing(f"checking {part.replica.stream.name}"):
            tallied.result()
    return end_task(loading, copying, connections)


def _tally(
    part: Part, copied: Copied, loading: Loading, copying: Copying, connections: Pair
) -> list[Task]:
    with loading.progress.doing(f"checking {part.replica.stream.name}"):
        _add_tally(part, copied, copying, connections.reader)
    return end_task(loading, copying, connections)


def _add_tally(
    part: Part, copied: Copied, copying: Copying, reader: Connection
) -> None:
    tally = None
    if not copying.is_tallied:
        tally = tally_source(reader, part, copying.method, copied)
    if copying.add_tally(tally):
        # Others may build its indexes by now, and who ends last has not read it.
        end_reading(reader, [copying])


def _copy(part: Part, loading: Loading, copying: Copying, connections: Pair) -> Copied:
    """Copy a part in a transaction, with the shadow if nothing else goes into it."""
    replica = part.replica
    with transaction(connections.writer):
        if part.is_whole:
            new = loading.is_new(replica)
            make_shadow(connections.writer, replica, is_new=new)
        return _copy_rows(part, loading, copying, connections)


def _copy_rows(
    part: Part, loading: Loading, copying: Copying, connections: Pair
) -> Copied:
    """Copy a part into the shadow that is there; show how it goes on."""
    with loading.progress.copying(part.replica.stream, copying.sent) as on_bytes:
        return copy_rows(
            connections.reader,
            copy_out(part),
            connections.writer,
            copy_in(part),
            on_bytes=on_bytes,
        )


def _finish(
    loading: Loading, copying: Copying, writer: Connection, *, has_statistics: bool
) -> None:
    """Make a shadow that is full ready to be published."""
    replica = copying.replica
    adjustment = loading.adjustments.get(replica.stream.name)
    name, doing = replica.stream.name, loading.progress.doing
    if adjustment is None:
        with doing(f"building indexes of {name}") as tell:
            finish_shadow(writer, replica, has_statistics=has_statistics)
            tell(f"checking {name}")
            copying.destination = tally_shadow(
                writer, replica, copying.copied, copying.method
            )
        copying.difference = Difference(inserted=copying.copied.rows)
    elif not adjustment.changes:
        with doing(f"comparing {name}"):
            copying.difference = find_difference(writer, replica)
