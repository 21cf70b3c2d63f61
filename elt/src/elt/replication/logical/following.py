"""Slot and publication of a source with logical streams, before its snapshot is taken.

What commits from here on is in the WAL that the slot keeps; and what the snapshot sees
is in the rows. So nothing is missed in between, and nobody has to wait.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from elt import logs
from elt.config import SourceConfig, SyncMode
from elt.errors import (
    ConfigError,
    EltError,
    InterruptedRun,
    LostConnectionError,
    TemporaryError,
)
from elt.postgres import READ_ONLY, transaction
from elt.replication.catalog.reading import list_schemas
from elt.replication.design.streams import Stream
from elt.replication.logical.identities import (
    list_unfit,
    read_identities,
    refuse_unfit,
)
from elt.replication.logical.publication_changes import (
    change_publication,
    compare_publication,
)
from elt.replication.logical.published_columns import choose_published
from elt.replication.logical.published_tables import (
    drop_publication,
    given_at_primary,
    is_ours,
    read_publication,
)
from elt.replication.logical.relief import relieve_tables
from elt.replication.logical.slot_decision import (
    Slot,
    SlotAction,
    SlotDecision,
    decide_slot,
    report_slot,
)
from elt.replication.logical.slots import (
    create_slot,
    drop_slot,
    find_slot,
    free_slot,
    read_next_transaction,
    read_position,
)
from elt.replication.logical.source_server import (
    SourceServer,
    describe_server,
    find_obstacles,
)
from elt.replication.logical.strays import warn_of_strays
from elt.replication.logical.wal_reads import Membership, SlotHistory, place_in_history
from elt.replication.plan.planning import plan_streams
from elt.replication.sessions.session import Session, read_source
from elt.replication.state import slot_state, state

log = logs.logger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Following:
    """The slot and the publication of a source, ready before the snapshot."""

    source: SourceConfig
    #: None where there could be no slot.
    slot: SlotHistory | None
    #: By object id of the table.
    memberships: Mapping[int, Membership]


def prepare_source(session: Session) -> Following | None:
    """Bring slot and publication up to date; None for a source without logical streams.

    Raises ConfigError where the source or a table does not allow logical replication.
    """
    known = slot_state.find_known_slot(session.writer, session.source.name)
    try:
        return _prepare(session, known)
    except (InterruptedRun, LostConnectionError):
        raise
    except EltError:
        if known is not None and known.owns_publication:
            relieve_tables(session.reader, session.source, known.publication)
        raise


def _prepare(session: Session, known: slot_state.KnownSlot | None) -> Following | None:
    source, reader = session.source, session.reader
    streams = _list_logical(session) if source.may_be_logical else []
    if not streams and known is None:
        return None
    server = describe_server(reader)
    if known is not None and (not streams or known.slot != source.slot_name):
        _release(session, known, server)
        known = None
    if not streams:
        return None
    slot = _examine(session, known, server)
    # First of all: beside a slot of somebody else, the publication is theirs as well.
    decision = _decide(session, known, slot)
    memberships = _publish_tables(session, streams, server)
    if known is not None:
        _take_over_publication(session, known, server)
    history = _make_slot(session, known, decision, server)
    slot_state.save_lag(session.writer, source.name, *read_position(reader))
    return Following(source=source, slot=history, memberships=memberships)


def _list_logical(session: Session) -> list[Stream]:
    """Return all logical streams of the source, also those this run leaves out."""
    with transaction(session.reader, READ_ONLY):
        catalog = read_source(session, list_schemas(session.reader))
    plan = plan_streams(
        session.source,
        session.config.on_schema_change,
        catalog,
        is_together=session.is_together,
    )
    return [s for s in plan.streams if s.mode is SyncMode.LOGICAL]


def _release(
    session: Session, known: slot_state.KnownSlot, server: SourceServer
) -> None:
    """Drop a slot that is no longer needed, and the publication that was ours."""
    drop_slot(session.reader, known.slot)
    is_given = known.publication == session.source.publication
    if known.owns_publication and not is_given and not server.is_standby:
        _drop_publication(session, known.publication)
    slot_state.forget_slot(session.writer, session.source.name)
    log.info("released slot", source=session.source.name, slot=known.slot)


def _take_over_publication(
    session: Session, known: slot_state.KnownSlot, server: SourceServer
) -> None:
    """Drop the publication of the last run where this one reads by another.

    Tables that nobody looks after could lose their keys, and be updated by nobody.
    """
    source = session.source
    is_own = is_ours(source, is_standby=server.is_standby)
    is_same = known.publication == source.publication_name
    if is_same and known.owns_publication == is_own:
        return
    if known.owns_publication and not is_same and not server.is_standby:
        _drop_publication(session, known.publication)
    slot_state.save_publication(session.writer, source, owns_publication=is_own)


def _drop_publication(session: Session, name: str) -> None:
    try:
        drop_publication(session.reader, name)
    except ConfigError as error:
        # Its owner is somebody else by now; it keeps nothing at the source.
        log.warning(
            "failed to drop publication",
            source=session.source.name,
            error=error.message,
        )


def _examine(
    session: Session, known: slot_state.KnownSlot | None, server: SourceServer
) -> Slot | None:
    """Measure the slot; refuse a source that allows none."""
    source = session.source
    slot = find_slot(session.reader, source.slot_name)
    obstacles = find_obstacles(server, slot, source.slot_name)
    if obstacles:
        raise obstacles[0]
    if slot is not None and known is not None:
        if slot.is_active:
            free_slot(session.reader, slot.name)
        slot_state.measure_slot(session.writer, source.name, slot.retained_bytes)
        report_slot(source, slot)
    return slot


def _decide(
    session: Session, known: slot_state.KnownSlot | None, slot: Slot | None
) -> SlotDecision:
    return decide_slot(
        slot,
        is_known=known is not None,
        is_complete=known is not None and known.complete_from is not None,
        wal_budget=session.source.wal_budget,
    )


def _publish_tables(
    session: Session, streams: list[Stream], server: SourceServer
) -> dict[int, Membership]:
    """Publish just the streams; return since when each of them is.

    What a standby publishes is decided at its primary.
    """
    source, reader = session.source, session.reader
    identities = read_identities(reader, streams)
    unfit = list_unfit(streams, identities)
    # A table that has lost its key meanwhile is taken out at once: its application
    # fails for as long as it is published.
    fit = [stream for stream in streams if stream.name not in unfit]
    publication, members = read_publication(reader, source.publication_name)
    wanted = choose_published(fit, identities, server.version)
    if server.is_standby:
        refuse_unfit(unfit)
        source = given_at_primary(source)
    change = compare_publication(source, publication, members, wanted)
    if change_publication(reader, source, change):
        _, members = read_publication(reader, source.publication_name)
    refuse_unfit(unfit)
    now = read_next_transaction(reader, is_standby=server.is_standby)
    known = state.find_known_streams(session.writer, source.name)
    by_oid = {member.oid: member for member in members}
    return {
        oid: place_in_history(
            stream.name, by_oid[oid], identities[oid], known.get(stream.name), now=now
        )
        for stream in fit
        if (oid := stream.relation.oid) in by_oid
    }


def _make_slot(
    session: Session,
    known: slot_state.KnownSlot | None,
    decision: SlotDecision,
    server: SourceServer,
) -> SlotHistory | None:
    """Keep, make or remake the slot; None where open transactions do not allow it."""
    source, reader, writer = session.source, session.reader, session.writer
    complete_from = known.complete_from if known is not None else None
    if decision.action is SlotAction.KEEP and complete_from is not None:
        return SlotHistory(complete_from=complete_from)
    if decision.reason is not None:
        log.warning(
            "replaced slot",
            source=source.name,
            slot=source.slot_name,
            reason=decision.reason,
        )
    is_own = is_ours(source, is_standby=server.is_standby)
    warn_of_strays(reader, writer, session.config, source)
    slot_state.announce_slot(writer, source, owns_publication=is_own)
    drop_slot(reader, source.slot_name)
    try:
        create_slot(reader, source.slot_name, is_standby=server.is_standby)
    except (LostConnectionError, InterruptedRun):
        raise
    except TemporaryError as error:
        log.warning("failed to make slot", source=source.name, error=str(error))
        return None
    complete_from = read_next_transaction(reader, is_standby=server.is_standby)
    slot_state.complete_slot(writer, source.name, complete_from)
    log.info("made slot", source=source.name, slot=source.slot_name)
    # A teardown forgets the slot, and why it was dropped.
    reason = decision.reason or "its slot is new"
    return SlotHistory(complete_from=complete_from, reason=reason)
