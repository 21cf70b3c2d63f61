"""Attach tables to those above them, with what somebody else has added there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from elt.postgres import Composable, Connection, Identifier, compose, raw
from elt.replication.catalog.tables import Place
from elt.replication.changes.alterations import alter
from elt.replication.changes.column_alterations import add_nullable
from elt.replication.changes.fitting import keep_column
from elt.replication.design.ddl import attach
from elt.replication.design.definition import TableDefinition, define_table
from elt.replication.publish.ancestry import (
    present_parents,
    read_now,
    wanted_parents,
)
from elt.replication.publish.publication import Publication


def attach_new(connection: Connection, publication: Publication) -> None:
    """Attach tables to the parents they have at the source."""
    if not any(wanted_parents(publication, r) for r in publication.replicas):
        return
    catalog = read_now(connection, publication)
    found = {
        replica.stream.place: define_table(table)
        for replica in publication.replicas
        if (table := catalog.table(*replica.stream.place)) is not None
    }
    statements: list[Composable] = []
    for replica in publication.replicas:
        place = replica.stream.place
        table = catalog.table(*place)
        present = present_parents(catalog, table) if table else []
        for parent in wanted_parents(publication, replica):
            if table is not None and parent in found and parent not in present:
                missing = _missing(found[parent], found[place])
                statements += _add_missing(place, missing)
                statements.append(attach(replica, Identifier(*parent)))
                found[place] = _joined(found[place], missing)
    alter(connection, statements)


def _missing(above: TableDefinition, present: TableDefinition) -> TableDefinition:
    """Return what somebody else has added to a table above another: columns, checks."""
    names = {column.name for column in present.columns}
    return replace(
        above,
        columns=tuple(column for column in above.columns if column.name not in names),
        constraints={
            name: sql
            for name, sql in above.constraints.items()
            if name not in present.constraints
            and sql.startswith("CHECK ")
            and "NO INHERIT" not in sql
        },
    )


def _joined(present: TableDefinition, missing: TableDefinition) -> TableDefinition:
    return replace(
        present,
        columns=(*present.columns, *missing.columns),
        constraints={**present.constraints, **missing.constraints},
    )


def _add_missing(place: Place, missing: TableDefinition) -> Iterator[Composable]:
    """Yield what makes a table one that is taken in."""
    table = Identifier(*place)
    for position, column in enumerate(missing.columns, start=1):
        yield add_nullable(table, keep_column(column, position))
    for name, sql in missing.constraints.items():
        yield compose(
            "alter table {table} add constraint {name} {sql}",
            table=table,
            name=Identifier(name),
            sql=raw(sql),
        )
