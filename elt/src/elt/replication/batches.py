"""Publish batch after batch, each as a run would publish the same rows.

A batch has a snapshot, a mark and a publishing transaction of its own. What a run has
besides, connections and a plan, it shares with the batches before it.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from elt.config import Verification
from elt.postgres import ChangeStream, Connection
from elt.replication import follow_state, slot_state, state
from elt.replication.backlog import Backlog, UnusualError
from elt.replication.batch_plan import BatchPlan
from elt.replication.catalog import read_fingerprint
from elt.replication.follow_log import BatchReport
from elt.replication.load import Loading, Pair
from elt.replication.publication import Publication
from elt.replication.publish import publish_batch
from elt.replication.reads import FullRead, parse_lsn
from elt.replication.replica import Replica
from elt.replication.session import Session
from elt.replication.shadow import drop_shadow
from elt.replication.slots import emit_mark, exceeds, find_slot, read_position
from elt.replication.source import Snapshot, exported_snapshot
from elt.replication.state import KnownStream, StreamReport
from elt.replication.stream_load import look_first, new_copying
from elt.replication.stretch import Stretch
from elt.replication.wal import Wal, gather_keys, keys_in_wal
from elt.replication.wal_keys import WalKeys

#: How long the source may take to send what it wrote: it may wait for a standby.
_LONGEST_WAIT = 60.0


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
        with exported_snapshot(
            session.reader,
            plan.schemas,
            allow_row_security=session.source.allow_row_security,
        ) as snapshot:
            if read_fingerprint(session.reader) != plan.fingerprint:
                raise UnusualError("a definition changed")
            replicas = replace(plan.replicas, known=self.known)
            wal = gather_keys(session, plan.following, replicas, self._read_changes, {})
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

    def _read_changes(self, mark: str, wal: WalKeys) -> str:
        """Wait until all that was written before a new mark is here."""
        end = emit_mark(self.marker, mark)
        deadline = time.monotonic() + _LONGEST_WAIT
        while self.backlog.mark != mark:
            self.wait(_LONGEST_WAIT)
            if time.monotonic() > deadline:
                raise UnusualError("the source does not send what it has written")
        self.backlog.tell(wal)
        return end

    def _load(self, snapshot: Snapshot, wal: Wal, touched: list[Replica]) -> Loading:
        session, replicas = self.session, self.plan.replicas
        loading = Loading(
            config=session.config,
            source=session.source,
            snapshot=snapshot,
            landings=tuple(self.plan.run.landings.values()),
            adjustments=replicas.adjustments,
            known=self.known,
            progress=session.progress,
            reader=session.reader,
            wal_reads=wal.reads,
            positions=wal.positions,
        )
        for replica in touched:
            copying = new_copying(loading, replica)
            if look_first(loading, copying, Pair(session.reader, self.loader)):
                raise UnusualError(f"most rows of {replica.stream.name} changed")
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
            places=self.plan.run.places,
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
