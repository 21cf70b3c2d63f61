"""What changed in a stream, as it is loaded from one connection to another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from elt.postgres import Composable, Connection
from elt.replication.incremental.merge import Merge
from elt.replication.rows.copy import Copied, copy_rows
from elt.replication.rows.difference import Difference
from elt.replication.rows.receipts import Method, Tally


class Pipe(NamedTuple):
    """The two connections of a worker, and whom to tell of the bytes in between."""

    reader: Connection
    writer: Connection
    on_bytes: Callable[[int], None]

    def copy(self, copy_out: Composable, copy_in: Composable) -> Copied:
        """Send the rows of one COPY to another."""
        return copy_rows(
            self.reader, copy_out, self.writer, copy_in, on_bytes=self.on_bytes
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Changes:
    """What changed in a stream, loaded and listed."""

    copied: Copied
    difference: Difference
    method: Method
    source: Tally
    #: The rows that are loaded and not listed, where the publish finds what differs.
    merge: Merge | None = None
    #: Whether some keys from the WAL have no row at the source any more.
    has_gone: bool = False
    #: Rows that the source had counted as deleted, None where nobody looked.
    source_deletes: int | None = None
    #: Rows of the replica before, None where nobody asked.
    published_rows: int | None = None
    #: None when it is known only after the publish.
    destination: Tally | None = None


def no_changes(rows: int) -> Changes:
    """Return that nothing changed in a replica of so many rows."""
    return Changes(
        copied=Copied(rows=0, bytes=0),
        difference=Difference(),
        method=Method.UNCHANGED,
        source=Tally(rows=rows),
        published_rows=rows,
        destination=Tally(rows=rows),
    )
