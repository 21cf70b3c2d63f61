"""Look for changes in several streams at once, and load small ones together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeVar

from elt.postgres import Connection
from elt.replication.catalog.tables import Place
from elt.replication.incremental.changed_rows import (
    ChangedRows,
    counted_equal,
    unchanged_at_once,
)
from elt.replication.incremental.changes import Changes
from elt.replication.incremental.changes_together import Found, load_together
from elt.replication.incremental.reads import CursorRange, TouchedKeys, XminScan
from elt.replication.incremental.survey import Looked, take_surveys
from elt.replication.load.completion import complete
from elt.replication.load.copying import Copying
from elt.replication.load.loading import Loading, Pair, Task
from elt.replication.load.small_tables import SMALL_BYTES, divide
from elt.replication.load.stream_load import (
    changed_rows,
    load_anew,
    look_first,
    take_changes,
    touched_rows,
)
from elt.replication.logical.touched_rows import TouchedRows, untouched
from elt.replication.logical.touched_together import (
    has_few_keys,
    load_touched_together,
)
from elt.replication.rows.receipts import Method

Some = TypeVar("Some")
#: What loads the changes of several streams; it leaves out those that are special.
Loader = Callable[[Sequence[Some], Connection, Connection], Mapping[Place, Changes]]

#: Receipts of streams that counts alone can show to be unchanged.
_COUNTED = frozenset({Method.CHANGES, Method.READ})


def is_small_look(loading: Loading, copying: Copying) -> bool:
    """Tell whether a look at a stream is better taken with others.

    That is so where nothing is to be asked, or of a small table how many rows it has,
    and how many of them changed.
    """
    if _known(loading, copying) is not None:
        return True
    relation, read = copying.replica.stream.relation, copying.read
    if relation.bytes > SMALL_BYTES or relation.is_view:
        return False
    if isinstance(read, TouchedKeys):
        return has_few_keys(touched_rows(loading, copying, read))
    if isinstance(read, XminScan | CursorRange):
        return changed_rows(loading, copying, read).method in _COUNTED
    return False


def look_tasks(small: Sequence[Copying], workers: int) -> list[Task]:
    """Return the tasks that look at such streams, evenly for all workers."""
    return [
        Task(
            copying=group[0],
            run=partial(_look_together, group),
            # The first failure of several says nothing of the others.
            instead=_anew(group),
        )
        for group in divide(small, workers)
    ]


def load_small(
    loading: Loading, touched: Sequence[Copying], connections: Pair
) -> list[Copying]:
    """Load small streams of which the WAL named keys; return those that are left.

    For who has but two sessions: a failure ends what they read, and all of the batch.
    """
    small, others = [], []
    for copying in touched:
        if isinstance(copying.read, TouchedKeys) and is_small_look(loading, copying):
            rows = touched_rows(loading, copying, copying.read)
            small.append((copying, rows))
        else:
            others.append(copying)
    for group in divide(small, 1):
        load = partial(_load_together, group, load_touched_together)
        tasks = load(loading, group[0][0], connections)
        others += [task.copying for task in tasks]
    return others


def _look_together(
    group: Sequence[Copying], loading: Loading, _: Copying, connections: Pair
) -> list[Task]:
    """Finish the streams without a change; return the tasks that load the others."""
    for copying in group:
        copying.start()
    unchanged, others = [], []
    changed: list[tuple[Copying, Found]] = []
    touched: list[tuple[Copying, TouchedRows]] = []
    for copying, found in _look(group, loading, connections):
        changes = counted_equal(*found) if isinstance(found, Found) else found
        if isinstance(changes, Changes):
            take_changes(copying, changes)
            unchanged.append(copying)
        elif isinstance(found, TouchedRows):
            touched.append((copying, found))
        elif isinstance(found, Found) and found.survey.changed:
            changed.append((copying, found))
        else:
            others.append(copying)
    _finish(unchanged, loading, connections)
    return [
        *_load_tasks(loading, changed, load_together),
        *_load_tasks(loading, touched, load_touched_together),
        *_alone(others),
    ]


def _load_tasks(
    loading: Loading, found: Sequence[tuple[Copying, Some]], load: Loader[Some]
) -> list[Task]:
    """Return the tasks that load what changed: one for several streams.

    Where one session reads, a COPY that fails takes it along: then nobody could load
    each alone, and tell which of them failed.
    """
    group = [copying for copying, _ in found]
    if len(found) <= 1 or loading.snapshot.id is None:
        return _alone(group)
    run = partial(_load_together, found, load)
    return [Task(copying=group[0], run=run, instead=_anew(group))]


def _load_together(
    found: Sequence[tuple[Copying, Some]],
    load: Loader[Some],
    loading: Loading,
    _: Copying,
    connections: Pair,
) -> list[Task]:
    """Load what changed in some streams; return the tasks for the special ones."""
    loaded, others = [], []
    group = [copying for copying, _ in found]
    changes = load([changed for _, changed in found], *connections)
    for copying in group:
        place = copying.replica.stream.place
        if place in changes:
            take_changes(copying, changes[place])
            loaded.append(copying)
        else:
            others.append(copying)
    _finish(loaded, loading, connections)
    return _alone(others)


def _alone(group: Sequence[Copying]) -> list[Task]:
    return [Task(copying=copying, run=look_first) for copying in group]


def _anew(group: Sequence[Copying]) -> list[Task]:
    return [Task(copying=copying, run=load_anew) for copying in group]


def _finish(group: Sequence[Copying], loading: Loading, connections: Pair) -> None:
    """Hand streams on to the publish."""
    if group:
        loading.loads += complete(loading, group, connections)


def _look(
    group: Sequence[Copying], loading: Loading, connections: Pair
) -> list[tuple[Copying, Changes | Found | TouchedRows]]:
    """Return of each stream that it has no change, or what may be one."""
    known: list[tuple[Copying, Changes | Found | TouchedRows]] = []
    asked: list[tuple[Copying, ChangedRows]] = []
    for copying in group:
        changes = _known(loading, copying)
        if changes is not None:
            known.append((copying, changes))
        elif isinstance(copying.read, TouchedKeys):
            known.append((copying, touched_rows(loading, copying, copying.read)))
        elif isinstance(copying.read, XminScan | CursorRange):
            asked.append((copying, changed_rows(loading, copying, copying.read)))
    looked = [Looked(copying.replica, x.read.condition) for copying, x in asked]
    surveys = take_surveys(looked, connections) if looked else []
    return known + [
        (copying, Found(stream, survey, deletes))
        for (copying, stream), (survey, deletes) in zip(asked, surveys, strict=True)
    ]


def _known(loading: Loading, copying: Copying) -> Changes | None:
    """Return that a stream has no change, where nobody needs to be asked."""
    read = copying.read
    if isinstance(read, TouchedKeys):
        return untouched(touched_rows(loading, copying, read))
    if isinstance(read, XminScan | CursorRange):
        return unchanged_at_once(changed_rows(loading, copying, read))
    return None
