"""Publish batch after batch, each as a run would publish the same rows.

A batch has a snapshot, a mark and a publishing transaction of its own. What a run has
besides, connections and a plan, it shares with the batches before it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from elt.config import Verification
from elt.postgres import Connection, parse_lsn
from elt.postgres.streaming import ChangeStream
from elt.replication.catalog.reading import read_fingerprint
from elt.replication.design.replica import Replica
from elt.replication.follow.backlog import Backlog, UnusualError
from elt.replication.follow.batch_plan import BatchPlan
from elt.replication.follow.follow_log import BatchReport
from elt.replication.follow.stretch import Stretch
from elt.replication.incremental.reads import FullRead
from elt.replication.load.loading import Loading, Pair
from elt.replication.load.small_changes import load_small
from elt.replication.load.stream_load import look_first, new_copying
from elt.replication.logical.replay import await_replay
from elt.replication.logical.slot_decision import exceeds
from elt.replication.logical.slots import emit_mark, find_slot, read_position
from elt.replication.logical.wal import Wal, gather_keys, keys_in_wal
from elt.replication.logical.wal_keys import WalKeys
from elt.replication.logical.wal_reader import WalReader
from elt.replication.publish.publication import Publication
from elt.replication.publish.transaction import publish_batch
from elt.replication.rows.shadow import drop_shadow
from elt.replication.sessions.session import Session
from elt.replication.sessions.snapshot import Snapshot, held_snapshot
from elt.replication.state import follow_state, slot_state, state
from elt.replication.state.run_state import StreamReport
from elt.replication.state.state import KnownStream, SnapshotFacts

#: How long the source may take to send what it wrote: it may wait for a standby.
_LONGEST_WAIT = 60.0
#: How often a standby is asked how far it has sent.
_POLL_SECONDS = 0.01


@dataclass(kw_only=True)
class Batches:
    """What one batch leaves to the next."""

    session: Session
    plan: BatchPlan
    #: The row that all batches share.
    stretch: Stretch
    stream: ChangeStream
    #: Leaves the marks; the coordinating connection to the source reads in a snapshot.
    marker: Connection
    #: Loads at the destination, as the workers of a run do.
    loader: Connection
    known: Mapping[str, KnownStream]
    #: From where on the stream has sent what committed.
    start_lsn: str | None
    backlog: Backlog = field(init=False)

    def __post_init__(self) -> None:
        replicas = self.plan.replicas.streams
        self.backlog = Backlog(keys=keys_in_wal(replicas, self.plan.following))

    def wait(self, seconds: float) -> None:
        """Take what the source sends, for some time or until there is something."""
        self.stream.receive(self.backlog.take, self.marker, seconds=seconds)

    def publish_next(self, *, is_heartbeat: bool) -> BatchReport:
        """Bring all streams to a new snapshot.

        A heartbeat also tells those who ask how fresh the streams are, and measures
        the slot. Raises UnusualError for what a run has to do.
        """
        started = time.monotonic()
        session, plan = self.session, self.plan
        if is_heartbeat:
            self._measure()
        with held_snapshot(
            session.reader,
            plan.schemas,
            allow_row_security=session.source.allow_row_security,
            is_shared=False,
        ) as snapshot:
            if read_fingerprint(session.reader) != plan.fingerprint:
                raise UnusualError("a definition changed")
            replicas = replace(plan.replicas, known=self.known)
            wal_reader = self._wal_reader(snapshot.facts)
            wal = gather_keys(session, plan.following, replicas, wal_reader, {})
            touched = [r for r in replicas.streams if _is_touched(wal, r)]
            loading = self._load(snapshot, wal, touched)
        run_id, reports = self._publish(loading, is_heartbeat=is_heartbeat)
        at = self._forget(wal, touched)
        return BatchReport(
            run_id=run_id,
            streams=reports,
            lag_seconds=(at - snapshot.facts.taken_at).total_seconds(),
            seconds=time.monotonic() - started,
        )

    def _measure(self) -> None:
        """Record how much WAL the slot keeps; leave one above its budget to a run."""
        source = self.session.source
        slot = find_slot(self.marker, source.slot_name)
        if slot is None:
            raise UnusualError("its slot is gone")
        slot_state.measure_slot(self.session.writer, source.name, slot.retained_bytes)
        if slot.retained_bytes > source.wal_budget:
            raise UnusualError(exceeds(slot, source.wal_budget))

    def _wal_reader(self, facts: SnapshotFacts) -> WalReader:
        def read(mark: str, wal: WalKeys) -> str:
            if facts.replayed_lsn is None:
                end = self._receive_to_mark(mark)
            else:
                end = self._receive_to_replay()
            self.backlog.tell(wal)
            return end

        return WalReader(
            facts=facts, read_changes=read, find_start=lambda: self.start_lsn
        )

    def _receive_to_mark(self, mark: str) -> str:
        """Wait until all that was written before a new mark is here."""
        end = emit_mark(self.marker, mark)
        self._receive_until(lambda: self.backlog.mark == mark, _LONGEST_WAIT)
        return end

    def _receive_to_replay(self) -> str:
        """Wait until all that a standby has replayed is here; return up to where."""
        end = await_replay(self.marker)
        lsn = parse_lsn(end)

        def has_come() -> bool:
            if self.stream.position >= lsn:
                return True
            # Of what is not for us it says nothing unless it is asked.
            self.stream.ask_position()
            return False

        self._receive_until(has_come, _POLL_SECONDS)
        return end

    def _receive_until(self, has_come: Callable[[], bool], seconds: float) -> None:
        """Wait for the stream; look now and then, or when something has come."""
        deadline = time.monotonic() + _LONGEST_WAIT
        while not has_come():
            self.wait(seconds)
            if time.monotonic() > deadline:
                raise UnusualError("the source does not send what it has written")

    def _load(self, snapshot: Snapshot, wal: Wal, touched: list[Replica]) -> Loading:
        session, replicas = self.session, self.plan.replicas
        loading = Loading(
            config=session.config,
            source=session.source,
            snapshot=snapshot,
            landings=tuple(replicas.plan.landings.values()),
            adjustments=replicas.adjustments,
            known=self.known,
            progress=session.progress,
            reader=session.reader,
            wal_reads=wal.reads,
            positions=wal.positions,
        )
        connections = Pair(session.reader, self.loader)
        copyings = [new_copying(loading, replica) for replica in touched]
        for copying in load_small(loading, copyings, connections):
            if look_first(loading, copying, connections):
                name = copying.replica.stream.name
                raise UnusualError(f"most rows of {name} changed")
        return loading

    def _publish(
        self, loading: Loading, *, is_heartbeat: bool
    ) -> tuple[int, list[StreamReport]]:
        session, source = self.session, self.session.source
        writer, names = session.writer, [*loading.positions]
        run_id = self.stretch.run_id
        if run_id is None:
            run_id = follow_state.start_following(writer, source.name)
            self.stretch.run_id = run_id
        loaded = {load.replica.stream.name for load in loading.loads}
        publication = Publication(
            run_id=run_id,
            source=source.name,
            loads=loading.loads,
            places=self.plan.replicas.plan.places,
            # Neither they nor their definitions are another than before.
            partitioned=(),
            catalog=self.plan.replicas.existing,
            snapshot=loading.snapshot.facts,
            mode_of=source.mode_of,
            all_constraints=session.config.destination.all_constraints,
            allow_shrink=session.allow_shrink,
            # What fails is left to a run, which knows how to go on without it.
            is_together=True,
            positions=loading.positions,
            unchanged=[name for name in names if name not in loaded],
        )
        reports = publish_batch(writer, publication)
        if is_heartbeat:
            follow_state.note_streams(writer, run_id, source.name, names)
        return run_id, reports

    def _forget(self, wal: Wal, touched: list[Replica]) -> datetime:
        """Let the source forget what is published; return the time of its clock."""
        writer, source = self.session.writer, self.session.source.name
        if wal.lsn is not None and wal.snapshot is not None:
            self.stream.confirm(parse_lsn(wal.lsn))
            self.backlog.forget(wal.snapshot)
        lsn, at = read_position(self.marker)
        slot_state.save_lag(writer, source, lsn, at)
        for replica in touched:
            drop_shadow(writer, replica)
        self.known = state.find_known_streams(writer, source)
        return at


def batch_session(session: Session) -> Session:
    """Return a session whose receipts prove the rows that changed, and no more."""
    config = replace(session.config, verify=Verification.CHANGES)
    return replace(session, config=config, failures={})


def _is_touched(wal: Wal, replica: Replica) -> bool:
    """Tell whether rows of a stream changed; leave one to be read in full to a run."""
    read = wal.reads[replica.stream.name]
    if isinstance(read, FullRead):
        raise UnusualError(f"{replica.stream.name}: {read.reason}")
    return read.count > 0
