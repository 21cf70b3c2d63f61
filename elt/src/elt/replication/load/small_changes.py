"""Look for changes in several streams at once: where there is none, that is all."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from elt.replication.incremental.changed_rows import (
    ChangedRows,
    Changes,
    counted_equal,
    unchanged_at_once,
)
from elt.replication.incremental.reads import CursorRange, TouchedKeys, XminScan
from elt.replication.incremental.survey import Looked, take_surveys
from elt.replication.load.completion import complete
from elt.replication.load.copying import Copying
from elt.replication.load.loading import Loading, Pair, Task
from elt.replication.load.small_tables import SMALL_BYTES, divide
from elt.replication.load.stream_load import (
    changed_rows,
    look_first,
    take_changes,
    touched_rows,
)
from elt.replication.logical.touched_rows import untouched
from elt.replication.rows.receipts import Method
from elt.replication.sessions.snapshot import refuse_rewritten

#: Receipts of streams that counts alone can show to be unchanged.
_COUNTED = frozenset({Method.CHANGES, Method.READ})


def is_small_look(loading: Loading, copying: Copying) -> bool:
    """Tell whether a look at a stream is better taken with others.

    That is so where nothing is to be asked, or of a small table how many rows it has,
    and how many of them changed.
    """
    if _known(loading, copying) is not None:
        return True
    relation = copying.replica.stream.relation
    return (
        isinstance(copying.read, XminScan | CursorRange)
        and relation.bytes <= SMALL_BYTES
        and not relation.is_view
        and changed_rows(loading, copying, copying.read).method in _COUNTED
    )


def look_tasks(small: Sequence[Copying], workers: int) -> list[Task]:
    """Return the tasks that look at such streams, evenly for all workers."""
    return [
        Task(
            copying=group[0],
            run=partial(_look_together, group),
            # The first failure of several says nothing of the others.
            instead=[Task(copying=copying, run=look_first) for copying in group],
        )
        for group in divide(small, workers)
    ]


def _look_together(
    group: Sequence[Copying], loading: Loading, _: Copying, connections: Pair
) -> list[Task]:
    """Finish the streams without a change; return the tasks that look at the others."""
    for copying in group:
        copying.start()
    unchanged, others = [], []
    for copying, changes in _look(group, loading, connections):
        if changes is None:
            others.append(Task(copying=copying, run=look_first))
        else:
            take_changes(copying, changes)
            unchanged.append(copying)
    if unchanged:
        replicas = [copying.replica for copying in unchanged]
        refuse_rewritten(connections.reader, replicas)
    loading.loads += complete(loading, unchanged, connections)
    return others


def _look(
    group: Sequence[Copying], loading: Loading, connections: Pair
) -> list[tuple[Copying, Changes | None]]:
    """Return of each stream that it has no change, None where it may have one."""
    found = [(copying, _known(loading, copying)) for copying in group]
    asked: list[tuple[Copying, ChangedRows]] = []
    for copying, known in found:
        if known is None and isinstance(copying.read, XminScan | CursorRange):
            asked.append((copying, changed_rows(loading, copying, copying.read)))
    looked = [Looked(copying.replica, x.read.condition) for copying, x in asked]
    surveys = take_surveys(looked, connections) if looked else []
    return [
        *((copying, known) for copying, known in found if known is not None),
        *(
            (copying, counted_equal(stream, survey, deletes))
            for (copying, stream), (survey, deletes) in zip(asked, surveys, strict=True)
        ),
    ]


def _known(loading: Loading, copying: Copying) -> Changes | None:
    """Return that a stream has no change, where nobody needs to be asked."""
    read = copying.read
    if isinstance(read, TouchedKeys):
        return untouched(touched_rows(loading, copying, read))
    if isinstance(read, XminScan | CursorRange):
        return unchanged_at_once(changed_rows(loading, copying, read))
    return None
