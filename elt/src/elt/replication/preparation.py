"""Prepare a run at the destination: types, schemas, and what each replica is to be."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from elt import logs
from elt.errors import ConfigError
from elt.postgres import Connection
from elt.replication.catalog.reading import read_catalog, set_search_path
from elt.replication.catalog.tables import Catalog, Place
from elt.replication.changes.adjustment import Adjustment, adjust
from elt.replication.changes.fitting import fit_new
from elt.replication.changes.schema_changes import SchemaChanges, compare
from elt.replication.design.designs import design_replicas
from elt.replication.design.replica import Replica
from elt.replication.design.streams import Plan, Stream
from elt.replication.incremental.survey import side_by_side
from elt.replication.plan import destination
from elt.replication.plan.dbt_impact import list_changed, tell_impact
from elt.replication.plan.dependents import (
    refuse_dependents,
    refuse_dependents_of_anew,
)
from elt.replication.plan.former_shapes import list_reshaped, refuse_forgotten_file
from elt.replication.plan.landings import land_schemas
from elt.replication.plan.left_replicas import Standing, read_standing
from elt.replication.plan.long_names import refuse_long_names
from elt.replication.plan.made_anew import list_made_anew
from elt.replication.plan.own_types import make_types
from elt.replication.plan.present_replicas import recall_definition
from elt.replication.plan.replicas import Replicas
from elt.replication.publish.wholes import is_part
from elt.replication.sessions.session import Session, summarize, tell_failure
from elt.replication.state import state
from elt.replication.state.left_state import forget_dropped_replicas
from elt.replication.state.state import KnownStream

log = logs.logger(__name__)


def read_catalogs(
    session: Session, schemas: tuple[str, ...]
) -> tuple[Catalog, Catalog]:
    """Read what the source holds, and meanwhile what is where its tables land."""
    landings = land_schemas(session.source, schemas)
    return side_by_side(
        # Not read_source: what it asks of both sides is asked before they are busy.
        partial(
            read_catalog,
            session.reader,
            schemas,
            include_views=session.source.include_views,
            elsewhere=session.elsewhere,
        ),
        partial(destination.read_existing, session.writer, landings.values()),
    )


def prepare(
    session: Session, run_id: int, plan: Plan, existing: Catalog | None = None
) -> Replicas:
    """Make schemas and types; decide what each replica looks like.

    From then on unqualified names mean at the destination what they mean at the source.
    `existing` is what the destination held a moment ago, where that was read.
    """
    writer = session.writer
    has_new_types = _make_ready(writer, run_id, plan)
    capabilities = destination.read_capabilities(
        writer, session.config.destination, session.elsewhere
    )
    designs = design_replicas(plan, capabilities)
    catalog = existing
    if catalog is None or has_new_types:
        # What types were made of may be another one now.
        catalog = destination.read_existing(writer, plan.landings.values())
    standing = _read_standing(session, plan)
    known = {k.stream: k for k in standing.known}
    known_partitioned = state.list_partitioned(writer, plan.source)
    gone = _find_gone(plan, standing.known)
    _refuse(session, designs, catalog, standing.known, known_partitioned)
    replicas = designs[len(plan.partitioned) :]
    decided, changed = _adjust(session, run_id, replicas, known, catalog)
    adjustments = _tell_parts(decided, designs[: len(plan.partitioned)], catalog)
    made_anew = list_made_anew(designs, adjustments.values(), catalog)
    refuse_dependents_of_anew(writer, list(made_anew))
    _refuse_dependents(session, run_id, adjustments.values(), catalog)
    tell_impact(session, list_changed(plan, changed, gone))
    if session.failures and session.is_together:
        raise summarize(session.failures, session.source.name)
    fitted = fit_new(designs, adjustments, catalog)
    return Replicas(
        plan=plan,
        streams=[
            adjustments[name].replica if name in adjustments else replica
            for replica in fitted[len(plan.partitioned) :]
            if (name := replica.stream.name) not in session.failures
        ],
        partitioned=fitted[: len(plan.partitioned)],
        existing=catalog,
        adjustments=adjustments,
        known=known,
        known_partitioned=known_partitioned,
        gone=gone,
        moved=standing.moved,
        not_copied=[
            *plan.not_copied,
            *(n for d in designs for n in d.not_copied),
            *standing.not_copied,
        ],
        capabilities=capabilities,
    )


def _read_standing(session: Session, plan: Plan) -> Standing:
    """Read what the state knows of the streams, and tell which are shaped otherwise."""
    forget_dropped_replicas(session.writer, plan.source)
    standing = read_standing(session.writer, plan)
    known = {k.stream: k for k in standing.known}
    refuse_forgotten_file(session.config, plan.streams, known)
    for stream, change in list_reshaped(plan.streams, known).items():
        log.warning("shape changed", source=plan.source, stream=stream, change=change)
    return standing


def _make_ready(writer: Connection, run_id: int, plan: Plan) -> bool:
    """Make what tables need before they are made: types, and schemas for their rows.

    Tells whether types were made or altered.
    """
    foreign = state.list_foreign_landings(writer, plan.source)
    destination.refuse_foreign_landings(plan.streams, foreign)
    streams = (*plan.partitioned, *plan.streams)
    destination.refuse_foreign_shadows(writer, plan.source, streams)
    set_search_path(writer, plan.landings.values())
    has_new_types = make_types(writer, run_id, plan)
    destination.make_shadows(writer, plan.source, streams)
    return has_new_types


def _refuse(
    session: Session,
    designs: Sequence[Replica],
    catalog: Catalog,
    known: Sequence[KnownStream],
    partitioned: Container[Place],
) -> None:
    """Raise ConfigError for what somebody has to change at the destination first."""
    refuse_long_names(designs)
    destination.refuse_missing_types(session.writer, designs)
    streams = [design.stream for design in designs]
    destination.refuse_foreign_tables(streams, catalog, known, partitioned)
    destination.refuse_lost_rows(streams, catalog, known)
    destination.refuse_taken_names(designs, catalog, known, partitioned)


def _adjust(
    session: Session,
    run_id: int,
    replicas: Sequence[Replica],
    known: Mapping[str, KnownStream],
    catalog: Catalog,
) -> tuple[dict[str, Adjustment], list[tuple[Replica, SchemaChanges]]]:
    """Decide by stream how a replica that exists follows its table; note refusals.

    Returns with that what changed, whether it is followed or refused.
    """
    adjustments = {}
    changed = []
    for replica in replicas:
        stream = replica.stream
        table = catalog.table(*stream.place)
        if table is None or table.holds_no_rows:
            continue
        try:
            definition = recall_definition(
                session.writer, known[stream.name], replica, table
            )
            adjustment = adjust(replica, definition)
        except ConfigError as error:
            changes = compare(known[stream.name].definition, replica)
            _note_refusal(session, run_id, stream, changes, error)
        else:
            adjustments[stream.name] = adjustment
            changes = adjustment.changes
        changed.append((replica, changes))
    return adjustments, changed


def _tell_parts(
    adjustments: Mapping[str, Adjustment], partitioned: Iterable[Replica], held: Catalog
) -> dict[str, Adjustment]:
    """Return adjustments, each with whether it is made at the table above."""
    wholes = {whole.stream.relation.oid: whole for whole in partitioned}
    return {
        name: replace(adjustment, is_part=is_part(adjustment, held, wholes))
        for name, adjustment in adjustments.items()
    }


def _refuse_dependents(
    session: Session,
    run_id: int,
    adjustments: Iterable[Adjustment],
    catalog: Catalog,
) -> None:
    """Note the streams whose changes views are in the way of."""
    for adjustment in adjustments:
        try:
            refuse_dependents(session.writer, adjustment, catalog)
        except ConfigError as error:
            stream = adjustment.replica.stream
            _note_refusal(session, run_id, stream, adjustment.changes, error)


def _note_refusal(
    session: Session,
    run_id: int,
    stream: Stream,
    changes: SchemaChanges,
    error: ConfigError,
) -> None:
    session.failures[stream.name] = error
    tell_failure(session.source.name, stream.name, error)
    state.save_schema_changes(
        session.writer, run_id, stream, changes.descriptions, "refused"
    )


def _find_gone(plan: Plan, known: Sequence[KnownStream]) -> list[KnownStream]:
    partitioned = {stream.name for stream in plan.partitioned}
    return [
        k
        for k in known
        if k.stream not in plan.source_tables or k.stream in partitioned
    ]
