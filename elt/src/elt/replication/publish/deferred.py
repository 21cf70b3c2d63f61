"""Check at once what waits for the commit, and keeps a table from being altered."""

from __future__ import annotations

from elt.postgres import Connection, Identifier, compose, execute, joined
from elt.replication.catalog.names import qualify_name
from elt.replication.catalog.tables import Place
from elt.replication.plan.destination import queries


def check_deferred(connection: Connection, place: Place) -> None:
    """Check what is still to be checked of the rows of a table, inside a transaction.

    No table can be altered before. These are unique constraints that the source defers,
    and foreign keys and triggers of somebody else.
    """
    parameters = {"table": qualify_name(*place)}
    found = execute(connection, queries["list_deferred"], parameters)
    if found:
        names = joined(Identifier(schema, name) for schema, name in found)
        check = "set constraints {names} immediate"
        execute(connection, compose(check, names=names))
