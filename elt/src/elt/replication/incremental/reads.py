"""Ways to read a stream: every row, by transactions, by a cursor, or by keys.

A row version carries the transaction that wrote it, xmin; what a snapshot did not see
was written at or after its horizon, the oldest transaction open then.

Nothing here talks to a database.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from elt.postgres import Composable, Identifier, Literal, compose, raw
from elt.replication.catalog.tables import Column
from elt.replication.rows.copy import Copied

#: Up to so many transactions back, age() tells which are newer, at half the cost of the
#: whole comparison; its own limit is twice that, and it counts from a little later on.
_LARGEST_AGE = 1 << 30
#: A statement is dated when it arrives, and seen as open a moment later.
_CLOCK_MARGIN = "10 seconds"
#: Local times may be behind UTC by this much.
_LOCAL_MARGIN = "12 hours"


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
