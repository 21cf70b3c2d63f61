"""Check at once what waits for the commit, and keeps tables from being altered."""

from __future__ import annotations

from elt.errors import ConfigError, EltError
from elt.postgres import (
    Connection,
    Identifier,
    compose,
    execute,
    has_sqlstate,
    joined,
)
from elt.replication.catalog.names import qualify_name
from elt.replication.catalog.tables import Place
from elt.replication.plan.destination import queries
from elt.replication.publish.publication import Publication
from elt.replication.sessions.session import summarize

_FOREIGN_KEY_VIOLATION = "23503"


def check_deferred(connection: Connection, place: Place) -> None:
    """Check what is still to be checked of the rows of a table, inside a transaction.

    No table can be altered before. These are unique constraints that the source defers,
    and foreign keys and triggers of somebody else. Raises ConfigError for a row that
    refers to one which is not there yet.
    """
    table = qualify_name(*place)
    found = execute(connection, queries["list_deferred"], {"table": table})
    if not found:
        return
    names = joined(Identifier(schema, name) for schema, name in found)
    check = "set constraints {names} immediate"
    try:
        execute(connection, compose(check, names=names))
    except EltError as error:
        if not has_sqlstate(error, (_FOREIGN_KEY_VIOLATION,)):
            raise
        hint = (
            f"{table} is altered, and rows of it refer to some that the same run "
            "publishes later: drop that foreign key for one run."
        )
        raise ConfigError(error.message, hint=hint) from error


def check_constraints(connection: Connection, publication: Publication) -> None:
    """Check what is still to be checked, which keeps tables from being altered.

    Rows may refer to those of a stream that failed: its error says why.
    """
    try:
        execute(connection, "set constraints all immediate")
    except EltError as error:
        if not publication.failures:
            raise
        raise summarize(publication.failures, publication.source) from error
