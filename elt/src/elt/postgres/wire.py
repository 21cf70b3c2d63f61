"""The socket of a connection, used beside libpq while that waits for nothing."""

from __future__ import annotations

import os
import select
import socket
from contextlib import suppress

import psycopg2

from elt.errors import EltError
from elt.postgres.connections import Connection
from elt.postgres.failures import translate
from elt.postgres.messages import Message, error_of, find_error, first_message

_CHUNK_BYTES = 1 << 18


class Wire:
    """Sends and receives messages of a server."""

    def __init__(self, connection: Connection) -> None:
        self.role = connection.role
        #: What was received and not yet taken.
        self.received = bytearray()
        # Another descriptor of libpq's socket, which does not block.
        self._socket = socket.socket(fileno=os.dup(connection.fileno()))

    def fileno(self) -> int:
        """Return the descriptor to wait for."""
        return self._socket.fileno()

    def send(self, data: bytes | memoryview) -> None:
        """Send all bytes, or raise the error that comes while the server takes none."""
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[self._socket.send(rest) :]
            except BlockingIOError:
                if _poll({self: select.POLLIN | select.POLLOUT})[self] & select.POLLIN:
                    self.listen()
            except OSError as error:
                raise self._lost() from error

    def receive(self) -> bool:
        """Receive what has come; tell whether anything had."""
        try:
            data = self._socket.recv(_CHUNK_BYTES)
        except BlockingIOError:
            return False
        except OSError as error:
            raise self._lost() from error
        if not data:
            raise self._lost()
        self.received += data
        return True

    def listen(self) -> None:
        """Raise the error that a server has sent which had nothing else to say."""
        if self.receive() and (error := find_error(self.received)) is not None:
            raise translate(error, self.role) from error

    def expect(self, kind: bytes) -> Message:
        """Take messages up to one of a kind, or raise the error that comes instead."""
        while True:
            while (found := first_message(self.received)) is not None:
                message, end = found
                del self.received[:end]
                if (error := error_of(message)) is not None:
                    raise translate(error, self.role) from error
                if message.kind == kind:
                    return message
            if not self.receive():
                wait(self)

    def shut_down(self) -> None:
        """End the session, whatever libpq believes; its server rolls back."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Leave the socket to libpq."""
        self._socket.close()

    def _lost(self) -> EltError:
        """Return the error for a connection that is gone: its server's last words."""
        closed = psycopg2.OperationalError("the connection was closed")
        return translate(find_error(self.received) or closed, self.role)


def wait(*wires: Wire, timeout_ms: int | None = None) -> list[Wire]:
    """Return those that something has come from; none when the time is over."""
    return list(_poll(dict.fromkeys(wires, select.POLLIN), timeout_ms))


def _poll(wanted: dict[Wire, int], timeout_ms: int | None = None) -> dict[Wire, int]:
    poll = select.poll()
    for wire, events in wanted.items():
        poll.register(wire, events)
    by_descriptor = {wire.fileno(): wire for wire in wanted}
    return {by_descriptor[number]: found for number, found in poll.poll(timeout_ms)}
