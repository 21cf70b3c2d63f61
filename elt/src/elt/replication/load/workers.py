"""Load streams beside the published tables: copy, tally, index or compare.

Workers take the next part of a table when they are free. Each has a connection to
either side and commits what it loads: a shadow is private, nobody sees it before the
publish.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager

from elt.errors import EltError, InterruptedRun
from elt.interruption import raise_if_interrupted
from elt.postgres import Connection, flush
from elt.replication.catalog.reading import set_search_path
from elt.replication.design.intervals import explain_interval
from elt.replication.design.replica import Replica
from elt.replication.design.views import explain_failure
from elt.replication.load.copying import Copying
from elt.replication.load.loading import Loading, Pair, Task
from elt.replication.load.small_changes import is_small_look, look_tasks
from elt.replication.load.small_comparison import comparison_tasks, is_small_comparison
from elt.replication.load.small_tables import group_tasks, is_small
from elt.replication.load.stream_load import (
    cut_stream,
    look_first,
    may_be_spared,
    new_copying,
)
from elt.replication.load.work_queue import WorkQueue
from elt.replication.sessions.session import summarize, tell_failure
from elt.replication.sessions.snapshot import begin_reads, end_reads
from elt.replication.sessions.worker_connections import open_reader, open_writer


def load_streams(
    loading: Loading, replicas: Iterable[Replica], *, stop_at_failure: bool
) -> None:
    """Load every stream; collect what was loaded and what failed.

    With `stop_at_failure` nothing is begun after the first failure.
    """
    queue: WorkQueue[Task] = WorkQueue()
    small: list[Copying] = []
    compared: list[Copying] = []
    looked: list[Copying] = []
    others: list[Copying] = []
    for replica in replicas:
        copying = new_copying(loading, replica)
        if is_small(loading, replica):
            small.append(copying)
        elif is_small_comparison(loading, copying):
            compared.append(copying)
        elif is_small_look(loading, copying):
            looked.append(copying)
        else:
            others.append(copying)
    if others:
        with _writer(loading) as writer:
            for copying in others:
                queue.add_last(_first_tasks(loading, copying, writer))
    workers = 1 if loading.snapshot.id is None else loading.config.workers
    queue.add_last(group_tasks(small, workers))
    queue.add_last(comparison_tasks(compared, workers))
    queue.add_last(look_tasks(looked, workers))
    count = min(workers, len(queue))
    if not count:
        # Partitioned tables without a partition have no rows to load.
        return
    with ThreadPoolExecutor(count, thread_name_prefix="elt-worker") as pool:
        work = [
            pool.submit(_work, loading, queue, stop_at_failure) for _ in range(count)
        ]
    for future in work:
        future.result()
    raise_if_interrupted()


def _first_tasks(loading: Loading, copying: Copying, writer: Connection) -> list[Task]:
    if may_be_spared(loading, copying):
        return [Task(copying=copying, run=look_first)]
    return cut_stream(loading, copying, writer)


def _work(
    loading: Loading,
    queue: WorkQueue[Task],
    stop_at_failure: bool,  # noqa: FBT001
) -> None:
    """Work until nothing is left; what ends a worker ends the run, and all others."""
    try:
        while not _work_on(loading, queue, stop_at_failure=stop_at_failure):
            pass
    except BaseException:
        queue.clear()
        raise


def _work_on(
    loading: Loading, queue: WorkQueue[Task], *, stop_at_failure: bool
) -> bool:
    """Do tasks by new connections, up to one that fails; tell whether that is all."""
    with _reader(loading) as reader, _writer(loading) as writer:
        is_usable = True
        while is_usable and (task := queue.take()) is not None:
            try:
                is_usable = _try(loading, queue, task, Pair(reader, writer))
                if is_usable:
                    # Before it waits for anybody else.
                    end_reads(reader)
            finally:
                queue.done()
            if stop_at_failure and loading.failures:
                queue.clear()
        return is_usable or (stop_at_failure and bool(loading.failures))


def _try(
    loading: Loading, queue: WorkQueue[Task], task: Task, connections: Pair
) -> bool:
    """Do a task; tell whether the connections can be used for another one."""
    planned = task.copying.replica.stream
    stream = planned.name
    if stream in loading.failures:
        return True
    task.copying.start()
    try:
        queue.add_first(task.run(loading, task.copying, connections))
    except InterruptedRun:
        raise
    except EltError as failure:
        error = explain_failure(planned.relation, explain_interval(planned, failure))
        if task.instead:
            queue.add_first(task.instead)
        elif loading.failures.setdefault(stream, error) is error:
            tell_failure(loading.source.name, stream, error)
        return False
    return True


@contextmanager
def _reader(loading: Loading) -> Iterator[Connection]:
    """Read from the snapshot, in a session of one's own where it can be shared."""
    shared = loading.snapshot.id is not None
    with (
        open_reader(loading.source, loading.snapshot)
        if shared
        else _undoing_reads(loading)
    ) as reader:
        yield reader


@contextmanager
def _undoing_reads(loading: Loading) -> Iterator[Connection]:
    """Read by the session that holds the snapshot, which must outlive a failure."""
    reader = loading.reader
    set_search_path(reader, loading.snapshot.schemas)
    begin_reads(reader)
    # Not in one message with a statement that cannot be parsed.
    flush(reader)
    yield reader
    try:
        end_reads(reader)
    except EltError as error:
        # With the session the snapshot is lost: nothing more can be read from it.
        if loading.failures:
            raise summarize(loading.failures, loading.source.name) from error
        raise


def _writer(loading: Loading) -> AbstractContextManager[Connection]:
    """Connect to the destination."""
    return open_writer(loading.config, loading.source.name, loading.landings)
