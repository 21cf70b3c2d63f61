"""New tables below one that keeps its columns, whatever the source has by now.

A partition has the columns of its whole and no others, a child all of its parent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from elt.config import SchemaChangePolicy
from elt.errors import ConfigError
from elt.replication.catalog.relocation import mentions
from elt.replication.catalog.tables import Catalog
from elt.replication.changes.adjustment import Adjustment
from elt.replication.design.definition import KnownColumn, define, define_table
from elt.replication.design.replica import Definition, Replica, ReplicaColumn
from elt.replication.design.streams import parents_first


def fit_new(
    replicas: Sequence[Replica],
    adjustments: Mapping[str, Adjustment],
    catalog: Catalog,
) -> list[Replica]:
    """Return replicas, those that are new with the columns of what they lie below."""
    by_oid = {replica.stream.relation.oid: replica for replica in replicas}
    kept = _list_kept(replicas, adjustments, catalog)
    if not kept:
        return list(replicas)
    for stream in parents_first(replica.stream for replica in replicas):
        oid = stream.relation.oid
        for parent in stream.relation.parents:
            if parent in kept and catalog.table(*stream.place) is None:
                by_oid[oid] = fit_below(by_oid[oid], kept[parent])
                kept[oid] = define(by_oid[oid]).columns
    return list(by_oid.values())


def _list_kept(
    replicas: Iterable[Replica], adjustments: Mapping[str, Adjustment], catalog: Catalog
) -> dict[int, Sequence[KnownColumn]]:
    """Return the columns of tables that keep them, by object id at the source."""
    kept: dict[int, Sequence[KnownColumn]] = {
        adjustment.replica.stream.relation.oid: adjustment.definition.columns
        for adjustment in adjustments.values()
        if adjustment.action == "kept"
    }
    reshaped = {
        parent
        for adjustment in adjustments.values()
        if adjustment.known.shape != adjustment.definition.shape
        for parent in adjustment.replica.stream.relation.parents
    }
    for replica in replicas:
        stream = replica.stream
        table = catalog.table(*stream.place)
        if (
            stream.relation.kind == "p"
            and stream.on_schema_change is SchemaChangePolicy.KEEP
            and stream.relation.oid not in reshaped
            and table is not None
            and table.holds_no_rows
            and table.relation.partition_key == replica.partition_key
        ):
            columns = define_table(table).columns
            ours = _names_in_parts(replica, adjustments.values())
            kept[stream.relation.oid] = [
                c for c in columns if not ours or c.name in ours
            ]
    return kept


def _names_in_parts(
    whole: Replica, adjustments: Iterable[Adjustment]
) -> frozenset[str]:
    """Return the columns that the partitions of a table have: others are not ours."""
    top = (whole.root or whole.stream).place
    return frozenset(
        column.name
        for adjustment in adjustments
        if (root := adjustment.replica.root) is not None and root.place == top
        for column in adjustment.known.columns
    )


def fit_below(replica: Replica, above: Sequence[KnownColumn]) -> Replica:
    """Return a new replica with the columns of a table that it is to lie below.

    Those that the source has no longer, or has otherwise, are null in it; those that
    the table does not have are left out.
    """
    wanted = {column.name: _kind(column) for column in above}
    is_partition = replica.partition_bound is not None
    columns = tuple(
        column
        for column in replica.columns
        if wanted.get(column.name, None if is_partition else _kind(column))
        == _kind(column)
    )
    names = {column.name for column in columns}
    if not names.issuperset(replica.key):
        message = (
            f"The key of {replica.stream.name} is not that of the table above it, "
            "which is kept"
        )
        raise ConfigError(message, hint="Set on_schema_change: propagate.")
    missing = {column.name for column in replica.columns} - names
    return replace(
        replica,
        columns=(
            *columns,
            *(
                keep_column(column, position)
                for position, column in enumerate(above, start=1)
                if column.name not in names
            ),
        ),
        constraints=_without(replica.constraints, missing),
        indexes=_without(replica.indexes, missing),
        foreign_keys=tuple(
            key for key in replica.foreign_keys if missing.isdisjoint(key.columns)
        ),
    )


def _kind(column: KnownColumn | ReplicaColumn) -> tuple[str | None, ...]:
    return column.type, column.collation, column.generation


def keep_column(column: KnownColumn, position: int) -> ReplicaColumn:
    """Return a column that has no values; its number is none of the source's."""
    return ReplicaColumn(
        number=-position,
        name=column.name,
        type=column.type,
        collation=column.collation,
        is_not_null=False,
        is_identity=False,
        generation=column.generation,
        comment=None,
        is_binary_safe=True,
        hash_form="value",
    )


def _without(
    definitions: Iterable[Definition], missing: set[str]
) -> tuple[Definition, ...]:
    return tuple(d for d in definitions if not mentions(d.sql, missing))
