"""Attach tables to those above them, with the columns that somebody has added there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from elt.postgres import Composable, Connection, Identifier
from elt.replication.catalog.tables import Place
from elt.replication.changes.alterations import alter
from elt.replication.changes.column_alterations import add_nullable
from elt.replication.changes.fitting import keep_column
from elt.replication.design.ddl import attach
from elt.replication.design.definition import KnownColumn, define_table
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
    columns = {
        replica.stream.place: define_table(table).columns
        for replica in publication.replicas
        if (table := catalog.table(*replica.stream.place)) is not None
    }
    statements: list[Composable] = []
    for replica in publication.replicas:
        place = replica.stream.place
        table = catalog.table(*place)
        present = present_parents(catalog, table) if table else []
        for parent in wanted_parents(publication, replica):
            if parent in columns and parent not in present:
                missing = _missing(columns[parent], columns.get(place, ()))
                columns[place] = (*columns.get(place, ()), *missing)
                statements += _add_missing(place, missing)
                statements.append(attach(replica, Identifier(*parent)))
    alter(connection, statements)


def _missing(
    above: Iterable[KnownColumn], present: Iterable[KnownColumn]
) -> list[KnownColumn]:
    """Return the columns that somebody else has added to a table above another."""
    names = {column.name for column in present}
    return [column for column in above if column.name not in names]


def _add_missing(place: Place, missing: Iterable[KnownColumn]) -> Iterator[Composable]:
    """Yield what adds columns to a table that would not be taken in without them."""
    for position, column in enumerate(missing, start=1):
        yield add_nullable(Identifier(*place), keep_column(column, position))
