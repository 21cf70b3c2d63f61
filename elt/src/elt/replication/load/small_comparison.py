"""Compare small replicas together, and load those that differ together."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from elt.postgres import Connection, transaction
from elt.replication.incremental.survey import side_by_side
from elt.replication.load.completion import complete
from elt.replication.load.copying import Copying
from elt.replication.load.loading import Loading, Pair, Task
from elt.replication.load.small_tables import (
    SMALL_BYTES,
    divide,
    fill_together,
    tally_together,
)
from elt.replication.load.stream_load import (
    cut_compared,
    is_compared,
    load_anew,
    take_equal,
)
from elt.replication.rows.difference import find_differences
from elt.replication.rows.from_item import source_rows, table_rows
from elt.replication.rows.receipts import Tally
from elt.replication.rows.row_queries import alive
from elt.replication.rows.shadow import make_shadows


def is_small_comparison(loading: Loading, copying: Copying) -> bool:
    """Tell whether a replica is better compared with others."""
    relation = copying.replica.stream.relation
    is_short = relation.bytes <= SMALL_BYTES and not relation.is_view
    return is_short and is_compared(loading, copying)


def comparison_tasks(small: Sequence[Copying], workers: int) -> list[Task]:
    """Return the tasks that compare small replicas, evenly for all workers."""
    return [
        Task(
            copying=group[0],
            run=partial(_compare_group, group),
            # The first failure of several says nothing of the others.
            instead=[Task(copying=copying, run=load_anew) for copying in group],
        )
        for group in divide(small, workers)
    ]


def _compare_group(
    group: Sequence[Copying], loading: Loading, _: Copying, connections: Pair
) -> list[Task]:
    """Tally some replicas on both sides; return the tasks that copy the others."""
    reader, writer = connections
    for copying in group:
        copying.start()
    replicas = [copying.replica for copying in group]
    at_source = [source_rows(replica.stream) for replica in replicas]
    here = [table_rows(replica.stream.place) for replica in replicas]
    found, published = side_by_side(
        partial(tally_together, reader, group, at_source),
        partial(tally_together, writer, group, here, list(map(alive, replicas))),
    )
    equal, changed = [], []
    for copying, source, ours in zip(group, found, published, strict=True):
        if source == ours:
            take_equal(copying, ours)
            equal.append(copying)
        else:
            changed.append((copying, source))
    loading.loads += complete(loading, equal, connections)
    return _copy_tasks(loading, changed, writer)


def _copy_tasks(
    loading: Loading, changed: Sequence[tuple[Copying, Tally]], writer: Connection
) -> list[Task]:
    """Return the tasks that copy the others: one for all that are known well enough.

    Where one session reads, a COPY that fails takes it along: then nobody could copy
    each alone, and tell which of them failed.
    """
    together, tasks = [], []
    for copying, source in changed:
        stream = copying.replica.stream
        # The receipt of one that keeps rows is of those that are read.
        is_plain = stream.is_steady and not stream.ignores_deletes
        if is_plain and loading.snapshot.id is not None:
            copying.source = source
            together.append(copying)
        else:
            tasks += cut_compared(loading, copying, source, writer)
    if together:
        alone = [Task(copying=copying, run=load_anew) for copying in together]
        run = partial(_copy_group, together)
        tasks.append(Task(copying=together[0], run=run, instead=alone))
    return tasks


def _copy_group(
    group: Sequence[Copying], loading: Loading, _: Copying, connections: Pair
) -> list[Task]:
    """Load small tables whose replicas differ, and list where; a failure undoes it."""
    writer = connections.writer
    for copying in group:
        copying.start()
    replicas = [copying.replica for copying in group]
    with transaction(writer):
        make_shadows(writer, replicas)
        fill_together(group, connections)
        differences = find_differences(writer, replicas)
    for copying, difference in zip(group, differences, strict=True):
        copying.difference = difference
    loading.loads += complete(loading, group, connections)
    return []
