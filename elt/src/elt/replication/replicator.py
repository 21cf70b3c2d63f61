"""One sync run: bring every stream of the destination to one instant of the source.

The steps are plan, copy, verify, publish. A run that ends anywhere before its publish
commits leaves the published data as they were; the next run cleans up after it.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

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
from elt.postgres import compose, connect, execute, server_version
from elt.progress import Progress
from elt.replication.catalog.reading import list_default_grants, list_schemas
from elt.replication.design.ddl import relation_name
from elt.replication.design.streams import NotCopied, Plan
from elt.replication.load.loading import Loading
from elt.replication.load.statistics import can_restore
from elt.replication.load.workers import load_streams
from elt.replication.logical.seam import (
    ask_follower,
    guard_source,
    prepare_source,
    read_wal,
    release_wal,
)
from elt.replication.plan import destination
from elt.replication.plan.archive import archiving
from elt.replication.plan.planning import plan_streams
from elt.replication.plan.replicas import Replicas
from elt.replication.plan.sequence_reads import list_sequences, read_sequences
from elt.replication.plan.shapes_at_source import refuse_unusable_shapes
from elt.replication.preparation import prepare, read_catalogs
from elt.replication.publish.publication import Publication
from elt.replication.publish.transaction import publish
from elt.replication.run_report import RunReport, log_report
from elt.replication.sessions.lock_waits import telling_waits
from elt.replication.sessions.positions import read_positions
from elt.replication.sessions.session import RunOptions, Session, connected, summarize
from elt.replication.sessions.snapshot import Snapshot, held_snapshot
from elt.replication.state import run_state, state
from elt.replication.state.lock import (
    describe_program,
    end_leftovers,
    locked,
)
from elt.replication.state.run_state import StreamReport

if TYPE_CHECKING:
    from elt.replication.logical.wal import Wal

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
            return _run(config, source, options, progress)
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
    return _run(config, source, options, progress)


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
            reports, not_copied = _synchronize(session, run_id)
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


def _synchronize(
    session: Session, run_id: int
) -> tuple[list[StreamReport], list[NotCopied]]:
    """Plan, copy, verify and publish."""
    source, config = session.source, session.config
    with session.progress.doing("preparing the source"):
        following = prepare_source(session)
    schemas = list_schemas(session.reader)
    with held_snapshot(
        session.reader, schemas, allow_row_security=source.allow_row_security
    ) as snapshot:
        catalog, existing = read_catalogs(session, schemas)
        plan = plan_streams(
            source, config.on_schema_change, catalog, only=session.options.streams
        )
        session.modes = {stream.name: stream.mode for stream in plan.streams}
        refuse_unusable_shapes(session.reader, source, plan)
        replicas = prepare(session, run_id, plan, existing)
        sequences = list_sequences(
            session.reader, source, schemas, replicas.existing.others
        )
        with session.progress.doing("reading the WAL"):
            wal = read_wal(session, following, replicas, snapshot)
        with archiving(config, source, snapshot.id, server_version(session.reader)):
            loading = _load(session, plan, replicas, wal, snapshot)
    sequences = read_sequences(session.reader, session.writer, sequences)
    replicas = replace(replicas, sequences=sequences)
    reports = _publish(session, run_id, plan, replicas, loading)
    for stream, name in replicas.lost.items():
        log.warning("lost stream", source=source.name, stream=stream, renamed_to=name)
    release_wal(session, following, wal, replicas)
    # Noted there, and by the publish.
    return reports, [*replicas.not_copied, *sequences.not_copied]


def _load(
    session: Session,
    plan: Plan,
    replicas: Replicas,
    wal: Wal | None,
    snapshot: Snapshot,
) -> Loading:
    loading = Loading(
        config=session.config,
        source=session.source,
        snapshot=snapshot,
        landings=tuple(plan.landings.values()),
        adjustments=replicas.adjustments,
        known=replicas.known,
        progress=session.progress,
        reader=session.reader,
        wal_reads=wal.reads if wal else {},
        positions=wal.positions if wal else {},
        can_restore_statistics=can_restore(replicas.capabilities),
        failures=session.failures,
        is_full=session.options.full,
    )
    load_streams(loading, replicas.streams, stop_at_failure=session.is_together)
    if loading.failures and (session.is_together or not loading.loads):
        raise summarize(loading.failures, plan.source)
    return loading


def _publish(
    session: Session, run_id: int, plan: Plan, replicas: Replicas, loading: Loading
) -> list[StreamReport]:
    destination.mirror_search_path(session.writer, plan)
    publication = Publication(
        run_id=run_id,
        source=plan.source,
        loads=loading.loads,
        places=plan.places,
        partitioned=replicas.partitioned,
        catalog=replicas.existing,
        snapshot=loading.snapshot.facts,
        mode_of=session.mode_of,
        all_constraints=session.config.destination.all_constraints,
        allow_shrink=session.allow_shrink,
        is_together=session.is_together,
        identities={
            replica.stream.name: read_positions(session.reader, replica)
            for replica in replicas.partitioned
        },
        default_grants=list_default_grants(session.writer),
        failures=session.failures,
        gone=replicas.gone,
        not_copied=None if session.options.streams else replicas.not_copied,
        sequences=replicas.sequences,
        positions=loading.positions,
    )
    with session.progress.doing("publishing") as tell:
        return publish(session.writer, replace(publication, tell=tell))


def _clean_up(session: Session, reports: Sequence[StreamReport]) -> None:
    """Drop the shadows and refresh statistics; nothing here can undo the publish."""
    try:
        destination.drop_shadows(session.writer, session.source.name)
        for report in reports:
            is_much = report.difference.total > _ANALYZED_SHARE * report.rows
            if is_much and not report.is_new:
                stream = report.replica.stream
                table = relation_name(*stream.place)
                with session.progress.doing(f"analyzing {stream.name}"):
                    execute(session.writer, compose("analyze {table}", table=table))
    except EltError as error:
        log.warning("failed to clean up", error=error.message)


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
    except EltError as second:
        log.warning("failed to record the failure", run=run_id, error=second.message)
