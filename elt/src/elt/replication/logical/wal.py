"""What the WAL of a source says until a snapshot, for runs and for batches.

It says which rows were touched since the snapshot that the replicas show; the rows
themselves are read in the new one, as every other mode reads them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import uuid4

from elt.postgres import format_lsn, transaction
from elt.replication.design.replica import Replica
from elt.replication.incremental.reads import FullRead, TouchedKeys
from elt.replication.logical.following import Following
from elt.replication.logical.staged_keys import StagedKeys
from elt.replication.logical.wal_keys import Replayed, Visibility, WalKeys
from elt.replication.logical.wal_reader import WalReader, describe_sight, gap_finder
from elt.replication.logical.wal_reads import (
    Membership,
    SlotHistory,
    choose_wal_read,
    doubt,
    key_in_wal,
)
from elt.replication.plan.replicas import Replicas
from elt.replication.sessions.session import Session
from elt.replication.state.state import WalPosition


@dataclass(frozen=True, kw_only=True, slots=True)
class Wal:
    """What was read from the WAL, and what the next run goes on from."""

    reads: Mapping[str, TouchedKeys | FullRead] = field(default_factory=dict)
    #: None where the WAL could not be read.
    mark: str | None = None
    #: From where the next run reads.
    lsn: str | None = None
    #: What the snapshot sees, up to which all of it was read.
    snapshot: Visibility | Replayed | None = None
    #: By stream.
    memberships: Mapping[str, Membership] = field(default_factory=dict)

    @property
    def positions(self) -> dict[str, WalPosition]:
        """Return by stream from where the next run goes on."""
        if self.lsn is None or self.mark is None:
            return {}
        return {
            name: WalPosition(
                lsn=self.lsn,
                wal_mark=self.mark,
                published_from=membership.published_from,
                membership=membership.member.membership,
                file_node=membership.identity.file_node,
            )
            for name, membership in self.memberships.items()
        }


def find_doubts(
    session: Session, following: Following, slot: SlotHistory, replicas: Replicas
) -> dict[str, FullRead]:
    """Return the logical streams that must be read in full, whatever the WAL says."""
    return {
        replica.stream.name: FullRead(reason=reason)
        for replica in replicas.logical
        if (reason := _doubt(session, following, slot, replicas, replica))
    }


def _doubt(
    session: Session,
    following: Following,
    slot: SlotHistory,
    replicas: Replicas,
    replica: Replica,
) -> str | None:
    """Return why a stream must be read in full, whatever the WAL says."""
    stream, name = replica.stream, replica.stream.name
    if name not in replicas.adjustments:
        return "there is no replica yet"
    if session.options.full:
        return "that was asked for"
    return doubt(
        stream,
        replicas.known[name],
        replicas.adjustments[name],
        following.memberships.get(stream.relation.oid),
        slot,
    )


def gather_keys(
    session: Session,
    following: Following,
    replicas: Replicas,
    wal_reader: WalReader,
    doubts: Mapping[str, FullRead],
) -> Wal:
    """Put the keys aside that the WAL names for the streams that are not in doubt."""
    memberships = following.memberships
    followed = [r for r in replicas.logical if r.stream.name not in doubts]
    mark = uuid4().hex
    staged = StagedKeys(session.writer, followed)
    wal = WalKeys(
        keys=keys_in_wal(followed, following),
        snapshot=describe_sight(session.reader, wal_reader.facts),
        write=staged.write,
    )
    with transaction(session.writer):
        end = wal_reader.read_changes(mark, wal)
        staged.finish()
    reads: dict[str, TouchedKeys | FullRead] = dict(doubts)
    find_gap_of = gap_finder(wal_reader, wal)
    for replica in followed:
        stream = replica.stream
        reads[stream.name] = choose_wal_read(
            find_gap_of(replicas.known[stream.name]),
            stream.relation.oid,
            wal,
            session.config.verify,
        )
    return Wal(
        reads=reads,
        mark=mark,
        lsn=end if wal.first_unseen is None else format_lsn(wal.first_unseen),
        snapshot=wal.snapshot,
        memberships={
            r.stream.name: memberships[r.stream.relation.oid]
            for r in replicas.streams
            if r.stream.relation.oid in memberships
        },
    )


def keys_in_wal(
    replicas: Iterable[Replica], following: Following
) -> dict[int, tuple[str, ...]]:
    """Return the columns of the keys that the WAL has, by object id of the table."""
    streams = {replica.stream.relation.oid: replica.stream for replica in replicas}
    return {
        oid: key_in_wal(stream, following.memberships[oid].identity)
        for oid, stream in streams.items()
    }
