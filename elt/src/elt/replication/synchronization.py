"""The steps of a sync run: plan, copy, verify, publish.

Nothing that is published changes before the publish commits, and that is one
transaction: whoever calls has only shadows to drop when a step fails.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from elt import logs
from elt.config import SourceConfig
from elt.postgres import server_version
from elt.replication.catalog.reading import list_default_grants, list_schemas
from elt.replication.catalog.tables import Catalog, write_name
from elt.replication.design.streams import NotCopied, Stream
from elt.replication.load.loading import Loading
from elt.replication.load.statistics import can_restore
from elt.replication.load.workers import load_streams
from elt.replication.logical.seam import prepare_source, read_wal, release_wal
from elt.replication.plan.archive import archiving
from elt.replication.plan.idle_names import list_idle_names
from elt.replication.plan.planning import plan_streams
from elt.replication.plan.replicas import Replicas
from elt.replication.plan.sequence_reads import list_sequences, read_sequences
from elt.replication.plan.sequences import Sequences
from elt.replication.plan.shapes_at_source import refuse_unusable_shapes
from elt.replication.preparation import prepare, read_catalogs
from elt.replication.publish.publication import Publication
from elt.replication.publish.transaction import publish
from elt.replication.sessions.positions import read_positions
from elt.replication.sessions.session import Session, summarize, tell_failure
from elt.replication.sessions.snapshot import Snapshot, held_snapshot
from elt.replication.state.run_state import StreamReport

if TYPE_CHECKING:
    from elt.replication.logical.wal import Wal

log = logs.logger(__name__)


def synchronize(
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
        with session.progress.doing("reading the catalogs"):
            catalog, existing = read_catalogs(session, schemas)
        plan = plan_streams(
            source,
            config.on_schema_change,
            catalog,
            only=session.options.streams,
            is_together=session.is_together,
        )
        session.failures |= plan.refused
        for refused, error in plan.refused.items():
            tell_failure(source.name, refused, error)
        _warn_of_idle_names(source, catalog)
        session.modes = {stream.name: stream.mode for stream in plan.streams}
        refuse_unusable_shapes(session.reader, source, plan)
        replicas = prepare(session, run_id, plan, existing)
        sequences = list_sequences(
            session.reader, source, schemas, replicas.existing.others
        )
        with session.progress.doing("reading the WAL"):
            wal = read_wal(session, following, replicas, snapshot)
        with archiving(config, source, snapshot.id, server_version(session.reader)):
            loading = _load(session, replicas, wal, snapshot)
    sequences = read_sequences(session.reader, session.writer, sequences)
    reports = _publish(session, run_id, replicas, loading, sequences)
    for stream, name in replicas.lost.items():
        log.warning("lost stream", source=source.name, stream=stream, renamed_to=name)
    landings = {r.replica.stream.name: r.replica.stream.schema for r in reports}
    for known in replicas.moved:
        if known.stream in landings:
            log.warning(
                "left replica",
                source=source.name,
                stream=known.stream,
                replica=write_name(*known.place),
                lands_in=landings[known.stream],
            )
    release_wal(session, following, wal, replicas)
    # Noted there, and by the publish.
    return reports, [*replicas.not_copied, *sequences.not_copied]


def _warn_of_idle_names(source: SourceConfig, catalog: Catalog) -> None:
    """Log names that nothing is called by: what was to be left out is copied."""
    for idle in list_idle_names(source, catalog):
        if not idle.is_pattern:
            log.warning(
                "name matches nothing",
                path=idle.path,
                name=idle.name,
                nearest=idle.nearest,
            )


def _load(
    session: Session, replicas: Replicas, wal: Wal | None, snapshot: Snapshot
) -> Loading:
    loading = Loading(
        config=session.config,
        source=session.source,
        snapshot=snapshot,
        landings=tuple(replicas.plan.landings.values()),
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
        raise summarize(loading.failures, session.source.name)
    return loading


def _publish(
    session: Session,
    run_id: int,
    replicas: Replicas,
    loading: Loading,
    sequences: Sequences,
) -> list[StreamReport]:
    publication = Publication(
        run_id=run_id,
        source=session.source.name,
        loads=loading.loads,
        places=replicas.plan.places,
        partitioned=replicas.partitioned,
        catalog=replicas.existing,
        snapshot=loading.snapshot.facts,
        mode_of=session.mode_of,
        all_constraints=session.config.destination.all_constraints,
        allow_shrink=session.allow_shrink,
        is_together=session.is_together,
        identities=read_positions(session.reader, replicas.partitioned),
        default_grants=list_default_grants(session.writer),
        failures=session.failures,
        unloaded=_list_unloaded(session, replicas, loading),
        known_partitioned=replicas.known_partitioned,
        known_places=frozenset(known.place for known in replicas.known.values()),
        gone=replicas.gone,
        moved=replicas.moved,
        not_copied=None if session.options.streams else replicas.not_copied,
        sequences=sequences,
        positions=loading.positions,
    )
    with session.progress.doing("publishing") as tell:
        return publish(session.writer, replace(publication, tell=tell))


def _list_unloaded(
    session: Session, replicas: Replicas, loading: Loading
) -> list[Stream]:
    """Return the streams that failed before they could be published."""
    loaded = {load.replica.stream.name for load in loading.loads}
    failed = session.failures.keys() - loaded
    plan = replicas.plan
    return [s for s in (*plan.streams, *plan.relatives) if s.name in failed]
