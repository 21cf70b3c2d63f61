"""Cancels what servers do for us, and does not wait for a server that is gone.

psycopg2 keeps the interpreter's lock until the server has answered: with one that never
does, no thread of the program would go on. So a process of its own asks each server.
"""

from __future__ import annotations

import os
import signal
import time
import warnings
from collections.abc import Iterable

from psycopg2.extensions import connection as PlainConnection  # noqa: N812

#: A server that can cancel anything has done it by then.
_PATIENCE_SECONDS = 1.0
_PAUSE_SECONDS = 0.002
#: One that is slow may still get there.
_LONGEST_SECONDS = 5

_asking: set[int] = set()


def cancel_statements(connections: Iterable[PlainConnection]) -> None:
    """End the running statements of connections; from any thread.

    Returns when their servers have been asked, or after a second.
    """
    processes = {_ask(c) for c in connections if not c.closed}
    _asking.update(processes)
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while _is_any_left(processes) and time.monotonic() < deadline:
        time.sleep(_PAUSE_SECONDS)


def _ask(connection: PlainConnection) -> int:
    """Begin to cancel the statement of a connection; return the process that does."""
    with warnings.catch_warnings():
        # Other threads may hold locks, of which this one needs none: libpq lets even
        # a handler of signals cancel.
        warnings.simplefilter("ignore", DeprecationWarning)
        process = os.fork()
    if process:
        return process
    try:
        signal.alarm(_LONGEST_SECONDS)
        connection.cancel()
    finally:
        os._exit(0)


def _is_any_left(processes: set[int]) -> bool:
    """Tell whether some still ask; forget those that have asked."""
    for process in list(_asking):
        try:
            has_ended = os.waitpid(process, os.WNOHANG) != (0, 0)
        except ChildProcessError:
            has_ended = True
        if has_ended:
            _asking.discard(process)
    return not _asking.isdisjoint(processes)
