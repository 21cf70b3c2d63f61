"""The replication protocol: changes as the source writes them, and what it may forget.

While nothing is written nobody asks for anything: the socket is waited for.
"""

from __future__ import annotations

import select
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import psycopg2
from psycopg2.extras import LogicalReplicationConnection, ReplicationCursor

from elt.config import DatabaseSettings
from elt.interruption import raise_if_interrupted
from elt.postgres.connections import Connection
from elt.postgres.decoding import DECODING
from elt.postgres.failures import translate
from elt.postgres.opening import open_connection
from elt.postgres.sessions import apply_session
from elt.postgres.statements import execute

#: How long a signal waits at most.
_LONGEST_SLEEP = 0.2
#: The server ends a stream of which it hears nothing for so long: while a batch is
#: applied nobody reads.
_TIMEOUT = "set wal_sender_timeout to '10min'"


class ChangeStream:
    """The changes of a slot, one message of its plugin after the other."""

    def __init__(self, cursor: ReplicationCursor, role: str) -> None:
        self._cursor = cursor
        self._role = role

    def receive(
        self, take: Callable[[bytes], None], beside: Connection, *, seconds: float
    ) -> None:
        """Hand on what is there; wait for some time where nothing is.

        `beside` is another session, idle, of the same server. One that shuts down ends
        it at once, but waits for its streams to have everything, and to be ended.
        """
        raise_if_interrupted()
        try:
            if not self._drain(take):
                timeout = min(max(seconds, 0), _LONGEST_SLEEP)
                ready, _, _ = select.select([self._cursor, beside], [], [], timeout)
                if beside in ready:
                    execute(beside, "select")
                self._drain(take)
        except psycopg2.Error as error:
            raise translate(error, self._role) from error

    def _drain(self, take: Callable[[bytes], None]) -> bool:
        """Hand on what has arrived; tell whether that is anything."""
        message = self._cursor.read_message()
        is_any = message is not None
        while message is not None:
            take(message.payload)
            message = self._cursor.read_message()
        return is_any

    @property
    def position(self) -> int:
        """Return up to where all that committed has been handed on."""
        return int(self._cursor.wal_end)

    def ask_position(self) -> None:
        """Let the source say how far it has come, without waiting for that."""
        self._send(reply=True)

    def confirm(self, lsn: int) -> None:
        """Let the source forget what committed before a position."""
        self._send(flush_lsn=lsn)

    def _send(self, *, flush_lsn: int = 0, reply: bool = False) -> None:
        try:
            self._cursor.send_feedback(flush_lsn=flush_lsn, reply=reply, force=True)  # type: ignore[no-untyped-call]
        except psycopg2.Error as error:
            raise translate(error, self._role) from error


@contextmanager
def open_stream(
    settings: DatabaseSettings,
    slot: str,
    options: Mapping[str, str],
    *,
    application_name: str,
) -> Iterator[ChangeStream]:
    """Read a slot from where it stands until the block ends.

    Values arrive as text in the form that all our sessions have.
    """
    role = settings.prefix.lower()
    connection = open_connection(
        settings, LogicalReplicationConnection, application_name=application_name
    )
    try:
        apply_session(connection, settings)
        try:
            cursor = connection.cursor()
            cursor.execute(_TIMEOUT)
            cursor.execute(DECODING)
            cursor.start_replication(
                slot_name=slot, options=dict(options), decode=False
            )
        except psycopg2.Error as error:
            raise translate(error, role) from error
        yield ChangeStream(cursor, role)
    finally:
        connection.close()
