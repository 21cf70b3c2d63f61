"""The life of a sync run: its lock, its record, its clean-up, and runs after failures.

A run brings every stream of the destination to one instant of the source. One that ends
anywhere before its publish commits leaves the published data as they were; the next run
cleans up after it.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import closing

from elt import logs
from elt.config import Config, SourceConfig
from elt.errors import (
    EltError,
    ForeignSlotError,
    InterruptedRun,
    LockedError,
    LostConnectionError,
)
from elt.interruption import pause
from elt.lineage.impact import Impact
from elt.postgres import Identifier, compose, connect, execute, joined
from elt.progress import Progress
from elt.replication.design.streams import Stream
from elt.replication.load.small_tables import SMALL_BYTES, divide
from elt.replication.logical.seam import (
    ask_follower,
    guard_source,
)
from elt.replication.plan import destination
from elt.replication.plan.own_types import drop_abandoned_types
from elt.replication.run_report import RunReport, log_report
from elt.replication.sessions.lock_waits import telling_waits
from elt.replication.sessions.session import (
    RunOptions,
    Session,
    connected,
    summarize,
)
from elt.replication.state import run_state, state
from elt.replication.state.lock import (
    describe_program,
    end_leftovers,
    locked,
)
from elt.replication.state.run_state import StreamReport
from elt.replication.synchronization import synchronize

log = logs.logger(__name__)

#: Fewer changes than this share of a replica leave its statistics as they are, as
#: autovacuum would: to refresh those of a big table takes longer than the changes.
_ANALYZED_SHARE = 0.02


def replicate(
    config: Config, source: SourceConfig, options: RunOptions, progress: Progress
) -> RunReport:
    """Run once; run again when a database ended a connection, as often as configured.

    Raises the EltError that kept the run from publishing; the source does not suffer
    from it.
    """
    try:
        return _run_with_retries(config, source, options, progress)
    except (ForeignSlotError, InterruptedRun, LockedError):
        raise
    except EltError:
        guard_source(source)
        raise


def _run_with_retries(
    config: Config, source: SourceConfig, options: RunOptions, progress: Progress
) -> RunReport:
    for attempt in range(1, config.retry.max_retries + 1):
        try:
            report = _run(config, source, options, progress)
            _refuse_lost(report)
        except LostConnectionError as error:
            log.warning(
                "lost connection",
                source=source.name,
                attempt=attempt,
                of=config.retry.max_retries,
                again_in_seconds=config.retry.delay_seconds,
                error=error.message,
            )
            pause(config.retry.delay_seconds)
        else:
            return report
    return _run(config, source, options, progress)


def _refuse_lost(report: RunReport) -> None:
    """Raise the error of streams that lost a connection while others were published."""
    lost = {
        stream: error
        for stream, error in report.failures.items()
        if isinstance(error, LostConnectionError)
    }
    if lost:
        raise summarize(lost, report.source)


def _run(
    config: Config, source: SourceConfig, options: RunOptions, progress: Progress
) -> RunReport:
    with connected(config, source) as (reader, writer):
        ended = ask_follower(source, options, reader, writer)
        if ended is not None:
            return RunReport(
                run_id=ended.run_id,
                source=source.name,
                streams=(),
                failures={},
                not_copied=(),
                impact=Impact(),
                seconds=ended.seconds,
            )
        session = Session(
            config=config,
            source=source,
            options=options,
            reader=reader,
            writer=writer,
            progress=progress,
        )
        with locked(writer, source.name):
            return run_once(session)


def run_once(session: Session) -> RunReport:
    """Run once, where the connections are there and the lock is taken."""
    started = time.monotonic()
    # What it shows is gone before the report is logged.
    with telling_waits(session):
        run_id = _begin(session)
        try:
            drop_abandoned_types(session.writer, session.source.name)
            reports, not_copied = synchronize(session, run_id)
        except BaseException as error:
            _record_failure(session, run_id, error)
            raise
        _clean_up(session, reports)
    report = RunReport(
        run_id=run_id,
        source=session.source.name,
        streams=reports,
        failures=session.failures,
        not_copied=not_copied,
        impact=session.impact,
        seconds=time.monotonic() - started,
    )
    log_report(report)
    return report


def _begin(session: Session) -> int:
    """Clean up after a dead run, and record the new one."""
    writer, name = session.writer, session.source.name
    state.migrate(writer)
    ended = end_leftovers(writer, name)
    dropped = destination.drop_shadows(writer, name)
    if ended or dropped:
        log.warning(
            "cleaned up after a dead run", source=name, backends=ended, schemas=dropped
        )
    return run_state.start_run(writer, name)


def _clean_up(session: Session, reports: Sequence[StreamReport]) -> None:
    """Drop the shadows and refresh statistics; nothing here can undo the publish."""
    try:
        destination.drop_shadows(session.writer, session.source.name)
        _analyze(session, [r.replica.stream for r in reports if _is_outdated(r)])
    except EltError as error:
        log.warning("failed to clean up", error=error.message)


def _is_outdated(report: StreamReport) -> bool:
    """Tell whether so much changed that the planner should know."""
    is_much = report.difference.total > _ANALYZED_SHARE * report.rows
    return is_much and not report.is_new


def _analyze(session: Session, streams: Sequence[Stream]) -> None:
    """Refresh the statistics of replicas, those of small ones together."""
    small = [stream for stream in streams if stream.relation.bytes <= SMALL_BYTES]
    large = [stream for stream in streams if stream.relation.bytes > SMALL_BYTES]
    for group in [*divide(small, 1), *([stream] for stream in large)]:
        names = ", ".join(stream.name for stream in group)
        tables = joined(Identifier(*stream.place) for stream in group)
        with session.progress.doing(f"analyzing {names}"):
            execute(session.writer, compose("analyze {tables}", tables=tables))


def _record_failure(session: Session, run_id: int, error: BaseException) -> None:
    """Record a failed run and drop its shadows, on a connection that is not broken."""
    failure = run_state.RunFailure(
        run_id=run_id,
        source=session.source.name,
        reason=str(error) or type(error).__name__,
        exit_code=error.exit_code if isinstance(error, EltError) else 1,
        is_interrupted=isinstance(error, InterruptedRun),
        streams=[
            run_state.StreamFailure(
                stream=name, mode=session.mode_of(name), error=failed
            )
            for name, failed in session.failures.items()
        ],
    )
    try:
        connection = connect(
            session.config.destination.connection,
            application_name=describe_program("record", session.source.name),
            is_interruptible=False,
        )
        with closing(connection):
            run_state.fail_run(connection, failure)
            destination.drop_shadows(connection, session.source.name)
            drop_abandoned_types(connection, session.source.name)
    except EltError as second:
        log.warning("failed to record the failure", run=run_id, error=second.message)
