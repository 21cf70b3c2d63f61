"""Drop replicas that are made anew, and nothing of anybody else with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from elt.errors import ConfigError, EltError
from elt.postgres import (
    Connection,
    Identifier,
    compose,
    execute,
    fetch,
    joined,
    savepoint,
    sqlstate_of,
)
from elt.replication.catalog.tables import DefaultGrant, Place, name_columns, write_name
from elt.replication.changes.alterations import Alteration, alter
from elt.replication.design.ddl import create_table, grant_on
from elt.replication.design.replica import Replica
from elt.replication.plan.destination import queries

#: Invalid table definition, as the server calls it.
_OF_THE_KEY = "42P16"


def drop_replicas(connection: Connection, places: Sequence[Place]) -> None:
    """Drop tables, at once, as one may be below another.

    Raises ConfigError where a partition of one is not among them: it would go as well,
    with its rows, and somebody else has made it.
    """
    if not places:
        return
    foreign = execute(connection, queries["list_other_parts"], name_columns(places))
    if foreign:
        whole, part = (tuple(foreign[0][at : at + 2]) for at in (0, 2))
        raise ConfigError(
            f"At the destination {write_name(*part)} is a partition of "
            f"{write_name(*whole)}, but not through elt, and that is to be made anew",
            hint=f"Detach it: ALTER TABLE {write_name(*whole)} DETACH PARTITION "
            f"{write_name(*part)};",
        )
    tables = joined(Identifier(*place) for place in places)
    alter(connection, [compose("drop table {tables}", tables=tables)])


def alter_empty(
    connection: Connection, replica: Replica, alterations: Iterable[Alteration]
) -> None:
    """Alter a partitioned replica without partitions; make it anew where that fails.

    A column of its key can neither go nor get another type.
    """
    try:
        with savepoint(connection):
            alter(connection, alterations)
    except EltError as error:
        if sqlstate_of(error) != _OF_THE_KEY:
            raise
        remake_empty(connection, replica)


def remake_empty(connection: Connection, replica: Replica) -> None:
    """Make a partitioned replica without partitions anew, with its grants."""
    schema, _ = place = replica.stream.place
    grants = list_grants(connection, place)
    drop_replicas(connection, [place])
    statements = [grant_on(replica, grant) for grant in grants]
    execute(connection, joined([create_table(replica, schema), *statements], "; "))


def list_grants(connection: Connection, place: Place) -> list[DefaultGrant]:
    """Return what others are granted on a table."""
    schema, name = place
    parameters = {"schema": schema, "name": name}
    return fetch(connection, DefaultGrant, queries["list_grants"], parameters)


def grant_again(
    connection: Connection,
    replicas: Iterable[Replica],
    grants: Mapping[Place, Iterable[DefaultGrant]],
) -> None:
    """Grant on replicas that were made anew what was granted on them before."""
    statements = [
        grant_on(replica, grant)
        for replica in replicas
        for grant in grants.get(replica.stream.place, ())
    ]
    if statements:
        execute(connection, joined(statements, "; "))
