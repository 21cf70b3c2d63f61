"""Take away the keys and indexes that are gone, and names that others are to have.

All of them before any is added: a name belongs to one index of a schema, and tables may
hand it on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from elt.postgres import Composable, Connection, Identifier, compose
from elt.replication.catalog.tables import Table
from elt.replication.changes.alterations import alter
from elt.replication.changes.schema_changes import SchemaChanges
from elt.replication.design.definition import define, define_table
from elt.replication.design.known_definition import free_name
from elt.replication.design.replica import Replica
from elt.replication.publish.ancestry import definitions_of, gone_tables, read_now
from elt.replication.publish.publication import Publication
from elt.replication.publish.wholes import changes_of_whole


@dataclass(frozen=True, kw_only=True, slots=True)
class _Renaming:
    """A key or an index that gets another name."""

    table: Table
    is_constraint: bool
    old: str
    new: str
    #: A name that nobody has.
    between: str


def drop_definitions(connection: Connection, publication: Publication) -> None:
    """Drop keys and indexes that are gone, and rename those with another name."""
    changes = list(_changes(connection, publication))
    dropped = [s for table, found in changes for s in _dropped(table, found)]
    alter(connection, dropped)
    renamings = list(_moved_aside(publication))
    if any(found.renamed_constraints or found.renamed_indexes for _, found in changes):
        # Some went with those of the tables above.
        catalog = read_now(connection, publication)
        for table, found in changes:
            left = catalog.table(*table.relation.place)
            renamings += _renamed(left, found) if left else []
    # In two steps: they may exchange their names.
    alter(
        connection,
        [_rename(r, r.old, r.between) for r in renamings if r.old != r.between],
    )
    alter(
        connection,
        [_rename(r, r.between, r.new) for r in renamings if r.new != r.between],
    )


def _changes(
    connection: Connection, publication: Publication
) -> Iterator[tuple[Table, SchemaChanges]]:
    catalog = publication.catalog
    if any(table.relation.parents for table in catalog.tables.values()):
        # Some may have left their parents by now.
        catalog = read_now(connection, publication)
    for load in publication.loads:
        table = catalog.table(*load.replica.stream.place)
        if load.adjustment is not None and table is not None:
            yield table, load.adjustment.changes
    for whole in publication.partitioned:
        table = catalog.table(*whole.stream.place)
        if table is not None and publication.existing(whole) is not None:
            yield table, changes_of_whole(publication, catalog, whole, table)


def _dropped(table: Table, changes: SchemaChanges) -> list[Composable]:
    """Return what drops those that a table does not have from one above it."""
    above = {d.name for d in definitions_of(table) if d.parent_oid is not None}
    return [s for name, s in changes.dropped.items() if name not in above]


def _renamed(table: Table, changes: SchemaChanges) -> Iterator[_Renaming]:
    present = {d.name: d for d in definitions_of(table)}
    renamed = {**changes.renamed_constraints, **changes.renamed_indexes}
    for old, new in renamed.items():
        # A check has one name in all tables of a hierarchy.
        if old in present and present[old].parent_oid != 0:
            yield _Renaming(
                table=table,
                is_constraint=old in changes.renamed_constraints,
                old=old,
                new=new,
                between=free_name(present[old]),
            )


def rename_remade(
    connection: Connection, replicas: Iterable[tuple[Table, Replica]]
) -> None:
    """Rename keys and indexes that PostgreSQL made anew with names of its own.

    It does so to those of parts when a column of the whole gets another type.
    """
    renamings = [r for table, replica in replicas for r in _remade(table, replica)]
    alter(connection, [_rename(r, r.old, r.between) for r in renamings])
    alter(connection, [_rename(r, r.between, r.new) for r in renamings])


def _remade(table: Table, replica: Replica) -> Iterator[_Renaming]:
    wanted, present = define(replica), define_table(table)
    by_name = {d.name: d for d in definitions_of(table) if d.parent_oid}
    for there, here in (
        (wanted.constraints, present.constraints),
        (wanted.indexes, present.indexes),
    ):
        missing = {sql: name for name, sql in there.items() if here.get(name) != sql}
        for old, sql in here.items():
            if old in by_name and there.get(old) != sql and sql in missing:
                yield _Renaming(
                    table=table,
                    is_constraint=there is wanted.constraints,
                    old=old,
                    new=missing.pop(sql),
                    between=free_name(by_name[old]),
                )


def _moved_aside(publication: Publication) -> Iterator[_Renaming]:
    """Yield what tables that are gone have, under names that others are to have."""
    wanted = {
        (replica.stream.schema, name)
        for replica in publication.replicas
        for name in (
            replica.stream.relation.name,
            *(constraint.name for constraint in replica.constraints),
            *(index.name for index in replica.indexes),
        )
    }
    taken = {replica.stream.place for replica in publication.replicas}
    for table in gone_tables(publication):
        if table.relation.place in taken:
            # It was dropped: one that has become partitioned, or no longer is.
            continue
        constraints = {c.name for c in table.constraints if c.kind in "pux"}
        for definition in definitions_of(table):
            name = definition.name
            is_index = name in constraints or definition in table.indexes
            if is_index and (table.relation.schema, name) in wanted:
                between = free_name(definition)
                yield _Renaming(
                    table=table,
                    is_constraint=name in constraints,
                    old=name,
                    new=between,
                    between=between,
                )


def _rename(renaming: _Renaming, old: str, new: str) -> Composable:
    if renaming.is_constraint:
        return compose(
            "alter table {table} rename constraint {old} to {new}",
            table=Identifier(*renaming.table.relation.place),
            old=Identifier(old),
            new=Identifier(new),
        )
    return compose(
        "alter index {index} rename to {new}",
        index=Identifier(renaming.table.relation.schema, old),
        new=Identifier(new),
    )
