"""Connections to databases: how they are opened, waited for and interrupted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import WeakSet

import psycopg2
from psycopg2.extensions import connection as PlainConnection  # noqa: N812

from elt import logs
from elt.config import DatabaseSettings, RetrySettings
from elt.errors import ConfigError, TemporaryError
from elt.interruption import pause
from elt.postgres.cancellation import cancel_statements
from elt.postgres.failures import translate
from elt.postgres.opening import open_connection
from elt.postgres.sessions import apply_session

log = logs.logger(__name__)

#: libpq encrypts by GSSAPI where both sides have credentials, and does not tell.
_IS_GSS_ENCRYPTED = """
select from pg_stat_gssapi where pid = pg_backend_pid() and encrypted
"""
_open: WeakSet[Connection] = WeakSet()


class Connection(PlainConnection):
    """A connection that knows which database it belongs to."""

    settings: DatabaseSettings
    #: False for the one that records an interruption.
    is_interruptible = True
    #: Whether what goes over the wire is not what libpq was given.
    is_encrypted: bool

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401
        super().__init__(*arguments, **options)
        #: Statements that wait for the next one, to be sent in one message with it.
        self.ahead: list[str] = []
        #: How many messages were sent.
        self.sent = 0
        #: How many savepoints there were.
        self.savepoints = 0

    def __repr__(self) -> str:
        """Name the database; psycopg2 would show all parameters, also the mask key."""
        return f"<connection to {self.settings}>"

    @property
    def role(self) -> str:
        """Return `source` or `destination`, as the settings call it."""
        return self.settings.prefix.lower()


def connect(
    settings: DatabaseSettings, *, application_name: str, is_interruptible: bool = True
) -> Connection:
    """Open a connection in autocommit mode, or raise at the first refusal.

    Raises ConfigError where another attempt cannot help, as with a wrong password,
    and TemporaryError where it may.
    """
    connection = open_connection(
        settings, Connection, application_name=application_name
    )
    connection.settings = settings
    connection.is_interruptible = is_interruptible
    connection.autocommit = True
    if connection.get_parameter_status("standard_conforming_strings") == "off":
        # psycopg2 would not notice if we set it.
        connection.close()
        message = f"Backslashes do not stand for themselves in {settings}"
        change = f"ALTER ROLE {settings.user} SET standard_conforming_strings TO on;"
        raise ConfigError(message, hint=f"Run there: {change}")
    apply_session(connection, settings)
    connection.is_encrypted = _is_encrypted(connection)
    _open.add(connection)
    return connection


def _is_encrypted(connection: Connection) -> bool:
    """Tell whether what goes over the wire is not what libpq was given."""
    if connection.info.ssl_in_use:
        return True
    try:
        with connection.cursor() as cursor:
            cursor.execute(_IS_GSS_ENCRYPTED)
            return bool(cursor.rowcount)
    except psycopg2.Error as error:
        connection.close()
        raise translate(error, connection.role) from error


def connect_with_retries(
    settings: DatabaseSettings,
    retry: RetrySettings,
    *,
    application_name: str,
    sleep: Callable[[float], None] = pause,
) -> Connection:
    """Open a connection; wait for a database that is not reachable yet."""
    for attempt in range(1, retry.max_retries + 1):
        try:
            return connect(settings, application_name=application_name)
        except TemporaryError as error:
            log.warning(
                "waited for database",
                database=str(settings),
                attempt=attempt,
                of=retry.max_retries,
                again_in_seconds=retry.delay_seconds,
                error=error.message,
            )
            sleep(retry.delay_seconds)
    return connect(settings, application_name=application_name)


def cancel_all() -> None:
    """End the running statement of every open connection; from any thread."""
    cancel_statements(c for c in list(_open) if c.is_interruptible)


def server_version(connection: Connection) -> int:
    """Return the major version of the server."""
    return connection.server_version // 10000


def server_encoding(connection: Connection) -> str:
    """Return the encoding in which the database keeps text."""
    return connection.get_parameter_status("server_encoding") or "UTF8"
