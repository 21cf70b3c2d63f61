"""The WAL of a source: which rows were touched until the snapshot, and what is left.

The WAL says which rows were touched since the snapshot that the replicas show; the rows
themselves are read in the snapshot of this run, as every other mode reads them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from uuid import uuid4

from elt import logs
from elt.config import SyncMode
from elt.errors import (
    ConfigError,
    EltError,
    InterruptedRun,
    LostConnectionError,
    TemporaryError,
)
from elt.postgres import sqlstate_of, transaction
from elt.replication import slot_state
from elt.replication.early_scans import EarlyScans, scanning_beside
from elt.replication.following import Following
from elt.replication.preparation import Replicas
from elt.replication.published_tables import read_identities
from elt.replication.reads import FullRead, TouchedKeys, parse_lsn
from elt.replication.replica import Replica
from elt.replication.session import Session
from elt.replication.slots import (
    advance_slot,
    read_position,
)
from elt.replication.source import Snapshot
from elt.replication.staged_keys import StagedKeys
from elt.replication.state import KnownStream, WalPosition
from elt.replication.wal_keys import Replayed, Visibility, WalKeys
from elt.replication.wal_reader import (
    WalReader,
    describe_sight,
    from_slot,
    gap_finder,
)
from elt.replication.wal_reads import (
    Membership,
    SlotHistory,
    choose_wal_read,
    doubt,
    key_in_wal,
)

log = logs.logger(__name__)

#: What the replay of a standby does to whoever is in its way.
_CONFLICT = "40001"


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


# ------------------------------------------------------------------ beside the snapshot


def read_wal(
    session: Session,
    following: Following | None,
    replicas: Replicas,
    snapshot: Snapshot,
) -> Wal:
    """Read which rows were touched until the snapshot, and put their keys aside."""
    logical = [r for r in replicas.streams if r.stream.mode is SyncMode.LOGICAL]
    if following is None or not logical:
        return Wal()
    slot = following.slot
    if slot is None:
        read = FullRead(reason="its slot could not be made yet")
        return Wal(reads={replica.stream.name: read for replica in logical})
    following = _as_of_snapshot(session, following, logical)
    doubts = find_doubts(session, following, slot, replicas)
    try:
        wal_reader = from_slot(session, snapshot.facts)
        scanned = _worth_a_scan(following, logical, doubts)
        with scanning_beside(session, snapshot, scanned, replicas.known) as scans:
            wal = gather_keys(session, following, replicas, wal_reader, doubts)
            return _take_scanned(wal, scans)
    except (LostConnectionError, InterruptedRun):
        raise
    except (ConfigError, TemporaryError) as error:
        if sqlstate_of(error) == _CONFLICT:
            raise
        # Whatever it is: without the slot, the next run makes a new one.
        source = following.source.name
        log.warning("failed to read WAL", source=source, error=error.message)
        slot_state.distrust_slot(session.writer, source)
        read = FullRead(reason="the WAL could not be read")
        return Wal(reads={replica.stream.name: read for replica in logical})


def _worth_a_scan(
    following: Following, replicas: Iterable[Replica], doubts: Mapping[str, FullRead]
) -> list[Replica]:
    """Return the streams whose rows the WAL tells apart, the largest first."""
    certain = [r for r in replicas if r.stream.name not in doubts]
    keys = keys_in_wal(certain, following)
    return sorted(
        (r for r in certain if keys[r.stream.relation.oid]),
        key=lambda replica: -replica.stream.relation.pages,
    )


def _take_scanned(wal: Wal, scans: EarlyScans) -> Wal:
    """Add what scans have brought; drop it where a stream is read otherwise."""
    reads = dict(wal.reads)
    for name, copied in scans.end().items():
        read = reads[name]
        if isinstance(read, TouchedKeys) and read.count:
            reads[name] = replace(read, scanned=copied)
        else:
            scans.drop(name)
    return replace(wal, reads=reads)


def _as_of_snapshot(
    session: Session, following: Following, replicas: Iterable[Replica]
) -> Following:
    """Return what is followed with the files and identities that the snapshot sees.

    A rewrite leaves no row in the WAL, and may come between the two.
    """
    identities = read_identities(session.reader, [r.stream for r in replicas])
    memberships = {
        oid: replace(membership, identity=identities.get(oid, membership.identity))
        for oid, membership in following.memberships.items()
    }
    return replace(following, memberships=memberships)


def find_doubts(
    session: Session, following: Following, slot: SlotHistory, replicas: Replicas
) -> dict[str, FullRead]:
    """Return the logical streams that must be read in full, whatever the WAL says."""
    return {
        replica.stream.name: FullRead(reason=reason)
        for replica in replicas.streams
        if replica.stream.mode is SyncMode.LOGICAL
        and (reason := _doubt(session, following, slot, replicas, replica))
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
    followed = [
        r
        for r in replicas.streams
        if r.stream.mode is SyncMode.LOGICAL and r.stream.name not in doubts
    ]
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


def format_lsn(lsn: int) -> str:
    """Return a WAL position as PostgreSQL writes it."""
    return f"{lsn >> 32:X}/{lsn & 0xFFFFFFFF:X}"


# ------------------------------------------------------------------- after the publish


def release_wal(
    session: Session, following: Following, wal: Wal, replicas: Replicas
) -> None:
    """Let the source forget what is published; nothing here can undo the publish."""
    source, reader = following.source, session.reader
    try:
        if wal.lsn is not None:
            others = _list_others(following, replicas)
            lsn = oldest_lsn(wal.lsn, others)
            if not advance_slot(reader, source.slot_name, lsn):
                log.warning(
                    "lost slot",
                    source=source.name,
                    slot=source.slot_name,
                    hint="The next run compares all rows, and makes it anew.",
                )
        slot_state.save_lag(session.writer, source.name, *read_position(reader))
    except EltError as error:
        log.warning("failed to release WAL", source=source.name, error=error.message)


def _list_others(following: Following, replicas: Replicas) -> list[KnownStream]:
    """Return the logical streams that this run left out; one that failed is not."""
    streams = {replica.stream.name for replica in replicas.streams}
    oids = following.memberships
    return [
        known
        for name, known in replicas.known.items()
        if name not in streams and known.definition.oid in oids
    ]


def oldest_lsn(lsn: str, others: Iterable[KnownStream]) -> str:
    """Return from where the first of several streams has to be read."""
    positions = [k.lsn for k in others if k.lsn is not None and k.wal_mark is not None]
    return min([lsn, *positions], key=parse_lsn)
