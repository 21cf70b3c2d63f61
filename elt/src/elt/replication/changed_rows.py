"""Load just the rows that changed, and find those that the source no longer has.

What comes out is what a comparison of all rows would find: a shadow, and a list of what
differs. Where that turns out to be impossible, or slower, the answer is to read all.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

from elt.config import DeletePolicy, Verification
from elt.postgres import Composable, Connection, transaction
from elt.replication.copy import Copied, copy_rows
from elt.replication.deleted_keys import narrow
from elt.replication.difference import (
    Difference,
    alive,
    find_changes,
    find_deleted,
    make_key_table,
)
from elt.replication.reads import LARGEST_SHARE, CursorRange, FullRead, XminScan
from elt.replication.receipts import (
    Method,
    Tally,
    take_tally,
    tally_query,
)
from elt.replication.replica import Replica
from elt.replication.rows import source_rows, table_rows
from elt.replication.shadow import (
    copy_changes_in,
    copy_keys_in,
    drop_shadow,
    make_changes_shadow,
    sum_hashes,
)
from elt.replication.source import (
    copy_changes,
    copy_keys,
    count_changed,
    estimate_share,
)

#: A table of fewer pages is counted first: as a rule nothing changed in it, and to make
#: a shadow takes longer than to read it. Of a larger one, the share that changed is
#: estimated.
_SMALL_PAGES = 1000


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
    #: Rows of the replica before, None where nobody asked.
    published_rows: int | None = None
    #: None when it is known only after the publish.
    destination: Tally | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangedRows:
    """A stream whose changes are to be loaded."""

    replica: Replica
    read: XminScan | CursorRange
    verification: Verification
    #: Rows of the replica after its last publish.
    known_rows: int | None

    @property
    def method(self) -> Method:
        """Return how the receipt is made."""
        if self.replica.stream.deletes is DeletePolicy.IGNORE:
            return Method.READ
        if self.verification is Verification.CHANGES:
            return Method.CHANGES
        return Method(self.verification)


def load_changes(stream: ChangedRows, pipe: Pipe) -> Changes | FullRead:
    """Load what changed; return why every row must be read where that is better."""
    replica, read, writer = stream.replica, stream.read, pipe.writer
    if (unchanged := _unchanged(stream)) is not None:
        return unchanged
    if replica.stream.relation.pages < _SMALL_PAGES:
        if (unchanged := _count_first(stream, pipe)) is not None:
            return unchanged
    else:
        share = estimate_share(pipe.reader, replica, read.condition)
        if share > LARGEST_SHARE:
            return FullRead(reason=f"about {share:.0%} of its rows changed")
    with transaction(writer):
        make_changes_shadow(writer, replica)
        copy_out = copy_changes(replica, read.condition)
        copied = pipe.copy(copy_out, copy_changes_in(replica))
    loaded = Tally(rows=copied.rows, checksum=sum_hashes(writer, replica))
    difference = find_changes(writer, replica)
    changes = Changes(
        copied=copied, difference=difference, method=stream.method, source=loaded
    )
    if stream.method is Method.READ:
        return changes
    return _settle_deletes(stream, pipe, changes)


def _unchanged(stream: ChangedRows) -> Changes | None:
    """Return that nothing changed, where no transaction wrote anything anywhere."""
    rows = stream.known_rows
    scan = stream.read.scan if isinstance(stream.read, CursorRange) else stream.read
    if not scan.finds_nothing or rows is None:
        return None
    if stream.method not in {Method.CHANGES, Method.READ}:
        return None
    return Changes(
        copied=Copied(rows=0, bytes=0),
        difference=Difference(),
        method=Method.UNCHANGED,
        source=Tally(rows=rows),
        destination=Tally(rows=rows),
    )


def _count_first(stream: ChangedRows, pipe: Pipe) -> Changes | None:
    """Return that nothing changed, where counts alone show that."""
    if stream.method not in {Method.CHANGES, Method.READ}:
        return None
    replica = stream.replica
    rows, changed = count_changed(pipe.reader, replica, stream.read.condition)
    if changed:
        return None
    published = _count_published(replica, pipe.writer)
    is_read = stream.method is Method.READ
    if rows != published and not is_read:
        return None
    tally = Tally(rows=0 if is_read else rows, checksum=Decimal(0))
    return Changes(
        copied=Copied(rows=0, bytes=0),
        difference=Difference(),
        method=stream.method,
        source=tally,
        published_rows=published,
        destination=tally,
    )


def _count_published(replica: Replica, writer: Connection) -> int:
    query = tally_query(
        (), table_rows(replica.stream.place), Method.COUNT, alive(replica)
    )
    return take_tally(writer, query).rows


def _settle_deletes(
    stream: ChangedRows, pipe: Pipe, changes: Changes
) -> Changes | FullRead:
    """Compare counts, and keys where these differ.

    Every row that is new was read; so the source has lost rows exactly when it has
    fewer than the replica will have.
    """
    replica, copied, difference = stream.replica, changes.copied, changes.difference
    source, published = _tally_both(stream, pipe)
    if source.rows < published + difference.inserted:
        difference, keys = _find_deleted(replica, pipe, published)
        copied = Copied(rows=copied.rows, bytes=copied.bytes + keys.bytes)
    if source.rows != published + difference.inserted - difference.deleted:
        drop_shadow(pipe.writer, replica)
        return FullRead(reason="its replica does not have the rows that were published")
    if stream.method is Method.CHANGES:
        source = Tally(rows=source.rows, checksum=changes.source.checksum)
    is_idle = stream.method is Method.CHANGES and not copied.rows
    return replace(
        changes,
        copied=copied,
        difference=difference,
        source=source,
        published_rows=published,
        destination=source if is_idle and not difference.total else None,
    )


def _tally_both(stream: ChangedRows, pipe: Pipe) -> tuple[Tally, int]:
    """Tally the source as the receipt will, and count the rows of the replica."""
    replica, method = stream.replica, stream.method
    counted = Method.COUNT if method is Method.CHANGES else method
    at_source = tally_query(replica.copied, source_rows(replica.stream), counted)
    with ThreadPoolExecutor(1, thread_name_prefix="elt-tally") as beside:
        source = beside.submit(take_tally, pipe.reader, at_source)
        published = _count_published(replica, pipe.writer)
    return source.result(), published


def _find_deleted(replica: Replica, pipe: Pipe, rows: int) -> tuple[Difference, Copied]:
    """Bring keys of the source over; list the rows whose keys are not among them."""
    ranges = narrow(replica, pipe.reader, pipe.writer, rows)
    there, here = (
        rows if ranges is None else ranges.rows_of(rows)
        for rows in (source_rows(replica.stream), table_rows(replica.stream.place))
    )
    with transaction(pipe.writer):
        make_key_table(pipe.writer, replica)
        keys = pipe.copy(copy_keys(replica, there), copy_keys_in(replica))
    return find_deleted(pipe.writer, replica, here), keys
