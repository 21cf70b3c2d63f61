"""Types that have another name or schema at the source by now: ours follow them.

The object id tells which one it was. Columns, views and functions at the destination
go with a type that is renamed, while a new one would have to be put in its place, which
the key of a partitioned table does not allow.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from elt import logs
from elt.postgres import Connection, Identifier, compose, execute, transaction
from elt.replication.catalog.reading import read_types
from elt.replication.catalog.tables import Place, Type, write_name
from elt.replication.design.streams import Plan
from elt.replication.design.type_changes import is_alike
from elt.replication.design.type_ddl import order_types
from elt.replication.state.type_state import KnownType, move_type

log = logs.logger(__name__)


def follow_renamed_types(
    connection: Connection, plan: Plan, known: Iterable[KnownType]
) -> bool:
    """Rename and move the types that are ours as the source did; tell whether any."""
    is_changed = False
    former = find_former(plan.types, known, plan.landings)
    for needed in order_types(plan.types) if former else ():
        # What it is made of may have been renamed a moment ago.
        present = read_placed_types(connection, plan) if needed.oid in former else {}
        place = plan.landings[needed.schema], needed.name
        old = present.get(former[needed.oid].place) if present else None
        if old is None or place in present:
            continue
        if is_alike(old, needed, plan.landings):
            _move(connection, old, needed, place)
            is_changed = True
            renamed_to = write_name(*place)
            name = write_name(*old.place)
            log.info("renamed type", type=name, renamed_to=renamed_to)
    return is_changed


def find_former(
    types: Collection[Type], known: Iterable[KnownType], landings: Mapping[str, str]
) -> dict[int, KnownType]:
    """Return what types were called when they were made, by their object id.

    Not where the source has another one of the old name: one database may have the
    numbers of another. Nor where the schema just lands elsewhere.
    """
    names = {made.oid: write_name(*made.place) for made in types}
    return {
        k.source_oid: k
        for k in known
        if k.source_oid is not None
        and k.type is not None
        and names.get(k.source_oid, k.type) != k.type
        and k.type not in names.values()
        and k.type in _names_of(k, landings)
    }


def _names_of(known: KnownType, landings: Mapping[str, str]) -> list[str]:
    """Return the names at the source of what lands where a type is."""
    return [
        write_name(schema, known.destination_type)
        for schema, landing in landings.items()
        if landing == known.destination_schema
    ]


def read_placed_types(connection: Connection, plan: Plan) -> dict[Place, Type]:
    """Read the types that the destination has where those of a plan land."""
    types = read_types(connection, plan.landings.values())
    return {made.place: made for made in types}


def _move(connection: Connection, old: Type, needed: Type, place: Place) -> None:
    schema, name = place
    with transaction(connection):
        if old.schema != schema:
            create = "create schema if not exists {schema}"
            move = "alter type {type} set schema {schema}"
            parts = {
                "type": Identifier(*old.place),
                "schema": Identifier(schema),
            }
            execute(connection, compose(f"{create}; {move}", **parts))
        if old.name != name:
            parts = {
                "type": Identifier(schema, old.name),
                "name": Identifier(name),
            }
            execute(connection, compose("alter type {type} rename to {name}", **parts))
        move_type(connection, old.place, needed, place)
