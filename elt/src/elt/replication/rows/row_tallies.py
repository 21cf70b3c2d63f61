"""Tally the published rows that a run has read, written, or knows the keys of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property

from elt.postgres import Composable, Connection, Literal, compose, execute, raw
from elt.replication.catalog.names import qualify_name
from elt.replication.catalog.tables import Place
from elt.replication.design.replica import Replica
from elt.replication.rows.receipts import Method, Tally, checksum_expression, take_tally
from elt.replication.rows.row_queries import queries, query_parts


def tally_loaded(connection: Connection, replica: Replica, method: Method) -> Tally:
    """Tally the published rows that were loaded."""
    # Rows may have been compared by all their values; published, they have their key.
    keyed = replace(replica, key=replica.stream.table.key)
    return _tally(connection, keyed, "tally_loaded", method, raw("true"))


def tally_changes(
    connection: Connection, replica: Replica, written: Tally, *, has_triggers: bool
) -> Tally:
    """Tally the published rows that were loaded and compared.

    `written` is what was written of them; the others are read, and all of them where a
    trigger may have changed what was written.
    """
    if has_triggers:
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


class Triggers:
    """The triggers by which somebody may change once more what is written to replicas.

    They are asked for when the first is wanted, for all at once.
    """

    def __init__(self, connection: Connection, replicas: Iterable[Replica]) -> None:
        self._connection = connection
        self._tables = [qualify_name(*replica.stream.place) for replica in replicas]

    @cached_property
    def _names(self) -> dict[Place, list[str]]:
        parameters = {"tables": self._tables}
        found = execute(self._connection, queries["list_triggers"], parameters)
        return {(schema, table): names for schema, table, names in found}

    def of(self, replica: Replica) -> list[str]:
        """Return the names of those of one replica."""
        return self._names.get(replica.stream.place, [])


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
