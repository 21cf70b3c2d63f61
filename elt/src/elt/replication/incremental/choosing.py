"""Decides how a stream is read.

An incremental run reads every row that may have changed since the snapshot which the
replica shows, and may read others again. Whatever makes doubtful which rows these are
is a reason to read all.

Nothing here talks to a database.
"""

from __future__ import annotations

from elt.config import SyncMode
from elt.postgres import parse_lsn
from elt.replication.changes.adjustment import Adjustment
from elt.replication.design.definition import computed_columns
from elt.replication.design.streams import Stream
from elt.replication.incremental.reads import CursorRange, FullRead, Read, XminScan
from elt.replication.state.state import KnownStream, SnapshotFacts

RESHAPED = "its columns or its condition changed in elt.yaml, or the key of hashes"
#: Types whose text names an object: a new name changes it, but writes no row. These are
#: regproc, regprocedure, regoper, regoperator, regclass, regtype, regrole,
#: regnamespace, regconfig, regdictionary, regcollation and aclitem.
_NAMING_TYPES = frozenset(
    {24, 2202, 2203, 2204, 2205, 2206, 4096, 4089, 3734, 3769, 4191, 1033}
)


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
    if known.definition.hides_rows:
        return "row security hid rows of it in the last run"
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
