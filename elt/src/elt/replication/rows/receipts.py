"""Receipts: a count and an order-free checksum that prove two tables equal.

The checksum is the sum of one 64-bit hash per row. A sum does not depend on order and,
unlike xor, counts duplicates. It needs the session settings of `elt.postgres`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from elt.config import Verification
from elt.postgres import (
    Composable,
    Connection,
    compose,
    execute,
    identifiers,
    raw,
)
from elt.replication.design.replica import ReplicaColumn
from elt.replication.rows.row_hash import hash_of_row

#: The hash of a text is one of its bytes, which are others in another encoding.
_RECODED_ROW = "hash_record_extended(row(convert_to(row({values})::text, 'UTF8')), 0)"


class Method(StrEnum):
    """What both sides of a receipt were asked for."""

    COUNT = "count"  #: rows
    CHECKSUM = "checksum"  #: rows, and the sum of their hashes
    EXACT = "exact"  #: the same through the text of each row
    CHANGES = "changes"  #: rows, and the sum of the hashes of those that were read
    READ = "read"  #: count and hashes of those that were read
    KEYS = "keys"  #: count and hashes of those whose keys the WAL names
    UNCHANGED = "unchanged"  #: nothing; the count of the receipt before is repeated


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """What one side of a receipt counted; without a checksum for method `count`."""

    rows: int
    checksum: Decimal | None = None

    def __add__(self, other: Tally) -> Tally:
        """Return the tally of both: sums do not depend on how a table was cut."""
        if self.checksum is None or other.checksum is None:
            return Tally(rows=self.rows + other.rows)
        checksum = self.checksum + other.checksum
        return Tally(rows=self.rows + other.rows, checksum=checksum)

    def __sub__(self, other: Tally) -> Tally:
        """Return the tally of the rows that are not in the other one."""
        if self.checksum is None or other.checksum is None:
            return Tally(rows=self.rows - other.rows)
        checksum = self.checksum - other.checksum
        return Tally(rows=self.rows - other.rows, checksum=checksum)


def method_of(verification: Verification) -> Method:
    """Return the method for a stream of which every row is tallied."""
    if verification is Verification.CHANGES:
        return Method.CHECKSUM
    return Method(verification)


def tally_query(
    columns: Iterable[ReplicaColumn],
    rows: Composable,
    method: Method,
    condition: Composable | None = None,
) -> Composable:
    """Return the query that tallies some rows, or those that a condition picks.

    `checksum` uses PostgreSQL's own hashes of values. Types that call different values
    equal, as numeric does with 1.0 and 1.00, take part as text or as the bytes that
    they send; those whose hash depends on object ids as text. `exact` takes the whole
    row as text: an independent way to the same proof, at 2 to 3 times the cost.
    """
    return compose(
        "select count(*), {checksum} from {rows} where {condition}",
        checksum=checksum_expression(columns, method),
        rows=rows,
        condition=condition or raw("true"),
    )


def checksum_expression(
    columns: Iterable[ReplicaColumn], method: Method, prefix: str = ""
) -> Composable:
    """Return the aggregate that sums the hashes of all rows."""
    if method is Method.COUNT:
        return raw("null::numeric")
    # sum(bigint) is a numeric, kept in 128 bits: it cannot overflow.
    row = row_hash(columns, method, prefix)
    return compose("coalesce(sum({row}), 0)::numeric", row=row)


def row_hash(
    columns: Iterable[ReplicaColumn], method: Method, prefix: str = ""
) -> Composable:
    """Return the hash of a row, whose columns may stand behind an alias."""
    if method is not Method.EXACT:
        return hash_of_row(columns, prefix)
    # The order of columns may differ on the two sides; that of their names cannot.
    ordered = sorted(columns, key=lambda column: column.name)
    if not ordered:
        return raw("0::bigint")
    values = identifiers((column.name for column in ordered), prefix)
    is_recoded = any(column.is_recoded for column in ordered)
    form = _RECODED_ROW if is_recoded else "hashtextextended(row({values})::text, 0)"
    return compose(form, values=values)


def take_tally(connection: Connection, query: Composable) -> Tally:
    """Run a tally query."""
    [(rows, checksum)] = execute(connection, query)
    return Tally(rows=rows, checksum=checksum)
