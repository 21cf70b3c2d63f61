"""What a run does with the WAL: reads it beside the snapshot, lets it go at the end."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from elt import logs
from elt.errors import (
    ConfigError,
    EltError,
    InterruptedRun,
    LostConnectionError,
    TemporaryError,
)
from elt.postgres import parse_lsn, sqlstate_of
from elt.replication.design.replica import Replica
from elt.replication.incremental.reads import FullRead, TouchedKeys
from elt.replication.logical.early_scans import EarlyScans, scanning_beside
from elt.replication.logical.following import Following
from elt.replication.logical.identities import read_identities
from elt.replication.logical.slots import advance_slot, read_position
from elt.replication.logical.wal import Wal, find_doubts, gather_keys, keys_in_wal
from elt.replication.logical.wal_reader import from_slot
from elt.replication.plan.replicas import Replicas
from elt.replication.sessions.session import Session
from elt.replication.sessions.snapshot import Snapshot
from elt.replication.state import slot_state
from elt.replication.state.state import KnownStream

log = logs.logger(__name__)

#: What the replay of a standby does to whoever is in its way.
_CONFLICT = "40001"


def read_wal(
    session: Session,
    following: Following,
    replicas: Replicas,
    snapshot: Snapshot,
) -> Wal:
    """Read which rows were touched until the snapshot, and put their keys aside."""
    logical = replicas.logical
    if not logical:
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


def release_wal(
    session: Session, following: Following, wal: Wal, replicas: Replicas
) -> None:
    """Let the source forget what is published; nothing here can undo the publish."""
    source, reader = following.source, session.reader
    try:
        if wal.lsn is not None:
            others = _list_others(following, replicas, session.failures)
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


def _list_others(
    following: Following, replicas: Replicas, failed: Collection[str]
) -> list[KnownStream]:
    """Return the logical streams that this run left out.

    One that failed or was refused is not: the source would keep its WAL for as long as
    nobody mends it. Its rows are compared then. Nor is one whose table is called
    otherwise by now: its replica stays as it is, for ever.
    """
    streams = {replica.stream.name for replica in replicas.streams} | {*failed}
    names = {oid: member.stream for oid, member in following.memberships.items()}
    return [
        known
        for name, known in replicas.known.items()
        if name not in streams and names.get(known.definition.oid) == name
    ]


def oldest_lsn(lsn: str, others: Iterable[KnownStream]) -> str:
    """Return from where the first of several streams has to be read."""
    positions = [k.lsn for k in others if k.lsn is not None and k.wal_mark is not None]
    return min([lsn, *positions], key=parse_lsn)
