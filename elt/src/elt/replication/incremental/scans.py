"""Decides when one scan finds rows that changed sooner than their keys in the WAL do.

Nothing here talks to a database.
"""

from __future__ import annotations

from elt.postgres import parse_lsn
from elt.replication.incremental.reads import TouchedKeys, XminScan
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
