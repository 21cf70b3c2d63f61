"""What tables must have in common with those above them, and have not at the source.

There a child may allow nulls or generate a column where its parent does not: older
versions let it be, and newer ones ask for it in other words. Nothing here talks to a
database.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from elt.replication.catalog.tables import Column, Constraint, Table, stream_name
from elt.replication.design.replica import Replica, ReplicaColumn
from elt.replication.design.streams import NotCopied

#: From here on a child may generate a column by another expression than its parent.
_OWN_EXPRESSIONS = 16
_NULLS = "a table that inherits it may have nulls there"


def loosen(tables: Mapping[int, Table]) -> dict[int, Table]:
    """Let columns be null where those of children may be.

    A table is asked for the rows of its children, too, so that they had better stay
    below it.
    """
    found = {oid: table for oid, table in tables.items() if table.relation.parents}
    loosened = dict(tables)
    while found:
        above: dict[int, Table] = {}
        for child in found.values():
            for oid in child.relation.parents:
                parent = loosened.get(oid)
                names = _stricter(parent, child) if parent is not None else set()
                if parent is not None and names:
                    above[oid] = loosened[oid] = _loosened(parent, names)
        found = above
    return loosened


def _stricter(parent: Table, child: Table) -> set[str]:
    """Return the columns that are never null in a table, and may be in a child."""
    strict = {column.name for column in parent.columns if column.is_not_null}
    return {c.name for c in child.columns if not c.is_not_null and c.name in strict}


def _loosened(table: Table, names: set[str]) -> Table:
    return replace(
        table,
        columns=tuple(_loosened_column(column, names) for column in table.columns),
        constraints=tuple(c for c in table.constraints if not _needs(c, names)),
        indexes=tuple(
            replace(index, is_key=index.is_key and names.isdisjoint(index.columns))
            for index in table.indexes
        ),
    )


def _loosened_column(column: Column, names: set[str]) -> Column:
    if column.name not in names:
        return column
    return replace(column, is_not_null=False, is_identity=False)


def _needs(constraint: Constraint, names: set[str]) -> bool:
    return constraint.kind == "p" and not names.isdisjoint(constraint.columns)


def list_loosened(table: Table, loosened: Table) -> Iterator[NotCopied]:
    """Yield what a table lost as its columns may be null."""
    names = _stricter(table, loosened)
    stream = stream_name(table.relation)
    for name in sorted(names):
        yield NotCopied(name=f"{stream}: not null of column {name}", reason=_NULLS)
    for constraint in table.constraints:
        if _needs(constraint, names):
            what = f"{stream}: constraint {constraint.name}"
            yield NotCopied(name=what, reason=_NULLS)


def agree_on_generation(replicas: Sequence[Replica], version: int) -> list[Replica]:
    """Return replicas that generate a column where those above and below do, too.

    Where one of them has plain values, or needs an expression that the version of the
    destination does not let it have, all of them have plain values.
    """
    generated = {
        replica.stream.relation.oid: {c.name: c.generation for c in replica.copied}
        for replica in replicas
    }
    lines = [
        (generated[oid], generated[replica.stream.relation.oid])
        for replica in replicas
        for oid in replica.stream.relation.parents
        if oid in generated
    ]
    # Again for what is further up and down.
    while sum(_agree(parent, child, version) for parent, child in lines):
        pass
    return [
        _adapted(replica, generated[replica.stream.relation.oid])
        for replica in replicas
    ]


def _agree(
    parent: dict[str, str | None], child: dict[str, str | None], version: int
) -> bool:
    """Make plain what two tables generate differently; tell whether anything was."""
    unlike = [
        name
        for name in parent.keys() & child.keys()
        if parent[name] != child[name]
        and (None in {parent[name], child[name]} or version < _OWN_EXPRESSIONS)
    ]
    for name in unlike:
        parent[name] = child[name] = None
    return bool(unlike)


def _adapted(replica: Replica, generated: Mapping[str, str | None]) -> Replica:
    columns = tuple(_adapted_column(c, generated) for c in replica.columns)
    return replica if columns == replica.columns else replace(replica, columns=columns)


def _adapted_column(
    column: ReplicaColumn, generated: Mapping[str, str | None]
) -> ReplicaColumn:
    if column.generation == generated.get(column.name):
        return column
    return replace(column, generation=None)
