"""What batches leave in the state: one row for all of them, and where streams stand."""

from __future__ import annotations

import socket
from collections.abc import Iterable

import elt
from elt.postgres import Connection, execute, fetch_one
from elt.queries import load_queries
from elt.replication.state.state import SnapshotFacts, WalPosition

queries = load_queries("elt.replication", "sql/follow_state.sql")


def start_following(connection: Connection, source: str) -> int:
    """Record that batches begin and return their run id."""
    parameters = {
        "source": source,
        "host": socket.gethostname(),
        "version": elt.__version__,
    }
    return int(fetch_one(connection, queries["start_following"], parameters))


def end_following(
    connection: Connection, run_id: int | None, error: str | None
) -> None:
    """Record that batches are over, and what ended them; without an id none was."""
    execute(connection, queries["end_following"], {"run_id": run_id, "error": error})


def advance_streams(
    connection: Connection,
    source: str,
    streams: Iterable[str],
    position: WalPosition,
    snapshot: SnapshotFacts,
) -> None:
    """Record that the replicas of some streams show another snapshot, unchanged."""
    parameters = {
        "source": source,
        "streams": list(streams),
        "wal_mark": position.wal_mark,
        "lsn": position.lsn,
        "snapshot_at": snapshot.taken_at,
        "snapshot_lsn": snapshot.lsn,
        "snapshot_horizon": str(snapshot.horizon),
    }
    execute(connection, queries["advance_streams"], parameters)


def note_streams(
    connection: Connection, run_id: int, source: str, streams: Iterable[str]
) -> None:
    """Record that streams are looked after, for those who ask how fresh they are."""
    parameters = {"run_id": run_id, "source": source, "streams": list(streams)}
    execute(connection, queries["note_streams"], parameters)
