"""Tells a pooler that lends one session to several programs, by turns.

What a program sets for its session reaches all who get it next, the application of a
source among them, and a lock that it takes there is soon somebody else's. So nothing is
set or locked before this is known. Pooling by sessions does no harm.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from functools import cache

import psycopg2
from psycopg2.extensions import connection as PlainConnection  # noqa: N812

from elt.config import DatabaseSettings
from elt.errors import ConfigError
from elt.postgres.failures import translate
from elt.postgres.opening import open_connection

#: Each is asked so often. One that is free goes to whoever asks next, so that two who
#: ask by turns meet, or get another one each time.
_TURNS = 4
_WHO_ANSWERS = "select pg_backend_pid()"


def refuse_lent_sessions(settings: DatabaseSettings) -> None:
    """Raise ConfigError where the session of a transaction is that of the next one."""
    if _are_lent(settings):
        message = (
            f"A pooler in front of {settings} lends its sessions by transaction: what "
            "elt sets there would reach other programs, and its locks hold nothing"
        )
        hint = (
            "Connect to PostgreSQL itself, or let the pooler pool by sessions, as "
            "PgBouncer does with pool_mode = session."
        )
        raise ConfigError(message, hint=hint)


@cache
def _are_lent(settings: DatabaseSettings) -> bool:
    """Ask by two connections in turn, as both stay open, who answers."""
    with closing(_open(settings)) as first, closing(_open(settings)) as second:
        answers = [
            (_ask(first, settings), _ask(second, settings)) for _ in range(_TURNS)
        ]
    return are_lent(answers)


def are_lent(answers: Sequence[tuple[int, int]]) -> bool:
    """Tell from the processes that answered two connections whether these share any."""
    first, second = (set(processes) for processes in zip(*answers, strict=True))
    return len(first) > 1 or len(second) > 1 or not first.isdisjoint(second)


def _open(settings: DatabaseSettings) -> PlainConnection:
    connection = open_connection(settings, PlainConnection, application_name="elt")
    connection.autocommit = True
    return connection


def _ask(connection: PlainConnection, settings: DatabaseSettings) -> int:
    try:
        with connection.cursor() as cursor:
            cursor.execute(_WHO_ANSWERS)
            [process] = cursor.fetchone() or (0,)
            return int(process)
    except psycopg2.Error as error:
        raise translate(error, settings.prefix.lower()) from error
