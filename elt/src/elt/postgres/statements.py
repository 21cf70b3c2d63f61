"""Statements, their results as records, and transactions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import psycopg2
from psycopg2.sql import SQL, Composable, Composed, Identifier, Literal

from elt import logs
from elt.errors import EltError
from elt.interruption import raise_if_interrupted
from elt.postgres.connections import Connection
from elt.postgres.failures import translate

log = logs.logger(__name__)

#: Begins a transaction that reads one instant and writes nothing.
READ_ONLY = "begin isolation level repeatable read, read only"

Row = tuple[Any, ...]
Record = TypeVar("Record")

__all__ = ["Composable", "Identifier", "Literal"]


def raw(text: str) -> Composable:
    """Take SQL that the program or the server's own catalog wrote, as it is."""
    return SQL(text)


def compose(query: str, **parts: Composable) -> Composable:
    """Fill the `{name}` places of a query with identifiers and literals."""
    return SQL(query).format(**parts)


def joined(parts: Iterable[Composable], separator: str = ", ") -> Composable:
    """Join parts of a statement."""
    return SQL(separator).join(parts)


def identifiers(names: Iterable[str], prefix: str = "") -> Composable:
    """Return a list of column names, each behind an optional `alias.`."""
    return joined(raw(prefix) + Identifier(name) for name in names)


def qualified_names(query: Composable) -> list[Composable]:
    """Return the names in a statement that were put into it with their schemas."""
    if isinstance(query, Composed):
        return [name for part in query.seq for name in qualified_names(part)]
    is_qualified = isinstance(query, Identifier) and len(query.strings) > 1
    return [query] if is_qualified else []


def execute(
    connection: Connection,
    query: str | Composable,
    parameters: Mapping[str, object] | None = None,
) -> list[Row]:
    """Run one statement and return its rows, none where it has no result.

    Raises ConfigError or TemporaryError in place of psycopg2's errors.
    """
    return _run(connection, query, parameters)[1]


def fetch(
    connection: Connection,
    record: type[Record],
    query: str | Composable,
    parameters: Mapping[str, object] | None = None,
) -> list[Record]:
    """Run a query and return a record per row; its columns are the fields' names."""
    names, rows = _run(connection, query, parameters)
    return [record(**dict(zip(names, row, strict=True))) for row in rows]


def fetch_one(
    connection: Connection,
    query: str | Composable,
    parameters: Mapping[str, object] | None = None,
) -> Any:  # noqa: ANN401  the caller knows the column's type
    """Run a query of one row and one column, and return its value."""
    return execute(connection, query, parameters)[0][0]


def execute_union(
    connection: Connection, queries: Iterable[Composable]
) -> list[list[Row]]:
    """Run queries of the same columns by one statement; return the rows of each."""
    numbered = [
        compose(
            "select {number}, one.* from ({rows}) as one",
            number=Literal(number),
            rows=query,
        )
        for number, query in enumerate(queries)
    ]
    found: list[list[Row]] = [[] for _ in numbered]
    for number, *row in execute(connection, joined(numbered, " union all ")):
        found[number].append(tuple(row))
    return found


def send_ahead(connection: Connection, statement: str | Composable) -> None:
    """Let a statement without a result go in one message with the next one.

    That is a round trip less, which counts where a server is far away. Its failure is
    one of the next statement. Where that cannot be parsed, neither is run.
    """
    if isinstance(statement, Composable):
        statement = statement.as_string(connection)
    connection.ahead.append(statement)


def flush(connection: Connection) -> None:
    """Send what waits for the next statement, before something that is none: a COPY."""
    if connection.ahead:
        execute(connection, connection.ahead.pop())


@contextmanager
def transaction(connection: Connection, begin: str = "begin") -> Iterator[None]:
    """Commit what the block did, or nothing of it."""
    with _block(connection, begin, undo="rollback") as block:
        yield
        if block.is_begun:
            execute(connection, "commit")


@contextmanager
def savepoint(connection: Connection, *, goes_ahead: bool = False) -> Iterator[None]:
    """Undo just what the block did when it fails; the transaction around it goes on.

    One that `goes_ahead` is sent with the first statement. PostgreSQL parses a message
    as a whole: with a mistake of syntax in that statement there would be no savepoint,
    so it must be one of ours, without a condition or an expression of the user.
    """
    begin, undo, end = _savepoint(connection)
    with _block(connection, begin, undo=undo) as block:
        if not goes_ahead:
            flush(connection)
        yield
        if block.is_begun:
            send_ahead(connection, end)


@contextmanager
def undone(connection: Connection) -> Iterator[None]:
    """Undo what the block did in a transaction, also its locks, however it ends."""
    begin, undo, _ = _savepoint(connection)
    with _block(connection, begin, undo=undo) as block:
        flush(connection)
        yield
        if block.is_begun:
            execute(connection, undo)


def _savepoint(connection: Connection) -> tuple[str, str, str]:
    """Return the statements that begin, undo and end a part of a transaction.

    Each has a name of its own. The end of one before or within it may go in a message
    that cannot be parsed; by the same name, that one would be undone in its place.
    """
    connection.savepoints += 1
    name = f"before_block_{connection.savepoints}"
    end = f"release savepoint {name}"
    return f"savepoint {name}", f"rollback to savepoint {name}; {end}", end


def execute_together(connection: Connection, statements: Sequence[Composable]) -> bool:
    """Run statements by one message, in a transaction; tell whether all of them ran.

    Else none did: one after the other tells which of them fails.
    """
    if not statements:
        return True
    try:
        with savepoint(connection):
            execute(connection, joined(statements, "; "))
    except EltError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class _Block:
    """A transaction or a part of one, which begins with its first statement."""

    connection: Connection
    #: How many messages were sent before.
    sent: int

    @property
    def is_begun(self) -> bool:
        return self.connection.sent > self.sent


@contextmanager
def _block(connection: Connection, begin: str, *, undo: str) -> Iterator[_Block]:
    """Begin with the first statement of a block, and undo one that failed."""
    place, block = len(connection.ahead), _Block(connection, connection.sent)
    send_ahead(connection, begin)
    try:
        yield block
    except BaseException:
        if block.is_begun:
            # What waits is the end of blocks within this one.
            _undo(connection, "; ".join([*connection.ahead, undo]))
            connection.ahead.clear()
        raise
    finally:
        if not block.is_begun:
            del connection.ahead[place:]


def _run(
    connection: Connection,
    query: str | Composable,
    parameters: Mapping[str, object] | None,
) -> tuple[list[str], list[Row]]:
    if connection.is_interruptible:
        raise_if_interrupted()
    has_parameters = parameters is not None
    message = _with_ahead(connection, query, has_parameters=has_parameters)
    try:
        with connection.cursor() as cursor:
            cursor.execute(message, parameters)
            if cursor.description is None:
                return [], []
            return [column.name for column in cursor.description], cursor.fetchall()
    except psycopg2.Error as error:
        raise translate(error, connection.role) from error


def _with_ahead(
    connection: Connection, query: str | Composable, *, has_parameters: bool
) -> str | Composable:
    """Return a statement behind those that waited for it, which do so no longer."""
    connection.sent += 1
    if not connection.ahead:
        return query
    waiting = "; ".join(connection.ahead) + "; "
    connection.ahead.clear()
    if has_parameters:
        waiting = waiting.replace("%", "%%")
    return waiting + query if isinstance(query, str) else raw(waiting) + query


def _undo(connection: Connection, statement: str) -> None:
    """Roll back; a second error is logged, the first one is the cause."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
    except psycopg2.Error as error:
        log.debug("failed to roll back", error=type(error).__name__)
