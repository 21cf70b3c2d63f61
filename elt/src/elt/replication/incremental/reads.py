"""How a stream is read: every row, those that newer transactions wrote, or by a cursor.

An incremental run reads every row that may have changed since the snapshot which the
replica shows, and may read others again. A row version carries the transaction that
wrote it, xmin; what that snapshot did not see was written at or after its horizon, the
oldest transaction open then. Whatever makes this doubtful is a reason to read all.

Nothing here talks to a database.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from elt.config import SyncMode
from elt.postgres import Composable, Identifier, Literal, compose, raw
from elt.replication.catalog.tables import Column
from elt.replication.changes.adjustment import Adjustment
from elt.replication.design.definition import computed_columns
from elt.replication.design.streams import Stream
from elt.replication.rows.copy import Copied
from elt.replication.state.state import KnownStream, SnapshotFacts

#: Above this share of rows that changed, comparing all is quicker; measured, see
#: decision 15.
LARGEST_SHARE = 0.5
#: Above so many keys for each page of a table, one scan finds the rows sooner than the
#: keys do, however many rows a page has; measured, see decision 16.
_KEYS_PER_PAGE = 0.6
#: So few keys are looked up in no time, however few pages there are.
_FEWEST_SCANNED = 1000
#: A table of fewer pages is scanned in no time, whenever that is.
_FEWEST_PAGES = 1000
#: The WAL of a row that changed is hardly ever less.
_CHANGE_BYTES = 100
RESHAPED = "its columns or its condition changed in elt.yaml, or the key of hashes"
#: Up to so many transactions back, age() tells which are newer, at half the cost of the
#: whole comparison; its own limit is twice that, and it counts from a little later on.
_LARGEST_AGE = 1 << 30
#: A statement is dated when it arrives, and seen as open a moment later.
_CLOCK_MARGIN = "10 seconds"
#: Local times may be behind UTC by this much.
_LOCAL_MARGIN = "12 hours"
#: Types whose text names an object: a new name changes it, but writes no row. These are
#: regproc, regprocedure, regoper, regoperator, regclass, regtype, regrole,
#: regnamespace, regconfig, regdictionary, regcollation and aclitem.
_NAMING_TYPES = frozenset(
    {24, 2202, 2203, 2204, 2205, 2206, 4096, 4089, 3734, 3769, 4191, 1033}
)


@dataclass(frozen=True, kw_only=True, slots=True)
class FullRead:
    """Every row is read and compared."""

    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class XminScan:
    """Rows written by transactions from the horizon on."""

    horizon: int
    #: The first transaction that the reading snapshot does not see.
    next_transaction: int
    #: Why the cursor is not used, where there is one.
    reason: str | None = None

    @property
    def finds_nothing(self) -> bool:
        """Tell whether no transaction wrote anything, in no table, since then."""
        return self.next_transaction == self.horizon

    @property
    def condition(self) -> Composable:
        """Return the condition on a row.

        xmin is the lower half of a 64-bit number. Distances are counted back, from the
        next transaction or from the server's present one, where no half can be
        mistaken: rows so old that the counter went round once are read again, none is
        left out.
        """
        distance = self.next_transaction - self.horizon
        if distance < _LARGEST_AGE:
            # Older rows than that have a negative age, and none needs to be read.
            return compose(
                "(age(xmin) <= age({horizon}::xid) and age(xmin) >= 0)",
                horizon=Literal(str(self.horizon % (1 << 32))),
            )
        return compose(
            "(({next} - xmin::text::bigint) & 4294967295) <= {distance}",
            next=Literal(self.next_transaction),
            distance=Literal(distance),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class CursorRange:
    """Of the rows of a scan those that an index of the cursor finds.

    Their cursor is not below what open transactions could still write.
    """

    scan: XminScan
    column: Column
    #: Highest value seen, None where there were no rows.
    value: str | None
    #: When the oldest transaction open at the last snapshot began.
    oldest_start: datetime
    lookback_seconds: int

    @property
    def condition(self) -> Composable:
        """Return the condition on a row; one without a value may always be new."""
        form = "{column} >= {lowest} and {scan}"
        if not self.column.is_not_null:
            form = "({column} >= {lowest} or {column} is null) and {scan}"
        return compose(
            form,
            column=Identifier(self.column.name),
            lowest=self._lowest,
            scan=self.scan.condition,
        )

    @property
    def _lowest(self) -> Composable:
        """Return the lowest value to read, as the column rounds it."""
        has_zone = "with time zone" in self.column.type
        kind = "timestamptz" if has_zone else "timestamp"
        start = compose("{start}::timestamptz", start=Literal(str(self.oldest_start)))
        if not has_zone:
            local = "({start} at time zone 'UTC' - interval '{margin}')"
            start = compose(local, start=start, margin=raw(_LOCAL_MARGIN))
        return compose(
            "(least({value}::{kind}, {start} - interval '{margin}') "
            "- interval '{lookback} seconds')::{type}",
            value=Literal(self.value),
            kind=raw(kind),
            start=start,
            margin=raw(_CLOCK_MARGIN),
            lookback=raw(str(self.lookback_seconds)),
            type=raw(self.column.type),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class TouchedKeys:
    """The rows whose keys stand in the WAL since the last run."""

    #: How many keys that are, some of them more than once.
    count: int
    reason: str | None = None
    #: Rows that a scan beside the WAL has brought already.
    scanned: Copied | None = None


Read = FullRead | XminScan | CursorRange


def choose_read(
    stream: Stream, known: KnownStream, adjustment: Adjustment, facts: SnapshotFacts
) -> Read:
    """Decide how a stream that has a replica is read in a snapshot of its source."""
    reason = (
        never_incremental(stream)
        or changed_definition(stream, known, adjustment)
        or broken_history(known, facts)
    )
    if reason is not None:
        return FullRead(reason=reason)
    if known.snapshot_horizon is None:
        return FullRead(reason="its last run was refused for its data")
    why_not = _unusable_cursor(stream, known)
    scan = XminScan(
        horizon=known.snapshot_horizon,
        next_transaction=facts.next_transaction,
        reason=why_not,
    )
    if stream.cursor is None or known.cursor_horizon is None or why_not is not None:
        return scan
    return CursorRange(
        scan=scan,
        column=next(c for c in stream.columns if c.name == stream.cursor),
        value=known.cursor_value,
        oldest_start=known.cursor_horizon,
        lookback_seconds=stream.lookback_seconds,
    )


def never_incremental(stream: Stream) -> str | None:
    """Return why a table cannot tell what changed in it, None when it can."""
    if stream.mode is not SyncMode.INCREMENTAL:
        return f"its mode is {stream.mode}"
    if not stream.table.key:
        return "it has no key to find its rows by"
    return never_in_part(stream)


def never_in_part(stream: Stream) -> str | None:
    """Return why what a table holds may change without a row being written."""
    if stream.relation.hides_rows:
        return "row security decides which rows it has"
    if stream.shaping.why_unsteady is not None:
        return stream.shaping.why_unsteady
    for column in stream.columns:
        if not _NAMING_TYPES.isdisjoint(column.parts):
            return f"its column {column.name} names objects that may be renamed"
    return None


def changed_definition(
    stream: Stream, known: KnownStream, adjustment: Adjustment
) -> str | None:
    """Return what changed in a table that rows may depend on, None when nothing did."""
    if known.definition.shape != stream.shaping.fingerprint:
        return RESHAPED
    if adjustment.changes and not adjustment.changes.leaves_rows:
        return f"its table changed: {'; '.join(adjustment.changes.descriptions)}"
    if known.definition.oid != stream.relation.oid:
        return "its table is another one of the same name"
    if known.definition.computed != computed_columns(stream.table):
        return "a column is computed differently, which writes no row"
    return None


def broken_history(known: KnownStream, facts: SnapshotFacts) -> str | None:
    """Return why the numbers of transactions mean something else by now."""
    if known.snapshot_at is None or known.snapshot_lsn is None:
        return "its state is that of an older version"
    horizon, lsn = known.snapshot_horizon or 0, parse_lsn(facts.lsn)
    went_back = known.snapshot_lsn > lsn or horizon > facts.next_transaction
    # Older files may have been put in place; and a crash loses transactions that did
    # not wait for the disk. Their numbers are given out once more.
    was_restarted = known.snapshot_at < facts.running_since
    doubts = (
        (
            known.system_identifier != facts.system_identifier,
            "the source is another cluster",
        ),
        (known.database_oid != facts.database_oid, "the source is another database"),
        (known.timeline != facts.timeline, "the source was restored, or failed over"),
        (went_back, "the source went back in its history"),
        (
            was_restarted,
            "the source was restarted: it may have lost what was copied",
        ),
    )
    return next((reason for is_true, reason in doubts if is_true), None)


def _unusable_cursor(stream: Stream, known: KnownStream) -> str | None:
    if stream.cursor is None:
        return None
    if known.cursor_column != stream.cursor:
        return f"{stream.cursor} was not its cursor in the last run"
    if known.cursor_horizon is None:
        return "when open transactions began could not be known in the last run"
    return None


def parse_lsn(lsn: str) -> int:
    """Return a WAL position such as 1/2B3C as a number of bytes."""
    high, _, low = lsn.partition("/")
    return (int(high, 16) << 32) | int(low, 16)


def choose_scan(
    read: TouchedKeys, pages: int, known: KnownStream, facts: SnapshotFacts
) -> XminScan | None:
    """Return the scan that finds rows sooner than their keys do, None where none does.

    A row is told more than once by some keys, so there are fewer of them than keys.
    """
    rows, horizon = known.row_count or 0, known.snapshot_horizon
    if horizon is None or not is_scanned(read.count, rows, pages):
        return None
    return XminScan(
        horizon=horizon,
        next_transaction=facts.next_transaction,
        reason=f"the WAL names {read.count} keys, of {rows} rows",
    )


def choose_early_scan(
    pages: int, known: KnownStream, facts: SnapshotFacts
) -> XminScan | None:
    """Return the scan that may be worth its time before the WAL is read.

    None where the WAL is too short to name so many rows. Where it is not, they may
    still be those of other tables.
    """
    if known.snapshot_horizon is None or known.lsn is None or pages < _FEWEST_PAGES:
        return None
    written = parse_lsn(facts.lsn) - parse_lsn(known.lsn)
    if written < _KEYS_PER_PAGE * pages * _CHANGE_BYTES:
        return None
    return XminScan(
        horizon=known.snapshot_horizon, next_transaction=facts.next_transaction
    )


def is_scanned(keys: int, rows: int, pages: int) -> bool:
    """Tell whether a scan finds the rows of so many keys sooner than these do."""
    least = max(_KEYS_PER_PAGE * pages, _FEWEST_SCANNED)
    return least < keys <= LARGEST_SHARE * rows
