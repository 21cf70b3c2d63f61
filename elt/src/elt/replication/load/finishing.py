"""Finish the shadow of a big new table: several workers build its indexes side by side.

Statistics come first, as nothing else can be done to a table that an index is built on,
but be read: its tally is taken meanwhile.
"""

from __future__ import annotations

from functools import partial

from elt.postgres import Composable, execute, joined
from elt.replication.design.keys import Keys, split_keys
from elt.replication.load.completion import end_task
from elt.replication.load.copying import Copying
from elt.replication.load.loading import Loading, Pair, Task
from elt.replication.load.statistics import take_statistics
from elt.replication.rows.difference import Difference
from elt.replication.rows.shadow import analysis, tally_shadow


def finish_tasks(copying: Copying) -> list[Task]:
    """Return the tasks that make a full shadow ready to be published."""
    copying.difference = Difference(inserted=copying.copied.rows)
    tasks = [Task(copying=copying, run=run) for run in (_analyze, _tally)]
    copying.begin(len(tasks))
    return tasks


def _tally(loading: Loading, copying: Copying, connections: Pair) -> list[Task]:
    with loading.progress.doing(f"checking {_name(copying)}"):
        copying.destination = tally_shadow(
            connections.writer, copying.replica, copying.copied, copying.method
        )
    return end_task(loading, copying, connections)


def _analyze(loading: Loading, copying: Copying, connections: Pair) -> list[Task]:
    """Take or gather statistics, and go on with the keys."""
    replica = copying.replica
    keys = split_keys(replica, replica.stream.shadow_schema)
    with loading.progress.doing(f"analyzing {_name(copying)}"):
        if not keys.has_expressions and not take_statistics(
            loading, replica, copying.copied.rows, connections
        ):
            execute(connections.writer, analysis(replica))
    if not keys.indexes:
        return _add_constraints(keys, loading, copying, connections)
    copying.unbuilt = len(keys.indexes)
    return [
        Task(copying=copying, run=partial(_build, index, keys))
        for index in keys.indexes
    ]


def _build(
    index: Composable,
    keys: Keys,
    loading: Loading,
    copying: Copying,
    connections: Pair,
) -> list[Task]:
    with loading.progress.doing(f"building indexes of {_name(copying)}"):
        execute(connections.writer, index)
    if not copying.add_built():
        return []
    return _add_constraints(keys, loading, copying, connections)


def _add_constraints(
    keys: Keys, loading: Loading, copying: Copying, connections: Pair
) -> list[Task]:
    """Make constraints of the indexes; add those that need none."""
    statements = list(keys.constraints)
    if keys.has_expressions:
        # Only now there are indexes whose expressions have statistics.
        statements.append(analysis(copying.replica))
    if statements:
        with loading.progress.doing(f"adding keys of {_name(copying)}"):
            execute(connections.writer, joined(statements, "; "))
    return end_task(loading, copying, connections)


def _name(copying: Copying) -> str:
    return copying.replica.stream.name
