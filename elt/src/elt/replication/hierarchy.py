"""Partitions and inheritance: each replica below the parents it has at the source."""

from __future__ import annotations

from collections.abc import Iterator

from elt.postgres import Composable, Connection, compose, execute
from elt.replication.alterations import alter
from elt.replication.catalog import Table
from elt.replication.ddl import add_keys, attach, create_table, relation_name
from elt.replication.publication import Publication
from elt.replication.replica import Replica

Place = tuple[str, str]

_LEAVE_PARTITIONED = "alter table {parent} detach partition {child}"
_LEAVE_PARENT = "alter table {child} no inherit {parent}"


def detach_moved(connection: Connection, publication: Publication) -> None:
    """Detach tables that were detached or dropped at the source.

    A partition that is gone would otherwise still show its rows in the whole.
    """
    statements: list[Composable] = []
    for replica in publication.replicas:
        table = publication.existing(replica)
        if table is not None:
            wanted = _wanted_parents(publication, replica)
            statements += _detach(publication, table, keep=wanted)
    for gone in publication.gone:
        place = (gone.destination_schema, gone.destination_table)
        table = publication.catalog.table(*place)
        if table is not None:
            statements += _detach(publication, table, keep=[])
    alter(connection, statements)


def make_partitioned(connection: Connection, publication: Publication) -> None:
    """Make the partitioned tables that are new; they hold no rows themselves."""
    for replica in publication.partitioned:
        if publication.existing(replica) is None:
            execute(connection, create_table(replica, replica.stream.schema))


def complete_partitioned(connection: Connection, publication: Publication) -> None:
    """Add the keys and indexes that partitioned tables lack.

    What is added to one that exists is added to all its parts by PostgreSQL.
    """
    statements = []
    for replica in publication.partitioned:
        table = publication.existing(replica)
        if table is not None and replica.root is not None:
            continue
        present: set[str] = set()
        if table is not None:
            present.update(constraint.name for constraint in table.constraints)
            present.update(index.name for index in table.indexes)
        statements += add_keys(replica, replica.stream.schema, present=present)
    alter(connection, statements)


def attach_new(connection: Connection, publication: Publication) -> None:
    """Attach tables to the parents they have at the source."""
    statements = []
    there = {replica.stream.place for replica in publication.replicas}
    there.update(table.relation.place for table in publication.catalog.tables.values())
    for replica in publication.replicas:
        table = publication.existing(replica)
        present = _present_parents(publication, table) if table else []
        statements += [
            attach(replica, relation_name(*parent))
            for parent in _wanted_parents(publication, replica)
            if parent in there and parent not in present
        ]
    alter(connection, statements)


def _wanted_parents(publication: Publication, replica: Replica) -> list[Place]:
    parents = replica.stream.relation.parents
    return [publication.places[oid] for oid in parents if oid in publication.places]


def _present_parents(publication: Publication, table: Table) -> list[Place]:
    tables = publication.catalog.tables
    parents = table.relation.parents
    return [tables[oid].relation.place for oid in parents if oid in tables]


def _detach(
    publication: Publication, table: Table, keep: list[Place]
) -> Iterator[Composable]:
    relation = table.relation
    is_partition = relation.partition_bound is not None
    leave = _LEAVE_PARTITIONED if is_partition else _LEAVE_PARENT
    child = relation_name(*relation.place)
    for parent in _present_parents(publication, table):
        if parent not in keep:
            yield compose(leave, parent=relation_name(*parent), child=child)
