"""Alterations of tables that people read: they wait for readers, but not for long."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from elt.errors import ConfigError, EltError, TemporaryError
from elt.postgres import (
    Composable,
    Connection,
    execute,
    has_sqlstate,
    savepoint,
    sqlstate_of,
)
from elt.replication.changes.lock_holders import locked_table
from elt.replication.rows.references import (
    REFUSALS,
    list_references,
    refuse,
    refuse_others_below,
)

#: An alteration that waits makes every later reader wait behind it.
_LOCK_TIMEOUT = "5s"
_LOCK_NOT_AVAILABLE = "55P03"
#: Values that do not fit, rows that break a key, a cast or a syntax that there is not,
#: a feature that a version lacks.
_IMPOSSIBLE = ("22", "23", "42601", "42804", "42846", "0A000")
#: The same, or a column of a primary key, that may not be null.
_NO_NULLS = (*_IMPOSSIBLE, "42P16")
_NO_VALUES = "a column is added or retyped that they have no values for"


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """An alteration that not all rows or versions allow, and what is done instead."""

    statement: Composable
    otherwise: tuple[Composable, ...]
    #: The table of which that deletes all rows, as they come anew.
    emptied: Composable | None = None
    #: What is done where rows of others hang on these; they are kept.
    kept: tuple[Composable, ...] = ()


Alteration = Composable | Attempt


def keep_rows(alterations: Iterable[Alteration]) -> Iterable[Alteration]:
    """Return alterations that fail where they would delete rows.

    For tables with rows that the source no longer has: these would not come anew.
    """
    return (
        one.statement if isinstance(one, Attempt) and one.emptied is not None else one
        for one in alterations
    )


def alter(connection: Connection, alterations: Iterable[Alteration]) -> None:
    """Make each distinct alteration, in a transaction; give up where a reader stays.

    Raises TemporaryError then, which names the table and the reader: the next run tries
    again.
    """
    distinct = {_statement(one).as_string(connection): one for one in alterations}
    if not distinct:
        return
    try:
        # Whose transaction can still ask who was in the way.
        with savepoint(connection), giving_up(connection):
            for one in distinct.values():
                _make(connection, one)
    except TemporaryError as error:
        if sqlstate_of(error) != _LOCK_NOT_AVAILABLE:
            raise
        raise (
            locked_table(connection, _statement(one), _LOCK_TIMEOUT) or error
        ) from error.__cause__


@contextmanager
def giving_up(connection: Connection) -> Iterator[None]:
    """Let statements in a transaction, or in a savepoint, wait for locks, but briefly.

    Who undoes what failed undoes the setting, too.
    """
    execute(connection, f"set local lock_timeout to '{_LOCK_TIMEOUT}'")
    yield
    execute(connection, "set local lock_timeout to 0")


def _statement(one: Alteration) -> Composable:
    return one.statement if isinstance(one, Attempt) else one


def _make(connection: Connection, one: Alteration) -> None:
    if isinstance(one, Attempt):
        _attempt(connection, one)
    else:
        execute(connection, one)


def _attempt(connection: Connection, attempt: Attempt) -> None:
    try:
        with savepoint(connection):
            execute(connection, attempt.statement)
    except EltError as error:
        if not has_sqlstate(error, _IMPOSSIBLE):
            raise
        _do_otherwise(connection, attempt)


def _do_otherwise(connection: Connection, attempt: Attempt) -> None:
    """Do what is done instead; raise ConfigError where rows of others would be lost."""
    if attempt.emptied is None:
        _make_all(connection, attempt.otherwise)
        return
    table = attempt.emptied.as_string(connection)
    refuse_others_below(connection, table, _NO_VALUES)
    references = list_references(connection, table, is_whole=True)
    if not references:
        try:
            with savepoint(connection):
                _make_all(connection, attempt.otherwise)
        except EltError as error:
            if sqlstate_of(error) not in REFUSALS:
                raise
            references = list_references(
                connection, table, is_whole=True, with_refusing=True
            )
            if not references:
                raise
        else:
            return
    _keep(connection, attempt, refuse(_NO_VALUES, references[0]))


def _keep(connection: Connection, attempt: Attempt, refusal: ConfigError) -> None:
    """Do what is done where rows of others hang on these, or raise what is given."""
    if not attempt.kept:
        raise refusal
    try:
        with savepoint(connection):
            _make_all(connection, attempt.kept)
    except EltError as error:
        if not has_sqlstate(error, _NO_NULLS):
            raise
        raise refusal from error


def _make_all(connection: Connection, statements: Iterable[Composable]) -> None:
    for statement in statements:
        execute(connection, statement)
