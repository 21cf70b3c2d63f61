"""Alterations of tables that people read: they wait for readers, but not for long."""

from __future__ import annotations

from collections.abc import Iterable

from elt.postgres import Composable, Connection, execute

#: An alteration that waits makes every later reader wait behind it.
_LOCK_TIMEOUT = "5s"


def alter(connection: Connection, statements: Iterable[Composable]) -> None:
    """Run each distinct statement, inside a transaction; give up where a reader stays.

    Raises TemporaryError then: the next run tries again.
    """
    distinct = {statement.as_string(connection): statement for statement in statements}
    if not distinct:
        return
    execute(connection, f"set local lock_timeout to '{_LOCK_TIMEOUT}'")
    for statement in distinct.values():
        execute(connection, statement)
    execute(connection, "set local lock_timeout to 0")
