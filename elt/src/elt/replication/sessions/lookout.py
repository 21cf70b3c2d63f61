"""Looks at a database now and then, beside a block that may wait for hours.

Whoever waits in libpq sees nothing else; so a thread looks, by a session of its own.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from elt.errors import EltError, InterruptedRun
from elt.postgres import Connection, cancel_statements

#: How long a block waits in the end for a statement of its lookout, such as one that
#: never comes back from a server that went away.
_GOODBYE_SECONDS = 1.0


@dataclass(kw_only=True)
class Lookout:
    """What is looked at, how often, and what is done where that fails."""

    name: str
    #: Until the first look, and after one that failed.
    interval_seconds: float
    open: Callable[[], Connection]
    #: Returns in how many seconds the next look is due.
    look: Callable[[Connection], float]
    #: Gets every error; the next look is made by a new session.
    complain: Callable[[EltError], None]
    is_over: threading.Event = field(default_factory=threading.Event)
    _connection: Connection | None = None

    def watch(self) -> None:
        """Look at intervals until the block has ended, or a signal came."""
        try:
            due = self.interval_seconds
            while not self.is_over.wait(due):
                due = self._try()
        except InterruptedRun:
            pass
        finally:
            self._disconnect()

    def cancel(self) -> None:
        """End the statement of a look; from another thread."""
        connection = self._connection
        if connection is not None:
            cancel_statements([connection])

    def _try(self) -> float:
        try:
            if self._connection is None:
                self._connection = self.open()
            if not self.is_over.is_set():
                return self.look(self._connection)
        except InterruptedRun:
            raise
        except EltError as error:
            self._disconnect()
            if not self.is_over.is_set():
                self.complain(error)
        return self.interval_seconds

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None


@contextmanager
def looking(lookout: Lookout) -> Iterator[None]:
    """Look beside a block, which hears nothing of it and hardly waits for it."""
    # A daemon: no program stays for a statement that does not come back.
    thread = threading.Thread(target=lookout.watch, name=lookout.name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        lookout.is_over.set()
        thread.join(_GOODBYE_SECONDS)
        if thread.is_alive():
            lookout.cancel()
