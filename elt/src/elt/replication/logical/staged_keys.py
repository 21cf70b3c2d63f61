"""Keys from the WAL, on their way into private tables of the destination.

However many there are, only a few megabytes of them are here at a time.
"""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO

from elt.postgres import Connection, Identifier, compose, execute
from elt.replication.design.replica import Replica
from elt.replication.rows.copy import copy_from
from elt.replication.rows.difference import make_key_table
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
        for oid in self._made:
            table = Identifier(*key_table(self._replicas[oid]))
            execute(self._writer, compose("analyze {table}", table=table))

    def _send(self) -> None:
        for oid, lines in self._lines.items():
            replica = self._replicas[oid]
            if oid not in self._made:
                make_key_table(self._writer, replica)
                self._made.add(oid)
            table = Identifier(*key_table(replica))
            statement = compose("copy {table} from stdin", table=table)
            copy_from(self._writer, statement, BytesIO(lines))
        self._lines.clear()
        self._bytes = 0
