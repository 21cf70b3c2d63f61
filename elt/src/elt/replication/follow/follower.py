"""`elt replicate --follow`: runs, and between them batch after batch from the WAL.

A run brings everything up to date, in whatever mode. Then batches take over, each when
the source has written something, until something happens that a batch cannot do: then
the next run comes, and does what runs always do.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace

from elt import logs
from elt.config import Config, SourceConfig
from elt.errors import (
    EltError,
    ForeignSlotError,
    InterruptedRun,
    LockedError,
    LostConnectionError,
    TemporaryError,
)
from elt.interruption import pause
from elt.postgres import Connection, connect
from elt.postgres.streaming import open_stream
from elt.progress import Progress
from elt.replication.follow.backlog import NoSlotError, UnusualError
from elt.replication.follow.batch_plan import BatchPlan, plan_batches
from elt.replication.follow.batches import Batches, batch_session
from elt.replication.follow.follow_log import FollowLog
from elt.replication.follow.stretch import Stretch, recorded_stretch
from elt.replication.logical.asking import find_askers, followed
from elt.replication.logical.slot_guard import guard_source
from elt.replication.logical.slots import find_slot, stream_options
from elt.replication.plan.planning import NoTablesError
from elt.replication.replicator import run_once
from elt.replication.run_report import RunReport
from elt.replication.sessions.lock_waits import telling_waits
from elt.replication.sessions.session import RunOptions, Session, connected
from elt.replication.sessions.worker_connections import open_writer
from elt.replication.state import state
from elt.replication.state.lock import describe_program, is_followed, locked

log = logs.logger(__name__)

#: How old replicas may look where nothing is written.
_HEARTBEAT_SECONDS = 10.0
#: How long somebody who asks for a run waits until that is noticed.
_LOOK_SECONDS = 1.0
#: Batches follow each other at this distance at least: what a busy source writes
#: meanwhile costs one look into its catalog, not many.
_SHORTEST_CYCLE_SECONDS = 0.2
#: When the next run comes where the last one left streams behind that it may take in,
#: in seconds, and in times that the last one took.
_SOON_SECONDS = 5.0
_SOON_RUNS = 20
_LONGEST_DELAY_SECONDS = 60.0
_MOST_DOUBLINGS = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class FollowOptions:
    """What the command line says about following."""

    #: Of the first run; the later ones have none.
    first_run: RunOptions
    #: How often a run comes between, at least.
    every_seconds: float


@dataclass(kw_only=True)
class Follower:
    """Follows one source until a signal says stop."""

    config: Config
    source: SourceConfig
    options: FollowOptions
    progress: Progress
    _has_run: bool = False
    #: Whether somebody else followed the source before this program did.
    _is_second: bool = False
    #: How often in a row a database was not there.
    _failures: int = 0
    #: Who waited for a run when the last one began.
    _askers: frozenset[int] = frozenset()
    _log: FollowLog = field(init=False)

    def __post_init__(self) -> None:
        self._log = FollowLog(self.source.name)

    def follow(self) -> None:
        """Run, publish batches, begin again; an ending by a signal was asked for.

        Raises the EltError that cannot pass by itself, and before the first run has
        published, also that somebody else follows, or that it was interrupted.
        """
        try:
            while True:
                self._try()
        except InterruptedRun:
            if not self._has_run:
                raise
            log.info("stopped following", source=self.source.name)

    def _try(self) -> None:
        """Follow; after what may pass, wait and return."""
        try:
            self._connect()
        except (ForeignSlotError, InterruptedRun):
            raise
        except LockedError as error:
            if self._is_second:
                raise
            self._wait(error)
        except (TemporaryError, NoTablesError) as error:
            # A service may be there before the tables are.
            guard_source(self.source)
            self._wait(error)
        except EltError:
            guard_source(self.source)
            raise

    def _wait(self, error: EltError) -> None:
        """Wait longer from time to time, but for ever."""
        retry = self.config.retry
        delay = min(retry.delay_seconds * 2**self._failures, _LONGEST_DELAY_SECONDS)
        self._failures = min(self._failures + 1, _MOST_DOUBLINGS)
        log.warning(
            "interrupted following",
            source=self.source.name,
            again_in_seconds=delay,
            error=error.message,
        )
        pause(delay)

    def _connect(self) -> None:
        """Follow for as long as the connections last."""
        with (
            connected(self.config, self.source) as (reader, writer),
            self._locked(writer),
        ):
            while True:
                started = time.monotonic()
                self._askers = find_askers(writer, self.source.name)
                session = self._new_session(reader, writer)
                report = run_once(session)
                self._has_run, self._failures = True, 0
                self._publish_batches(batch_session(session), report, started)
                # Runs in a row must not take up a source.
                earliest = started + 2 * report.seconds
                delay = max(earliest, started + self.config.retry.delay_seconds)
                pause(max(0, delay - time.monotonic()))

    @contextmanager
    def _locked(self, writer: Connection) -> Iterator[None]:
        """Lock the source for a block; a run of somebody else passes, to follow not."""
        name = self.source.name
        self._is_second = not self._has_run and is_followed(writer, name)
        with locked(writer, name), followed(writer, self.source):
            yield

    def _new_session(self, reader: Connection, writer: Connection) -> Session:
        return Session(
            config=self.config,
            source=self.source,
            options=RunOptions() if self._has_run else self.options.first_run,
            reader=reader,
            writer=writer,
            progress=self.progress,
        )

    def _publish_batches(
        self, session: Session, report: RunReport, started: float
    ) -> None:
        """Publish batches until a run is due, or wanted for another reason."""
        session = replace(session, options=RunOptions())
        due = started + self.options.every_seconds
        soon = started + max(_SOON_SECONDS, _SOON_RUNS * report.seconds)
        try:
            with telling_waits(session), recorded_stretch(session) as stretch:
                plan = plan_batches(session, report.run_id)
                self._log.start(plan)
                if plan.is_passing:
                    due = min(due, soon)
                with open_batches(session, plan, stretch) as batches:
                    reason = self._publish_until(due, batches)
        except NoSlotError as error:
            reason = str(error)
            pause(max(0, min(due, soon) - time.monotonic()))
        except UnusualError as error:
            reason = str(error)
        finally:
            self._log.end()
        log.debug("began a run", source=self.source.name, reason=reason)

    def _publish_until(self, due: float, batches: Batches) -> str:
        """Publish batches until a run is due or asked for; return why it comes."""
        heartbeat = look = time.monotonic()
        while (now := time.monotonic()) < due:
            if now >= look:
                if self._is_asked(batches.session):
                    return "somebody waits for it"
                look = now + _LOOK_SECONDS
            is_quiet = not batches.backlog.has_changes
            if is_quiet and now < heartbeat:
                batches.wait(min(due, heartbeat, look) - now)
                continue
            is_heartbeat = now >= heartbeat
            self._log.note(batches.publish_next(is_heartbeat=is_heartbeat))
            if is_heartbeat:
                heartbeat = now + _HEARTBEAT_SECONDS
            while (left := now + _SHORTEST_CYCLE_SECONDS - time.monotonic()) > 0:
                batches.wait(left)
        return "it is time"

    def _is_asked(self, session: Session) -> bool:
        return not find_askers(session.writer, self.source.name) <= self._askers


@contextmanager
def open_batches(
    session: Session, plan: BatchPlan, stretch: Stretch
) -> Iterator[Batches]:
    """Open what batches need besides the connections of a run.

    Raises UnusualError in place of the errors of a batch, except for a lost connection:
    a run can do what a batch could not, or knows how to refuse it.
    """
    source, name = session.source, session.source.name
    with ExitStack() as stack:
        stream = stack.enter_context(
            open_stream(
                source.connection,
                source.slot_name,
                stream_options(source.publication_name),
                application_name=describe_program("stream", name),
            )
        )
        marker = connect(
            source.connection, application_name=describe_program("wal", name)
        )
        stack.enter_context(closing(marker))
        slot = find_slot(marker, source.slot_name)
        batches = Batches(
            session=session,
            plan=plan,
            stretch=stretch,
            stream=stream,
            marker=marker,
            loader=stack.enter_context(
                open_writer(session.config, name, plan.replicas.plan.landings.values())
            ),
            known=state.find_known_streams(session.writer, name),
            start_lsn=None if slot is None else slot.confirmed_lsn,
        )
        try:
            yield batches
        except InterruptedRun:
            raise
        except LostConnectionError as error:
            if _is_slot_gone(marker, source):
                raise UnusualError("its slot is gone") from error
            raise
        except EltError as error:
            log.warning("failed batch", source=name, error=error.message)
            raise UnusualError(error.message) from error


def _is_slot_gone(marker: Connection, source: SourceConfig) -> bool:
    """Tell whether the stream ended because its slot was dropped, at its budget."""
    try:
        return find_slot(marker, source.slot_name) is None
    except EltError:
        return False
