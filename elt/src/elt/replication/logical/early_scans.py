"""Scan tables for rows that changed while the WAL is still being read.

Only when the WAL was read to its end it is known how many rows of a table it names. A
sample of the pages tells sooner whether they will be so many that a scan finds them;
then that scan runs beside it. The keys decide nevertheless what else is read, and what
is gone: where the sample was wrong, nothing but time is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

from elt import logs
from elt.errors import EltError
from elt.postgres import Connection, cancel_statements
from elt.replication.design.replica import Replica
from elt.replication.incremental.changes import Pipe
from elt.replication.incremental.reads import XminScan
from elt.replication.incremental.scans import choose_early_scan, is_scanned
from elt.replication.incremental.survey import estimate_changed
from elt.replication.logical.touched_rows import scan_changes
from elt.replication.plan.landings import land_schemas
from elt.replication.rows.copy import Copied
from elt.replication.rows.shadow import drop_shadow
from elt.replication.sessions.session import Session
from elt.replication.sessions.snapshot import Snapshot
from elt.replication.sessions.worker_connections import open_reader, open_writer
from elt.replication.state.state import KnownStream

log = logs.logger(__name__)


@dataclass(kw_only=True)
class EarlyScans:
    """Tables that are scanned one after the other, beside something else."""

    session: Session
    snapshot: Snapshot
    #: By stream.
    _scans: dict[str, tuple[Replica, Future[Copied | None]]] = field(
        default_factory=dict
    )
    #: Those of the scan that runs.
    _connections: tuple[Connection, ...] = ()

    def begin(self, pool: ThreadPoolExecutor, replica: Replica, scan: XminScan) -> None:
        """Let a table be scanned after those before it."""
        future = pool.submit(self._scan, replica, scan)
        self._scans[replica.stream.name] = replica, future

    def end(self) -> Mapping[str, Copied]:
        """Return by stream what was brought, once the scan that runs is over.

        What has not begun is left to the load, which does more at a time.
        """
        self._leave_waiting()
        brought = {
            name: future.result()
            for name, (_, future) in self._scans.items()
            if not future.cancelled()
        }
        return {name: copied for name, copied in brought.items() if copied is not None}

    def break_off(self) -> None:
        """End the scan that runs; drop what was brought."""
        # Else the next one would begin as soon as that is over.
        self._leave_waiting()
        cancel_statements(self._connections)
        for name in self.end():
            self.drop(name)

    def drop(self, stream: str) -> None:
        """Drop what was brought of a stream that is to be read otherwise."""
        replica, _ = self._scans[stream]
        drop_shadow(self.session.writer, replica)

    def _leave_waiting(self) -> None:
        for _, future in self._scans.values():
            future.cancel()

    def _scan(self, replica: Replica, scan: XminScan) -> Copied | None:
        """Bring the rows that changed; None where these are few or nearly all."""
        session, snapshot = self.session, self.snapshot
        source, name = session.source, replica.stream.name
        landings = land_schemas(source, snapshot.schemas).values()
        try:
            with open_reader(source, snapshot) as reader:
                estimate = estimate_changed(reader, replica, scan.condition)
                pages = replica.stream.relation.pages
                if not is_scanned(estimate.changed, estimate.rows, pages):
                    return None
                with open_writer(session.config, source.name, landings) as writer:
                    self._connections = reader, writer
                    pipe = Pipe(reader, writer, lambda _: None)
                    copied = scan_changes(replica, scan, pipe)
        except EltError as error:
            # The load meets it again, and knows what becomes of the stream.
            log.debug("gave up a scan", stream=name, error=error.message)
            return None
        finally:
            self._connections = ()
        reason = f"about {estimate.share:.0%} of its rows changed"
        log.info("read by a scan", source=source.name, stream=name, reason=reason)
        return copied


@contextmanager
def scanning_beside(
    session: Session,
    snapshot: Snapshot,
    replicas: Iterable[Replica],
    known: Mapping[str, KnownStream],
) -> Iterator[EarlyScans]:
    """Scan what is likely to be worth it beside a block; nothing at a standby.

    The block takes what was brought; where it fails, that is dropped. The scan is one
    connection more beside that of the WAL: where there is one worker, the load has none
    to spare.
    """
    scans = EarlyScans(session=session, snapshot=snapshot)
    is_possible = snapshot.id is not None and session.config.workers > 1
    with ThreadPoolExecutor(1, thread_name_prefix="elt-scan") as pool:
        for replica in replicas if is_possible else ():
            stream = replica.stream
            scan = choose_early_scan(
                stream.relation.pages, known[stream.name], snapshot.facts
            )
            if scan is not None:
                scans.begin(pool, replica, scan)
        try:
            yield scans
        except BaseException:
            scans.break_off()
            raise
