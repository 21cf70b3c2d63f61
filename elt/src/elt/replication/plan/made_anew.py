"""Replicas that are dropped and made anew: their tables are partitioned otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from elt.replication.catalog.relocation import rename
from elt.replication.catalog.tables import Catalog, Table
from elt.replication.changes.adjustment import Adjustment
from elt.replication.design.replica import Replica


def is_another_kind(replica: Replica, table: Table) -> bool:
    """Tell whether a table became partitioned, or no longer is."""
    is_whole = replica.stream.relation.kind == "p"
    is_partitioned = replica.partition_key is not None
    return (
        table.holds_no_rows is not is_whole
        or (table.relation.kind == "p") is not is_partitioned
    )


def list_made_anew(
    designs: Iterable[Replica], adjustments: Iterable[Adjustment], existing: Catalog
) -> Iterator[tuple[Replica, Table]]:
    """Yield replicas that are made anew, each with its table as it still is."""
    adjusted = list(adjustments)
    for replica in designs:
        table = existing.table(*replica.stream.place)
        if table is not None and (
            is_another_kind(replica, table)
            or _has_another_key(replica, table, adjusted)
        ):
            yield replica, table


def _has_another_key(
    whole: Replica, table: Table, adjustments: Iterable[Adjustment]
) -> bool:
    """Tell whether a table is partitioned by other columns; renamed ones are not."""
    key = table.relation.partition_key
    if key is None:
        return False
    root = whole.root or whole.stream
    renamed: dict[str, str] = {}
    for adjustment in adjustments:
        if adjustment.replica.root == root:
            renamed.update(adjustment.changes.renamed)
    return rename(key, renamed) != whole.partition_key
