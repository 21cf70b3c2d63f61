"""One replicator at a time for each source and destination."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from elt.errors import EltError, LockedError
from elt.postgres import Connection, execute
from elt.queries import load_queries

queries = load_queries("elt.replication", "sql/lock.sql")


def describe_program(command: str, source: str) -> str:
    """Return an application name that tells a person who is at work."""
    return f"elt {command} {source} {socket.gethostname()}:{os.getpid()}"


@contextmanager
def locked(connection: Connection, source: str) -> Iterator[None]:
    """Lock a source at the destination for a block.

    Raises LockedError, which names the holder, when another replicator has the lock.
    It ends with the connection, too, but a server notices a closed one a moment
    later only: a run that follows at once would find the source locked.
    """
    _take(connection, source)
    try:
        yield
    finally:
        with suppress(EltError):
            execute(connection, queries["release_lock"], {"lock": _lock_of(source)})


def _take(connection: Connection, source: str) -> None:
    lock = {"lock": _lock_of(source)}
    [(is_taken,)] = execute(connection, queries["take_lock"], lock)
    if is_taken:
        return
    holders = execute(connection, queries["list_holders"], lock)
    holder = "an unknown program"
    if holders:
        name, process, started_at = holders[0]
        # Of sessions of other roles only the process is told.
        since = f", since {started_at:%Y-%m-%d %H:%M:%S} UTC" if started_at else ""
        holder = f"{name or 'another role'} (backend {process}{since})"
    message = f"Source {source} is being replicated by {holder}"
    raise LockedError(message, hint="Wait until it has finished, or end it.")


def _lock_of(source: str) -> str:
    return f"elt {source}"


def find_holders(connection: Connection, lock: str) -> frozenset[int]:
    """Return the backends that hold a lock, by the text that it is known by."""
    rows = execute(connection, queries["list_holders"], {"lock": lock})
    return frozenset(backend for _, backend, _ in rows)


def is_followed(connection: Connection, source: str) -> bool:
    """Tell whether somebody follows a source."""
    return bool(find_holders(connection, follower_lock(source)))


def follower_lock(source: str) -> str:
    """Return the text of the lock that who follows a source holds."""
    return f"elt:follow:{source}"


def end_leftovers(connection: Connection, source: str) -> int:
    """End statements that a dead replicator of the source left running; count them.

    A server notices only at the end of a statement that its client is gone. Needs the
    lock: nobody else may be at work.
    """
    name = f"elt worker {source} "
    rows = execute(connection, queries["end_leftovers"], {"name": name})
    return sum(1 for (is_ended,) in rows if is_ended)


def is_same_database(reader: Connection, writer: Connection) -> bool:
    """Tell whether two connections lead to one database, by whatever addresses.

    A lock taken through the one is looked for through the other.
    """
    probe = {"probe": int.from_bytes(os.urandom(4), "big") >> 1}
    execute(writer, queries["set_probe"], probe)
    try:
        [(is_seen,)] = execute(reader, queries["see_probe"], probe)
    finally:
        execute(writer, queries["remove_probe"], probe)
    return bool(is_seen)
