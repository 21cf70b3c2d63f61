"""Array types of new tables, where a type of the landing schema has their name.

The server calls the array type of table x `_x`, and by another name where a type is
called so already. It does not look once more when a table moves to another schema.
"""

from __future__ import annotations

from elt.errors import EltError
from elt.postgres import (
    Composable,
    Connection,
    Identifier,
    compose,
    execute,
    has_sqlstate,
    joined,
    savepoint,
)
from elt.replication.design.replica import Replica
from elt.replication.plan.destination import queries

_DUPLICATE_OBJECT = "42710"


def move_table(connection: Connection, replica: Replica, move: Composable) -> None:
    """Run the statement that moves a shadow to its landing schema."""
    try:
        with savepoint(connection):
            execute(connection, move)
    except EltError as error:
        if not has_sqlstate(error, (_DUPLICATE_OBJECT,)):
            raise
        _rename_array_type(connection, replica)
        execute(connection, move)


def _rename_array_type(connection: Connection, replica: Replica) -> None:
    """Let the server find a name for it that is free in the landing schema, too.

    It does so for an array type whose name a new type takes.
    """
    stream = replica.stream
    shadow, _ = stream.shadow
    names = {
        "landing": stream.schema,
        "shadow": shadow,
        "name": stream.relation.name,
    }
    taken = execute(connection, queries["list_array_names"], names)
    types = [Identifier(shadow, name) for (name,) in taken]
    makes = [compose("create type {type} as ()", type=made) for made in types]
    drops = [compose("drop type {type}", type=made) for made in types]
    if types:
        execute(connection, joined([*makes, *drops], "; "))
