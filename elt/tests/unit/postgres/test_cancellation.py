"""Nobody waits for a server that does not answer."""

import ctypes
import os
import signal

from elt.postgres import cancellation
from elt.postgres.cancellation import cancel_statements


class Silent:
    """A connection to a server that never answers."""

    closed = 0

    def cancel(self):
        # As psycopg2 waits: with the interpreter's lock.
        ctypes.PyDLL(None).pause()


class Telling:
    """A connection that writes into a pipe when its statement is cancelled."""

    def __init__(self, closed=0):
        self.closed = closed
        self._reader, self._writer = os.pipe()

    def cancel(self):
        os.write(self._writer, b"canceled")

    def told(self):
        """Return what was written."""
        os.close(self._writer)
        told = os.read(self._reader, 100)
        os.close(self._reader)
        return told


def test_statement_is_cancelled_when_the_call_returns():
    connection = Telling()

    cancel_statements([connection])

    assert connection.told() == b"canceled"
    assert not cancellation._asking


def test_what_is_closed_is_left_alone():
    connection = Telling(closed=1)

    cancel_statements([connection])

    assert connection.told() == b""


def test_server_that_never_answers_keeps_nobody(monkeypatch):
    monkeypatch.setattr(cancellation, "_PATIENCE_SECONDS", 0.2)
    other = Telling()

    cancel_statements([Silent(), other])

    assert other.told() == b"canceled"
    [left] = cancellation._asking
    os.kill(left, signal.SIGKILL)
