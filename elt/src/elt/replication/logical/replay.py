"""How far a standby has replayed, beside a snapshot that was taken there.

A snapshot of a standby sees what was replayed before it, in the order of the WAL. But
the replay of a commit shows its rows first, and moves the position a moment later; so
a position that is read after the snapshot may lie before something that it sees.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from elt.errors import LostConnectionError, TemporaryError
from elt.interruption import pause
from elt.postgres import Connection, fetch
from elt.queries import load_queries

queries = load_queries("elt.replication", "sql/replay.sql")

#: A commit that drops many tables removes their files before it is done.
_LONGEST_WAIT_SECONDS = 60.0
_PAUSE_SECONDS = 0.001


@dataclass(frozen=True, kw_only=True, slots=True)
class Replay:
    """What the replay of a standby did at a moment, and how far it was then."""

    #: For something that is no commit: what it has shown is behind its position.
    is_waiting: bool
    is_standby: bool
    lsn: str

    def covers(self, first: Replay) -> bool:
        """Tell whether all is replayed that was in progress at a first look.

        Records are replayed one by one: when the position has moved, that one is done.
        """
        return self.is_waiting or self.lsn != first.lsn


def read_replay(connection: Connection) -> Replay:
    """Return what the replay of a standby does."""
    [replay] = fetch(connection, Replay, queries["read_replay"])
    return replay


def await_replay(connection: Connection) -> str:
    """Return a position behind which lies nothing that a snapshot of before sees.

    Raises LostConnectionError when the standby is one no longer.
    """
    deadline = time.monotonic() + _LONGEST_WAIT_SECONDS
    first = replay = read_replay(connection)
    while not (replay.is_standby and replay.covers(first)):
        if not replay.is_standby:
            raise LostConnectionError("The source was promoted while it was read")
        if time.monotonic() > deadline:
            message = "The source, a standby, does not get on with its replay"
            raise TemporaryError(message, hint="Look into the log of its server.")
        pause(_PAUSE_SECONDS)
        replay = read_replay(connection)
    return replay.lsn
