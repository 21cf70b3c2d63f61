"""Who is above and below whom: at the destination as it was, and as it is to be."""

from __future__ import annotations

from collections.abc import Iterator

from elt.postgres import Connection
from elt.replication.catalog.reading import read_catalog
from elt.replication.catalog.tables import Catalog, Constraint, Index, Place, Table
from elt.replication.design.replica import Replica
from elt.replication.load.loading import Load
from elt.replication.publish.publication import Publication


def read_now(connection: Connection, publication: Publication) -> Catalog:
    """Read what the destination has at this moment of the transaction."""
    return read_catalog(connection, publication.catalog.schemas)


def gone_tables(publication: Publication) -> list[Table]:
    """Return the replicas of tables that the source no longer has."""
    places = publication.known_partitioned.keys() - {*publication.places.values()}
    places |= {known.place for known in publication.gone}
    tables = (publication.catalog.table(*place) for place in sorted(places))
    return [table for table in tables if table is not None]


def wanted_parents(publication: Publication, replica: Replica) -> list[Place]:
    """Return where the parents are that a replica is to have."""
    parents = replica.stream.relation.parents
    return [publication.places[oid] for oid in parents if oid in publication.places]


def present_parents(catalog: Catalog, table: Table) -> list[Place]:
    """Return the parents that a table has at the destination."""
    parents = table.relation.parents
    return [catalog.tables[o].relation.place for o in parents if o in catalog.tables]


def list_absent(
    publication: Publication, catalog: Catalog, table: Table
) -> Iterator[Place]:
    """Yield the replicas below a table whose rows a run does not bring."""
    loaded = {load.replica.stream.place for load in publication.loads}
    for part in catalog.parts_of(table):
        place = part.relation.place
        has_rows = publication.is_ours(place) and not part.holds_no_rows
        if has_rows and place not in loaded:
            yield place
        yield from list_absent(publication, catalog, part)


def ancestors(catalog: Catalog, table: Table) -> set[Place]:
    """Return the tables above one at the destination, at any distance."""
    places = set(present_parents(catalog, table))
    for place in [*places]:
        parent = catalog.table(*place)
        places |= ancestors(catalog, parent) if parent else set()
    return places


def is_below(publication: Publication, replica: Replica, whole: Replica) -> bool:
    """Tell whether a replica is to be below a table without rows, at any distance."""
    by_place = {r.stream.place: r for r in publication.partitioned}
    for place in wanted_parents(publication, replica):
        if place == whole.stream.place:
            return True
        above = by_place.get(place)
        if above is not None and is_below(publication, above, whole):
            return True
    return False


def is_still_below(publication: Publication, load: Load, whole: Replica) -> bool:
    """Tell whether a table is and was below a whole, so that it tells its columns."""
    catalog = publication.catalog
    table = catalog.table(*load.replica.stream.place)
    # First what takes no time, as every table is asked about every whole.
    if table is None or whole.stream.place not in ancestors(catalog, table):
        return False
    return is_below(publication, load.replica, whole)


def definitions_of(table: Table) -> list[Constraint | Index]:
    """Return the constraints and the indexes of a table."""
    return [*table.constraints, *table.indexes]


def is_part_of(part: Constraint | Index, whole: Constraint | Index) -> bool:
    """Tell whether a key or an index belongs to that of a table above."""
    if part.parent_oid:
        return part.parent_oid == whole.oid
    # Checks have the same name at every level.
    return part.parent_oid == 0 and part.name == whole.name
