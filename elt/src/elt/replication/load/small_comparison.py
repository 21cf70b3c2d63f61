"""Compare small replicas together: where nothing changed, there is no more to do."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from elt.replication.incremental.survey import side_by_side
from elt.replication.load.completion import complete
from elt.replication.load.copying import Copying
from elt.replication.load.loading import Loading, Pair, Task
from elt.replication.load.small_tables import SMALL_BYTES, divide, tally_together
from elt.replication.load.stream_load import (
    cut_compared,
    is_compared,
    look_first,
    take_equal,
)
from elt.replication.rows.from_item import source_rows, table_rows
from elt.replication.rows.row_queries import alive
from elt.replication.sessions.snapshot import refuse_rewritten


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
            instead=[Task(copying=copying, run=look_first) for copying in group],
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
    refuse_rewritten(reader, replicas)
    loads, changed = [], []
    for copying, source, ours in zip(group, found, published, strict=True):
        if source == ours:
            take_equal(copying, ours)
            loads.append(complete(loading, copying, connections))
        else:
            changed.append((copying, source))
    loading.loads += loads
    return [
        task
        for copying, source in changed
        for task in cut_compared(loading, copying, source, writer)
    ]
