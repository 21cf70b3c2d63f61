"""What the state knows of replicas that streams have left, to land elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterable

from elt.postgres import Connection, execute, fetch
from elt.queries import load_queries
from elt.replication.state.state import KnownStream, has_state

queries = load_queries("elt.replication", "sql/left_state.sql")


def list_left_replicas(connection: Connection, source: str) -> list[KnownStream]:
    """Return them as streams that are gone, as far as they are still there."""
    if not has_state(connection, "elt.left_replicas"):
        return []
    parameters = {"source": source}
    return fetch(connection, KnownStream, queries["list_left_replicas"], parameters)


def forget_dropped_replicas(connection: Connection, source: str) -> None:
    """Forget those that somebody has dropped: another table may have the name."""
    execute(connection, queries["forget_dropped_replicas"], {"source": source})


def save_left_replicas(
    connection: Connection, run_id: int, source: str, left: Iterable[KnownStream]
) -> None:
    """Record replicas that streams leave, once these are saved where they land now."""
    for known in left:
        parameters = {
            "run_id": run_id,
            "source": source,
            "stream": known.stream,
            "schema": known.destination_schema,
            "table": known.destination_table,
            "definition": json.dumps(known.document),
        }
        execute(connection, queries["save_left_replica"], parameters)
    execute(connection, queries["forget_left_replicas"], {"source": source})
