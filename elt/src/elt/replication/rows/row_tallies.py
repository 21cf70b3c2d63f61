"""Tally the published rows that a run has read, written, or knows the keys of."""

from __future__ import annotations

from dataclasses import replace

from elt.postgres import Composable, Connection, Literal, compose, execute, raw
from elt.replication.catalog.names import qualify_name
from elt.replication.design.replica import Replica
from elt.replication.rows.receipts import Method, Tally, checksum_expression, take_tally
from elt.replication.rows.row_queries import queries, query_parts


def tally_loaded(connection: Connection, replica: Replica, method: Method) -> Tally:
    """Tally the published rows that were loaded."""
    # Rows may have been compared by all their values; published, they have their key.
    keyed = replace(replica, key=replica.stream.table.key)
    return _tally(connection, keyed, "tally_loaded", method, raw("true"))


def tally_changes(connection: Connection, replica: Replica, written: Tally) -> Tally:
    """Tally the published rows that were loaded and compared.

    `written` is what was written of them; the others are read, and all of them where a
    trigger may have changed what was written.
    """
    if list_triggers(connection, replica):
        return _tally(connection, replica, "tally_loaded", Method.CHECKSUM, raw("true"))
    unwritten = compose(
        "not exists (select from {difference} as l where l.loaded_row = loaded.ctid)",
        difference=query_parts(replica)["difference"],
    )
    rest = _tally(connection, replica, "tally_loaded", Method.CHECKSUM, unwritten)
    return written + rest


def tally_unwritten(
    connection: Connection, replica: Replica, writer: str | None
) -> Tally:
    """Tally the published rows that were loaded, but not written by a transaction."""
    unlike = raw("true")
    if writer is not None:
        unlike = compose("published.xmin <> {writer}::xid", writer=Literal(writer))
    return _tally(connection, replica, "tally_loaded", Method.CHECKSUM, unlike)


def tally_gone(connection: Connection, replica: Replica) -> Tally:
    """Tally the published rows of keys that lost their row; there should be none."""
    return _tally(connection, replica, "tally_gone", Method.CHECKSUM, raw("true"))


def list_triggers(connection: Connection, replica: Replica) -> list[str]:
    """Return the triggers by which somebody may change what is written once more."""
    parameters = {"table": qualify_name(*replica.stream.place)}
    return [
        name for (name,) in execute(connection, queries["list_triggers"], parameters)
    ]


def _tally(
    connection: Connection,
    replica: Replica,
    query: str,
    method: Method,
    is_wanted: Composable,
) -> Tally:
    checksum = checksum_expression(replica.copied, method, "published.")
    filled = compose(
        queries[query], checksum=checksum, is_wanted=is_wanted, **query_parts(replica)
    )
    return take_tally(connection, filled)
