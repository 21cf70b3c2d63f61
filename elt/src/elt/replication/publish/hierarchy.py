"""Partitions and inheritance: each replica below the parents it has at the source.

A whole and its parts are altered as one: a column at the top, a key or an index from
below, so that each part keeps the name that it has at the source.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from elt.postgres import Composable, Connection, Identifier, compose, execute
from elt.replication.catalog.tables import Catalog, DefaultGrant, Place, Table
from elt.replication.changes.alterations import Alteration, Attempt, alter, keep_rows
from elt.replication.changes.schema_changes import SchemaChanges
from elt.replication.design.ddl import (
    add_keys,
    create_table,
    drop_not_null,
)
from elt.replication.publish.ancestry import (
    ancestors,
    definitions_of,
    gone_tables,
    list_absent,
    present_parents,
    read_now,
    wanted_parents,
)
from elt.replication.publish.kept import explain_absent, explain_kept
from elt.replication.publish.publication import Publication
from elt.replication.publish.redefinition import rename_remade
from elt.replication.publish.remaking import (
    alter_empty,
    drop_replicas,
    list_grants,
    remake_empty,
)
from elt.replication.publish.wholes import (
    changed_places,
    changes_of_whole,
    is_parted_differently,
)

_LEAVE_PARTITIONED = "alter table {parent} detach partition {child}"
_LEAVE_PARENT = "alter table {child} no inherit {parent}"

#: A table, and one above it that it leaves.
Leaving = tuple[Table, Place]


def detach_moved(
    connection: Connection, publication: Publication
) -> dict[Place, list[DefaultGrant]]:
    """Detach tables that were detached or dropped at the source.

    A partition that is gone would otherwise still show its rows in the whole. A child
    that changes, or whose parent does, is altered alone and comes back afterwards, and
    so do the partitions of a table that is made anew. Returns what is granted on those
    that were dropped to be made anew.
    """
    alter(connection, _detach_all(publication))
    remade = remade_places(publication)
    grants = {place: list_grants(connection, place) for place in remade}
    drop_replicas(connection, remade)
    return grants


def _detach_all(publication: Publication) -> Iterator[Composable]:
    for table, parent in list_leaving(publication):
        is_partition = table.relation.partition_bound is not None
        yield compose(
            _LEAVE_PARTITIONED if is_partition else _LEAVE_PARENT,
            parent=Identifier(*parent),
            child=Identifier(*table.relation.place),
        )


def left_places(publication: Publication) -> set[Place]:
    """Return the tables that lose one below them, at any distance."""
    return places_above(publication.catalog, list_leaving(publication))


def places_above(catalog: Catalog, leaving: Iterable[Leaving]) -> set[Place]:
    """Return the tables that some tables leave, with those above them."""
    places: set[Place] = set()
    for table, parent in leaving:
        places |= {parent, *ancestors(catalog, table)}
    return places


def list_leaving(publication: Publication) -> Iterator[Leaving]:
    """Yield tables, each with a parent that it leaves, perhaps to come back.

    One of somebody else, who has put a replica below it, it does not leave.
    """
    catalog = publication.catalog
    wanted = {t.relation.oid: p for t, p in _wanted_by_table(publication)}
    for whole in publication.partitioned:
        table = publication.existing(whole)
        if table is not None and is_parted_differently(publication, whole, table):
            anew = [table, *catalog.parts_of(table)]
            wanted |= {
                part.relation.oid: []
                for part in anew
                if publication.is_ours(part.relation.place)
            }
    # What is gone together stays together, as it was.
    present = set(publication.places.values())
    wanted |= {
        table.relation.oid: [
            p for p in present_parents(catalog, table) if p not in present
        ]
        for table in gone_tables(publication)
    }
    for oid, keep in wanted.items():
        table = catalog.tables[oid]
        for parent in present_parents(catalog, table):
            if parent not in keep and publication.is_ours(parent):
                yield table, parent


def _wanted_by_table(publication: Publication) -> Iterator[tuple[Table, list[Place]]]:
    """Yield the replicas that exist, each with the parents that it need not leave."""
    changed = changed_places(publication)
    others = remade_places(publication)
    for replica in publication.replicas:
        table = publication.existing(replica)
        if table is None:
            continue
        wanted = [p for p in wanted_parents(publication, replica) if p not in others]
        if table.relation.partition_bound is None:
            is_changed = table.relation.place in changed
            wanted = [p for p in wanted if not is_changed and p not in changed]
        elif table.relation.partition_bound != replica.partition_bound:
            wanted = []
        yield table, wanted


def remade_places(publication: Publication) -> list[Place]:
    """Return the tables that became partitioned, or that no longer are."""
    return [
        replica.stream.place
        for replica in publication.replicas
        if publication.catalog.table(*replica.stream.place) is not None
        and publication.existing(replica) is None
    ]


def make_partitioned(connection: Connection, publication: Publication) -> None:
    """Make the partitioned tables that are new; they hold no rows themselves."""
    for replica in publication.partitioned:
        if publication.existing(replica) is None:
            execute(connection, create_table(replica, replica.stream.schema))


def prepare_partitioned(connection: Connection, publication: Publication) -> None:
    """Alter the columns of wholes; make those anew that have another partition key."""
    if not any(publication.existing(whole) for whole in publication.partitioned):
        return
    catalog = read_now(connection, publication)
    statements: list[Alteration] = [*_loosen_kept(publication)]
    absent: list[Place] = []
    for replica in publication.partitioned:
        table = catalog.table(*replica.stream.place)
        if table is None or publication.existing(replica) is None:
            continue
        changes = changes_of_whole(publication, catalog, replica, table)
        is_other = is_parted_differently(publication, replica, table)
        parts = (part.relation.place for part in catalog.parts_of(table))
        is_empty = not any(map(publication.is_ours, parts))
        if is_empty and is_other:
            remake_empty(connection, replica)
        elif present_parents(catalog, table):
            # What lies below another whole gets its columns from there.
            continue
        elif is_empty:
            alter_empty(connection, replica, changes.before)
        elif changes.before:
            statements += changes.before
            absent += list_absent(publication, catalog, table)
    _alter_wholes(connection, publication, statements, absent)


def _alter_wholes(
    connection: Connection,
    publication: Publication,
    statements: list[Alteration],
    absent: list[Place],
) -> None:
    """Alter partitioned tables.

    Where a part keeps rows, or is not among those that the run copies, so that none is
    deleted.
    """
    parts = [x.replica.stream for x in publication.loads if x.replica.root]
    keeping = next((stream for stream in parts if stream.keeps_rows), None)
    if keeping is not None:
        with explain_kept(keeping):
            alter(connection, keep_rows(statements))
    elif absent:
        with explain_absent(absent[0]):
            alter(connection, keep_rows(statements))
    else:
        alter(connection, statements)


def _loosen_kept(publication: Publication) -> Iterator[Composable]:
    """Let columns that parts keep be null, at the top, once for all of them."""
    loosened = {
        (root.place, name): None
        for load in publication.loads
        if (found := load.adjustment) and found.is_part
        if (root := load.replica.root) is not None
        for name in found.loosened
    }
    for place, name in loosened:
        yield drop_not_null(Identifier(*place), name)


def complete_partitioned(connection: Connection, publication: Publication) -> None:
    """Add the keys and indexes that wholes lack, those of parts first.

    What is added to a whole takes in what its parts have, and adds it where they lack
    it. That columns are not null is said at the top before: PostgreSQL 18 does not
    change the type of a column that a part calls so by itself.
    """
    if not publication.partitioned:
        return
    _rename_in_parts(connection, publication)
    catalog = read_now(connection, publication)
    changes = {
        place: changes_of_whole(publication, catalog, whole, table, is_renamed=True)
        for whole, place in ((w, w.stream.place) for w in publication.partitioned)
        if (table := catalog.table(*place)) is not None
        and publication.existing(whole) is not None
    }
    for place, found in changes.items():
        table = catalog.table(*place)
        if table is not None and not present_parents(catalog, table):
            alter(connection, _completed(publication, found))
    for load in publication.loads:
        table = catalog.table(*load.replica.stream.place)
        adjustment = load.adjustment
        if adjustment and adjustment.is_part and adjustment.action != "kept" and table:
            present = {definition.name for definition in definitions_of(table)}
            schema = load.replica.stream.schema
            alter(connection, add_keys(load.replica, schema, present=present))
    for replica in reversed(publication.partitioned):
        place = replica.stream.place
        if place in changes:
            alter(connection, changes[place].added)
        else:
            alter(connection, add_keys(replica, replica.stream.schema))


def _completed(
    publication: Publication, changes: SchemaChanges
) -> Iterable[Alteration]:
    """Return what completes columns, as far as rows that parts keep allow it."""
    parts = [x.replica.stream for x in publication.loads if x.replica.root]
    if not any(stream.keeps_rows for stream in parts):
        return changes.completed
    return [
        one if isinstance(one, Attempt) else Attempt(statement=one, otherwise=())
        for one in changes.completed
    ]


def _rename_in_parts(connection: Connection, publication: Publication) -> None:
    """Give keys and indexes of parts the names that they have at the source."""
    altered = [
        load.replica
        for load in publication.loads
        if (found := load.adjustment) and found.is_part and found.action != "kept"
        if found.changes.before
    ]
    if altered:
        catalog = read_now(connection, publication)
        wholes = [w for w in publication.partitioned if publication.existing(w)]
        present = ((catalog.table(*r.stream.place), r) for r in (*altered, *wholes))
        rename_remade(connection, [(table, r) for table, r in present if table])
