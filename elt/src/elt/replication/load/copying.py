"""What is known of a stream while its parts are on their way."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from elt.progress import Sent
from elt.replication.design.replica import Replica
from elt.replication.incremental.merge import Merge
from elt.replication.incremental.reads import Read, TouchedKeys
from elt.replication.rows.copy import Copied
from elt.replication.rows.difference import Difference
from elt.replication.rows.receipts import Method, Tally
from elt.replication.sessions.positions import Position


@dataclass(kw_only=True)
class Copying:
    """A stream of which some parts may still be on their way."""

    replica: Replica
    #: None when there is nothing yet that changes could be merged into.
    read: Read | TouchedKeys | None = None
    #: How its receipt is made.
    method: Method
    #: Parts that are not copied yet, or not tallied yet, and tasks that are not over.
    uncopied: int = 0
    untallied: int = 0
    pending: int = 0
    #: Indexes that are not built yet.
    unbuilt: int = 0
    #: Whether the source was tallied as a whole, before it was cut.
    is_tallied: bool = False
    #: When it was planned, then when its first task began.
    started: float = field(default_factory=time.monotonic)
    copied: Copied = field(default_factory=lambda: Copied(rows=0, bytes=0))
    #: What its bar shows.
    sent: Sent = field(default_factory=Sent)
    source: Tally = field(default_factory=lambda: Tally(rows=0, checksum=Decimal(0)))
    difference: Difference | None = None
    #: What is loaded and was not compared.
    merge: Merge | None = None
    #: Whether some keys from the WAL have no row at the source any more.
    has_gone: bool = False
    #: Rows that the source had counted as deleted.
    source_deletes: int | None = None
    destination: Tally | None = None
    #: Rows of the replica before, where they were counted.
    published_rows: int | None = None
    #: Whether all was read of the source; the last of it are the positions of identity
    #: columns, None where they cannot be read, and the highest value of the cursor.
    is_read: bool = False
    identities: Mapping[str, Position | None] = field(default_factory=dict)
    cursor_value: str | None = None
    _is_at_work: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self) -> None:
        """Say that a task begins: from the first one on the stream's time counts."""
        with self._lock:
            if not self._is_at_work:
                self._is_at_work, self.started = True, time.monotonic()

    def restart(self) -> None:
        """Forget what was counted of a copy that was undone."""
        self.copied = Copied(rows=0, bytes=0)
        self.source = Tally(rows=0, checksum=Decimal(0))
        self.difference = self.merge = self.destination = None
        self.has_gone = self.is_read = False

    def expect(self, parts: int) -> None:
        """Say how many parts there are: to copy each of them is a task."""
        self.uncopied = self.untallied = parts
        self.begin(parts)

    def begin(self, tasks: int) -> None:
        """Say that there is more to do before the stream is loaded."""
        with self._lock:
            self.pending += tasks

    def end(self) -> bool:
        """Say that a task is over; tell whether it was the last one."""
        with self._lock:
            self.pending -= 1
            return self.pending == 0

    def add_copied(self, copied: Copied) -> bool:
        """Count a part that is in; tell whether it was the last one."""
        with self._lock:
            self.copied += copied
            self.uncopied -= 1
            return self.uncopied == 0

    def add_built(self) -> bool:
        """Count an index that is built; tell whether it was the last one."""
        with self._lock:
            self.unbuilt -= 1
            return self.unbuilt == 0

    def add_tally(self, tally: Tally | None) -> bool:
        """Count a part that is tallied, if at all; tell whether it was the last one."""
        with self._lock:
            if tally is not None:
                self.source += tally
            self.untallied -= 1
            return self.untallied == 0
