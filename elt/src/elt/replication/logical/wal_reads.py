"""How a logical stream is read: the rows whose keys the WAL names, or every row.

Nothing here talks to a database.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from elt.config import Verification
from elt.postgres import parse_lsn
from elt.replication.changes.adjustment import Adjustment
from elt.replication.design.streams import Stream
from elt.replication.incremental.choosing import (
    broken_history,
    changed_definition,
    never_in_part,
)
from elt.replication.incremental.reads import FullRead, TouchedKeys
from elt.replication.logical.identities import Identity
from elt.replication.logical.published_tables import Member
from elt.replication.logical.wal_keys import WalKeys
from elt.replication.state.state import KnownStream, SnapshotFacts

_GAP = "the WAL does not go on where its last run ended"


@dataclass(frozen=True, kw_only=True, slots=True)
class Membership:
    """Since when a table is published, and which rows of it the WAL tells apart."""

    #: The name that the table has now: another one may have had its replica so far.
    stream: str
    member: Member
    identity: Identity
    #: First transaction all of whose changes are published.
    published_from: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SlotHistory:
    """Since when there is the slot."""

    #: First transaction all of whose changes are in it.
    complete_from: int
    #: Why this run made it anew.
    reason: str | None = None


def place_in_history(
    stream: str,
    member: Member,
    identity: Identity,
    known: KnownStream | None,
    *,
    now: int,
) -> Membership:
    """Return since when a table is published.

    `now` is a transaction that begins after what was just published.
    """
    is_same = known is not None and known.membership == member.membership
    since = known.published_from if known is not None and is_same else None
    return Membership(
        stream=stream,
        member=member,
        identity=identity,
        published_from=now if since is None else since,
    )


def doubt(
    stream: Stream,
    known: KnownStream,
    adjustment: Adjustment,
    membership: Membership | None,
    slot: SlotHistory,
) -> str | None:
    """Return why the WAL cannot tell what changed in a table; None when it may."""
    return (
        never_in_part(stream)
        or changed_definition(stream, known, adjustment)
        or _unpublished(known, membership, slot)
    )


def _unpublished(
    known: KnownStream, membership: Membership | None, slot: SlotHistory
) -> str | None:
    if membership is None:
        return "it was not published at the source"
    # Transactions older than slot and publication may have written before the WAL told
    # us of it; those that the last snapshot saw are in the replica.
    horizon = known.snapshot_horizon or 0
    slot_reason = slot.reason or "transactions that are older than its slot were open"
    doubts = (
        (known.wal_mark is None, "its last run did not read the WAL"),
        (
            known.snapshot_horizon is None,
            "its last run was refused for its data",
        ),
        (
            known.file_node != membership.identity.file_node,
            "its table was truncated or rewritten",
        ),
        (horizon < slot.complete_from, slot_reason),
        (
            horizon < membership.published_from,
            "transactions that are older than its publication were open",
        ),
    )
    return next((reason for is_true, reason in doubts if is_true), None)


def key_in_wal(stream: Stream, identity: Identity) -> tuple[str, ...]:
    """Return the columns of the key, none where the WAL does not have them all.

    An array of arrays would be taken apart into its elements, and beside other columns
    one of composite values into their attributes; and what is sent in another form than
    its text cannot be told by that.
    """
    by_name = {column.name: column for column in stream.columns}
    key = stream.table.key
    if not set(key) <= set(identity.columns or ()):
        return ()
    taken_apart = "A" if len(key) == 1 else "AC"
    unfit = [
        c
        for c in key
        if by_name[c].category in taken_apart
        or by_name[c].sent_as
        or stream.shaping.masks(c)
    ]
    return () if unfit else key


def find_gap(
    known: KnownStream, marks: Collection[str], start_lsn: str | None
) -> str | None:
    """Return why the WAL that was read does not go on where the last run ended.

    A mark tells that it is the same history; but what committed beside the snapshot
    lies before it, and is only sent by a slot that was not moved on.
    """
    return _GAP if known.wal_mark not in marks else _find_skipped(known, start_lsn)


def find_gap_at_standby(
    known: KnownStream, facts: SnapshotFacts, start_lsn: str | None
) -> str | None:
    """Return the same of a standby, where no run can leave a mark.

    A standby only ever replays on, unless it is restarted with other files.
    """
    return broken_history(known, facts) or _find_skipped(known, start_lsn)


def _find_skipped(known: KnownStream, start_lsn: str | None) -> str | None:
    """Return why a slot does not send all of what the last run has not seen.

    It sends what committed from `start_lsn` on.
    """
    if start_lsn is None or known.lsn is None:
        return _GAP
    return _GAP if parse_lsn(start_lsn) > parse_lsn(known.lsn) else None


def choose_wal_read(
    gap: str | None, oid: int, wal: WalKeys, verification: Verification
) -> TouchedKeys | FullRead:
    """Decide how a stream is read whose WAL was read, with a gap or without."""
    if gap is not None:
        return FullRead(reason=gap)
    if oid in wal.in_full:
        return FullRead(reason=wal.in_full[oid])
    if not wal.keys[oid] and verification is not Verification.CHANGES:
        return FullRead(reason="it has no key to find its rows by")
    return TouchedKeys(count=wal.touched.get(oid, 0))
