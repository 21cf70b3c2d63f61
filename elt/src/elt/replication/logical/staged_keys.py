"""Keys from the WAL, on their way into private tables of the destination.

However many there are, only a few megabytes of them are here at a time.
"""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO

from elt.postgres import Connection, Identifier, compose, execute, joined
from elt.replication.design.replica import Replica
from elt.replication.rows.copy import copy_from
from elt.replication.rows.difference import make_key_tables
from elt.replication.rows.row_queries import key_table

#: Bytes of all tables together before they are sent.
_BUFFER_BYTES = 4 << 20


class StagedKeys:
    """Takes keys table by table, inside a transaction of the destination."""

    def __init__(self, writer: Connection, replicas: Iterable[Replica]) -> None:
        self._writer = writer
        self._replicas = {r.stream.relation.oid: r for r in replicas if r.key}
        self._lines: dict[int, bytearray] = {}
        self._bytes = 0
        self._made: set[int] = set()

    def write(self, oid: int, lines: bytes | bytearray) -> None:
        """Take keys, as lines for COPY."""
        self._lines.setdefault(oid, bytearray()).extend(lines)
        self._bytes += len(lines)
        if self._bytes >= _BUFFER_BYTES:
            self._send()

    def finish(self) -> None:
        """Send what is left, and let the planner know how many keys there are."""
        self._send()
        if self._made:
            tables = joined(self._table(oid) for oid in self._made)
            execute(self._writer, compose("analyze {tables}", tables=tables))

    def _send(self) -> None:
        new = self._lines.keys() - self._made
        if new:
            make_key_tables(self._writer, [self._replicas[oid] for oid in new])
            self._made |= new
        for oid, lines in self._lines.items():
            statement = compose("copy {table} from stdin", table=self._table(oid))
            copy_from(self._writer, statement, BytesIO(lines))
        self._lines.clear()
        self._bytes = 0

    def _table(self, oid: int) -> Identifier:
        return Identifier(*key_table(self._replicas[oid]))
