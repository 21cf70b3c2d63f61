"""Load small new tables together: a schema of many of them is all round trips."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import chain
from math import ceil
from typing import TypeVar

from elt.postgres import (
    Composable,
    Connection,
    execute,
    execute_union,
    joined,
    raw,
    transaction,
)
from elt.replication.design.ddl import add_keys, create_table
from elt.replication.design.replica import Replica
from elt.replication.load.completion import complete
from elt.replication.load.copying import Copying
from elt.replication.load.loading import Load, Loading, Pair, Task
from elt.replication.load.part_load import load_part
from elt.replication.rows.copy import Statements, copy_together
from elt.replication.rows.difference import Difference
from elt.replication.rows.from_item import source_rows, table_rows
from elt.replication.rows.parts import Part
from elt.replication.rows.receipts import Method, Tally, tally_query
from elt.replication.rows.shadow import analysis, copy_in
from elt.replication.sessions.snapshot import copy_out

#: What is copied while a few statements are on their way.
SMALL_BYTES = 1 << 20
#: More of them spare little, and leave other workers with nothing to do.
_MOST = 20

Some = TypeVar("Some")


def is_small(loading: Loading, replica: Replica) -> bool:
    """Tell whether a replica is better loaded with others.

    Where one session reads, a COPY that fails takes it along: then nobody could load
    each alone, and tell which of them failed.
    """
    relation = replica.stream.relation
    # Nobody knows how much a view returns.
    is_short = relation.bytes <= SMALL_BYTES and not relation.is_view
    return is_short and loading.is_new(replica) and loading.snapshot.id is not None


def group_tasks(small: Sequence[Copying], workers: int) -> list[Task]:
    """Return the tasks that load small new tables, evenly for all workers."""
    return [
        Task(
            copying=group[0],
            run=partial(_load_group, group),
            # The first failure of several says nothing of the others.
            instead=[_alone(copying) for copying in group],
        )
        for group in divide(small, workers)
    ]


def divide(small: Sequence[Some], workers: int) -> list[Sequence[Some]]:
    """Return groups that are handled together, at least one for each worker."""
    count = max(ceil(len(small) / _MOST), min(workers, len(small)))
    return [small[number::count] for number in range(count)]


def _alone(copying: Copying) -> Task:
    copying.expect(1)
    return Task(copying=copying, run=_load_alone)


def _load_alone(loading: Loading, copying: Copying, connections: Pair) -> list[Task]:
    copying.restart()
    whole = Part(replica=copying.replica)
    return load_part(whole, loading, copying, connections)


def _load_group(
    group: Sequence[Copying], loading: Loading, _: Copying, connections: Pair
) -> list[Task]:
    """Make, fill, index and tally some tables; a failure undoes all of that."""
    reader, writer = connections
    for copying in group:
        copying.start()
    replicas = [copying.replica for copying in group]
    schemas = [replica.stream.shadow_schema for replica in replicas]
    with transaction(writer):
        tables = map(create_table, replicas, schemas)
        execute(writer, joined(tables, "; "))
        fill_together(group, connections)
        keys = chain.from_iterable(map(add_keys, replicas, schemas))
        execute(writer, joined([*keys, *map(analysis, replicas)], "; "))
        at_source = [source_rows(replica.stream) for replica in replicas]
        loaded = [table_rows(replica.stream.shadow) for replica in replicas]
        for copying, source, destination in zip(
            group,
            tally_together(reader, group, at_source),
            tally_together(writer, group, loaded),
            strict=True,
        ):
            copying.source, copying.destination = source, destination
            copying.difference = Difference(inserted=copying.copied.rows)
        loads = complete(loading, group, connections)
    loading.loads += loads
    return []


def fill_together(group: Sequence[Copying], connections: Pair) -> None:
    """Copy small tables into their shadows, which the same transaction has made."""
    wholes = [Part(replica=copying.replica) for copying in group]
    statements = [Statements(copy_out(whole), copy_in(whole)) for whole in wholes]
    copied = copy_together(connections.reader, connections.writer, statements)
    for copying, one in zip(group, copied, strict=True):
        copying.copied = one


def tally_together(
    connection: Connection,
    group: Sequence[Copying | Load],
    rows: Sequence[Composable],
    conditions: Sequence[Composable] | None = None,
) -> list[Tally]:
    """Tally several tables by one query; COPY's own counts are enough for `count`."""
    if group[0].method is Method.COUNT:
        return [Tally(rows=copying.copied.rows) for copying in group]
    conditions = conditions or [raw("true")] * len(group)
    queries = [
        tally_query(copying.replica.copied, table, copying.method, condition)
        for copying, table, condition in zip(group, rows, conditions, strict=True)
    ]
    found = execute_union(connection, queries)
    return [Tally(rows=count, checksum=checksum) for [(count, checksum)] in found]
