"""Foreign keys of replicas: dropped before what they need is altered, added last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from elt.postgres import Composable, Connection, Identifier, compose, execute, joined
from elt.replication.catalog.tables import Constraint, Place, Table
from elt.replication.changes.alterations import alter
from elt.replication.design.ddl import add_foreign_key
from elt.replication.design.replica import ForeignKey, Replica
from elt.replication.plan.destination import queries
from elt.replication.publish.ancestry import gone_tables
from elt.replication.publish.hierarchy import left_places
from elt.replication.publish.publication import Publication
from elt.replication.publish.wholes import changed_places


def drop_foreign_keys(connection: Connection, publication: Publication) -> None:
    """Drop those that are gone, and those of replicas that are altered.

    A key that is referred to cannot be altered, nor a table with references that are
    still to be checked; and a table that is gone keeps no row of others. What somebody
    else made stays, and may be in the way.
    """
    statements = [
        compose(
            "alter table {table} drop constraint {name}",
            table=Identifier(*table.relation.place),
            name=Identifier(constraint.name),
        )
        for table, constraint in list_dropped(publication)
    ]
    alter(connection, [*statements, *_drop_left(publication)])


def list_dropped(publication: Publication) -> list[tuple[Table, Constraint]]:
    """Return the foreign keys to drop, each with its table."""
    if not publication.all_constraints:
        return []
    changed = changed_places(publication) | left_places(publication)
    known = _known(publication)
    dropped = [
        (table, constraint)
        for replica in publication.replicas
        if (table := publication.existing(replica)) is not None
        for constraint in _ours(table, known)
        if _is_in_the_way(publication, replica, constraint, changed)
    ]
    return dropped + [
        (table, constraint)
        for table in gone_tables(publication)
        for constraint in _ours(table, known)
    ]


def _drop_left(publication: Publication) -> Iterator[Composable]:
    """Yield what drops those of replicas that their streams leave."""
    for known in publication.moved:
        for name in known.definition.foreign_keys:
            yield compose(
                "alter table if exists {table} drop constraint if exists {name}",
                table=Identifier(*known.place),
                name=Identifier(name),
            )


def _known(publication: Publication) -> dict[Place, Sequence[str]]:
    """Return the names of the foreign keys that elt has made, by replica."""
    known = {stream.place: stream.definition for stream in publication.gone} | {
        load.replica.stream.place: load.adjustment.known
        for load in publication.loads
        if load.adjustment is not None
    }
    of_streams = {place: found.foreign_keys for place, found in known.items()}
    of_wholes = {
        place: names
        for place, names in publication.known_partitioned.items()
        if names is not None
    }
    return of_wholes | of_streams


def _ours(table: Table, known: Mapping[Place, Sequence[str]]) -> list[Constraint]:
    names = known.get(table.relation.place)
    return [
        constraint
        for constraint in table.constraints
        if constraint.kind == "f"
        # That of earlier versions does not know those of wholes; but ours can always
        # wait for a commit.
        and (constraint.is_deferrable if names is None else constraint.name in names)
    ]


def _is_in_the_way(
    publication: Publication,
    replica: Replica,
    constraint: Constraint,
    changed: set[Place],
) -> bool:
    referenced = publication.catalog.tables.get(constraint.referenced_oid or 0)
    wanted = {key.name: key for key in replica.foreign_keys}.get(constraint.name)
    if referenced is None:
        # What it refers to was left, and lands elsewhere by now.
        return wanted is not None
    place = referenced.relation.place
    return (
        not changed.isdisjoint({replica.stream.place, place})
        or wanted is None
        or not _is_same(wanted, constraint, place)
    )


def _is_same(wanted: ForeignKey, present: Constraint, place: Place) -> bool:
    return (
        wanted.columns == tuple(present.columns)
        and wanted.referenced_columns == tuple(present.referenced_columns)
        and (wanted.schema, wanted.table) == place
    )


def add_foreign_keys(connection: Connection, publication: Publication) -> None:
    """Add those that are missing, where the destination is to have them."""
    if not publication.all_constraints:
        return
    replicas = [replica for replica in publication.replicas if replica.foreign_keys]
    if not replicas:
        return
    present = _list_constraints(connection, publication)
    statements = [
        add_foreign_key(replica, key)
        for replica in replicas
        for key in replica.foreign_keys
        if (key.schema, key.table) in present
        and key.name not in present.get(replica.stream.place, ())
    ]
    if statements:
        execute(connection, joined(statements, "; "))


def _list_constraints(
    connection: Connection, publication: Publication
) -> dict[Place, list[str]]:
    """Return the names of the constraints of each table; the catalog holds far more."""
    parameters = {"schemas": list(publication.catalog.schemas)}
    rows = execute(connection, queries["list_constraint_names"], parameters)
    return {(schema, name): constraints for schema, name, constraints in rows}
