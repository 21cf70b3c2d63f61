"""What a check finds about logical streams: what the source must allow, and does."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from elt.config import Config, SourceConfig, SyncMode
from elt.errors import ConfigError
from elt.postgres import Connection, execute
from elt.replication.catalog.tables import write_name
from elt.replication.design.streams import Plan, Stream
from elt.replication.findings.finding import Finding, Level, failed
from elt.replication.logical.identities import (
    list_unfit,
    read_identities,
    refuse_unfit,
)
from elt.replication.logical.publication_changes import (
    PublicationChange,
    compare_publication,
    statement_for,
)
from elt.replication.logical.published_columns import choose_published
from elt.replication.logical.published_tables import given_at_primary, read_publication
from elt.replication.logical.relief import list_stuck
from elt.replication.logical.slot_decision import Slot, decide_slot
from elt.replication.logical.slots import find_slot, primary_refuses, queries
from elt.replication.logical.source_server import (
    Feedback,
    SourceServer,
    describe_feedback,
    find_obstacles,
    may_decode,
)
from elt.replication.logical.strays import (
    advise_on_stray,
    describe_stray,
    find_strays,
)
from elt.replication.state.slot_state import KnownSlot
from elt.tables import human_bytes, human_count


def examine_logical(
    reader: Connection,
    server: SourceServer,
    source: SourceConfig,
    plan: Plan,
    known: KnownSlot | None,
) -> Iterator[Finding]:
    """Yield what stands in the way of the logical streams of a source."""
    streams = [s for s in plan.streams if s.mode is SyncMode.LOGICAL]
    if not streams:
        return
    slot = find_slot(reader, source.slot_name)
    obstacles = find_obstacles(server, slot, source.slot_name)
    if server.is_standby and not obstacles:
        if not may_decode(reader):
            obstacles.append(primary_refuses())
        yield from _examine_feedback(describe_feedback(reader))
    yield from (failed("source", obstacle) for obstacle in obstacles)
    identities = read_identities(reader, streams)
    unfit = list_unfit(streams, identities)
    fit = [stream for stream in streams if stream.name not in unfit]
    try:
        refuse_unfit(unfit)
    except ConfigError as error:
        yield failed("source", error)
    try:
        wanted = choose_published(fit, identities, server.version)
        change = compare_publication(
            given_at_primary(source) if server.is_standby else source,
            *read_publication(reader, source.publication_name),
            wanted,
        )
    except ConfigError as error:
        yield failed("source", error)
    else:
        if not server.is_standby:
            may_create = server.may_create
            yield from _examine_rights(reader, source, change, may_create=may_create)
    if source.publication is not None:
        yield from _examine_stuck(reader, source.publication, {*unfit})
    if not obstacles:
        yield from _examine_slot(source, streams, slot, known)


def examine_strays(
    reader: Connection, writer: Connection, config: Config
) -> Iterator[Finding]:
    """Yield what a source still keeps for sources that elt.yaml does not name."""
    for stray in find_strays(reader, writer, config):
        yield Finding(
            level=Level.WARNING,
            subject="source",
            text=describe_stray(stray),
            fix=advise_on_stray(stray),
        )


def _examine_feedback(feedback: Feedback) -> Iterator[Finding]:
    """Yield what makes the slot of a standby go to waste."""
    if not feedback.is_given:
        text = "its primary may remove rows that the slot needs, which invalidates it"
        fix = (
            "Run there: ALTER SYSTEM SET hot_standby_feedback = on; "
            "SELECT pg_reload_conf();"
        )
        yield Finding(level=Level.WARNING, subject="source", text=text, fix=fix)
    elif not feedback.is_lasting:
        text = "while it is away, its primary may remove rows that the slot needs"
        fix = "Give the standby a physical slot of its primary: primary_slot_name."
        yield Finding(level=Level.WARNING, subject="source", text=text, fix=fix)


def _examine_stuck(
    reader: Connection, publication: str, refused: Collection[str]
) -> Iterator[Finding]:
    """Yield a warning of tables that a given publication makes useless to everybody.

    Whatever elt reads of it: a run says so only of logical streams, which it refuses.
    """
    stuck = [write_name(m.schema, m.name) for m in list_stuck(reader, publication)]
    names = [name for name in stuck if name not in refused]
    if names:
        text = (
            f"publication {publication} lets nobody update or delete rows of "
            f"{', '.join(names)}: the WAL would not say which"
        )
        fix = "Take them out of it, or give each a primary key or a REPLICA IDENTITY."
        yield Finding(level=Level.WARNING, subject="source", text=text, fix=fix)


def _examine_rights(
    reader: Connection,
    source: SourceConfig,
    change: PublicationChange,
    *,
    may_create: bool,
) -> Iterator[Finding]:
    """Yield what the role may not publish."""
    parameters = {"oids": [stream.relation.oid for stream in change.added]}
    foreign = execute(reader, queries["list_foreign_tables"], parameters)
    if foreign or (change.is_new and not may_create):
        message = f"Role {source.connection.user} may not publish tables of the source"
        hint = (
            f"Run there, as the owner of the tables:{statement_for(source, change)}\n"
            f"and set publication: {source.publication_name} in elt.yaml."
        )
        yield failed("source", ConfigError(message, hint=hint))


def _examine_slot(
    source: SourceConfig,
    streams: Sequence[Stream],
    slot: Slot | None,
    known: KnownSlot | None,
) -> Iterator[Finding]:
    count = human_count(len(streams), "logical stream")
    is_complete = known is not None and known.complete_from is not None
    try:
        decision = decide_slot(
            slot,
            is_known=known is not None,
            is_complete=is_complete,
            wal_budget=source.wal_budget,
        )
    except ConfigError as error:
        yield failed("source", error)
        return
    if decision.reason is not None:
        text = f"{count}: all rows are compared once, as {decision.reason}"
        yield Finding(level=Level.WARNING, subject="streams", text=text)
    elif slot is None:
        text = f"{count}: the first run makes the slot {source.slot_name}"
        yield Finding(level=Level.OK, subject="streams", text=text)
    else:
        kept = human_bytes(slot.retained_bytes)
        text = f"{count}: the slot {slot.name} keeps {kept} of WAL"
        yield Finding(level=Level.OK, subject="streams", text=text)
