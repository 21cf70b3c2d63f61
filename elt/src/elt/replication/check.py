"""The doctor's report: what stands in the way of a run, and how to remove it.

Writes nothing. Everything that can be looked at is looked at, so that one report names
all that is wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from elt.config import Config, PublishPolicy, SourceConfig
from elt.errors import ConfigError, EltError
from elt.lineage.manifest import Manifest
from elt.postgres import (
    READ_ONLY,
    Connection,
    connect,
    server_encoding,
    server_version,
    transaction,
)
from elt.replication.catalog.elsewhere import HERE, Elsewhere, compare_servers
from elt.replication.catalog.reading import list_schemas, read_catalog
from elt.replication.catalog.tables import Catalog, Relation
from elt.replication.design.designs import design_replicas
from elt.replication.design.streams import Plan
from elt.replication.design.views import is_taken_for_table
from elt.replication.findings.changes import (
    examine_changes,
    examine_dependents,
    examine_left_out,
)
from elt.replication.findings.connections import examine_connections
from elt.replication.findings.destination import (
    examine_destination,
    examine_privileges,
    find_unreadable_state,
)
from elt.replication.findings.finding import (
    CheckReport,
    Finding,
    Level,
    failed,
    left_out,
    ok,
)
from elt.replication.findings.logical import examine_logical, examine_strays
from elt.replication.findings.reads import examine_reads
from elt.replication.findings.sequences import examine_sequences
from elt.replication.findings.shapes import examine_former_shapes, examine_shapes
from elt.replication.findings.shrinking import examine_shrinking
from elt.replication.findings.views import examine_views
from elt.replication.logical.source_server import SourceServer, describe_server
from elt.replication.plan import destination
from elt.replication.plan.archive import prepare_archive, standby_refusal
from elt.replication.plan.idle_names import list_idle_names
from elt.replication.plan.left_replicas import Standing, read_standing
from elt.replication.plan.planning import plan_streams
from elt.replication.sessions.session import OLDEST_VERSION
from elt.replication.sessions.snapshot import describe_snapshot, find_oldest_start
from elt.replication.state import state
from elt.replication.state.lock import describe_program, is_same_database
from elt.replication.state.slot_state import find_known_slot
from elt.replication.state.state import SnapshotFacts
from elt.tables import human_bytes, human_count


def check(
    config: Config, source: SourceConfig, manifest: Manifest | None = None
) -> CheckReport:
    """Examine a source and the destination; never raise for what is found.

    With the manifest of a dbt project, what changed is followed into it.
    """
    findings: list[Finding] = []
    name = describe_program("check", source.name)
    settings = {
        "source": source.connection,
        "destination": config.destination.connection,
    }
    connections: dict[str, Connection] = {}
    try:
        for subject, wanted in settings.items():
            try:
                connections[subject] = connect(wanted, application_name=name)
            except EltError as error:
                findings.append(failed(subject, error))
        for subject, connection in connections.items():
            findings += _examine_server(connection, subject)
        findings += _examine(config, source, connections, manifest)
    finally:
        for connection in connections.values():
            connection.close()
    return CheckReport(source=source.name, findings=findings)


def _examine_server(connection: Connection, subject: str) -> Iterator[Finding]:
    version = server_version(connection)
    text = f"PostgreSQL {version}, database {connection.settings}"
    if version < OLDEST_VERSION:
        message = f"{text}: elt needs {OLDEST_VERSION} or newer"
        yield failed(subject, ConfigError(message))
    else:
        yield ok(subject, text)


def _examine(
    config: Config,
    source: SourceConfig,
    connections: dict[str, Connection],
    manifest: Manifest | None,
) -> Iterator[Finding]:
    reader, writer = connections.get("source"), connections.get("destination")
    if reader is not None and writer is not None:
        if is_same_database(reader, writer):
            text = "Source and destination are one database"
            error = ConfigError(text, hint="Correct DESTINATION_*.")
            yield failed("destination", error)
        yield from _compare_encodings(reader, writer)
    for subject, connection in connections.items():
        yield from examine_connections(connection, subject, config.workers)
    if writer is not None:
        yield from examine_privileges(writer)
        unreadable = find_unreadable_state(writer)
        if unreadable is not None:
            yield unreadable
            writer = None
    if reader is not None:
        yield from _examine_source(config, source, reader, writer, manifest)


def _examine_source(
    config: Config,
    source: SourceConfig,
    reader: Connection,
    writer: Connection | None,
    manifest: Manifest | None,
) -> Iterator[Finding]:
    """Yield what is found at the source, and what it makes of the destination."""
    elsewhere = HERE if writer is None else compare_servers(reader, writer)
    server = describe_server(reader)
    yield from _examine_source_server(server, is_logical=source.may_be_logical)
    yield from _examine_archive(config, source, server)
    facts, catalog = _read_source(reader, source, elsewhere)
    try:
        is_together = config.publish is PublishPolicy.TOGETHER
        plan = plan_streams(
            source, config.on_schema_change, catalog, is_together=is_together
        )
    except EltError as error:
        yield failed("source", error)
        return
    for refused in plan.refused.values():
        yield failed("source", refused)
    yield from _examine_streams(plan)
    yield from _examine_names(source, catalog)
    yield from examine_views(reader, source, plan.streams)
    yield from examine_shapes(reader, source, plan)
    if writer is None:
        yield from examine_logical(reader, server, source, plan, None)
        yield from examine_sequences(reader, None, source, catalog.schemas)
        return
    has_slots = state.has_state(writer, "elt.slots")
    known_slot = find_known_slot(writer, source.name) if has_slots else None
    yield from examine_logical(reader, server, source, plan, known_slot)
    if has_slots:
        yield from examine_strays(reader, writer, config)
    capabilities = destination.read_capabilities(writer, config.destination, elsewhere)
    designs = design_replicas(plan, capabilities)
    standing = _read_standing(writer, plan)
    known = {stream.stream: stream for stream in standing.known}
    held = read_catalog(writer, plan.landings.values())
    yield from examine_sequences(reader, writer, source, catalog.schemas, held.others)
    yield from examine_former_shapes(config, plan, known)
    yield from left_out(standing.not_copied)
    yield from examine_destination(writer, plan, designs, held, known.values())
    replicas = [(d, table) for d in designs if (table := held.table(*d.stream.place))]
    yield from examine_changes(writer, plan, replicas, known, manifest)
    yield from examine_left_out(source, plan, known.values())
    yield from examine_dependents(writer, [r for r, _ in replicas], known, held)
    yield from examine_shrinking(reader, plan.streams, known, config.allow_shrink)
    yield from examine_reads(designs, known, facts, source.connection.user)


def _examine_archive(
    config: Config, source: SourceConfig, server: SourceServer
) -> Iterator[Finding]:
    """Yield where the archive goes, or why there would be none."""
    path = config.dump_path
    if path is None:
        return
    if server.is_standby:
        yield failed("archive", standby_refusal(source))
        return
    try:
        target, _ = prepare_archive(config, source, path, server.version)
    except ConfigError as error:
        yield failed("archive", error)
        return
    yield ok("archive", f"each run keeps one in {target}")


def _read_source(
    reader: Connection, source: SourceConfig, elsewhere: Elsewhere
) -> tuple[SnapshotFacts, Catalog]:
    """Read what a source holds, as a run would, and where its history stands."""
    oldest = find_oldest_start(reader)
    with transaction(reader, READ_ONLY):
        facts = describe_snapshot(reader, oldest)
        catalog = read_catalog(
            reader,
            list_schemas(reader),
            include_views=source.include_views,
            elsewhere=elsewhere,
        )
    return facts, catalog


def _compare_encodings(reader: Connection, writer: Connection) -> Iterator[Finding]:
    source, copy = server_encoding(reader), server_encoding(writer)
    if copy not in {source, "UTF8"}:
        text = f"its encoding is {copy}, that of the source {source}"
        yield Finding(
            level=Level.WARNING,
            subject="destination",
            text=text,
            fix="Create the destination database with ENCODING 'UTF8'.",
        )


def _examine_source_server(
    server: SourceServer, *, is_logical: bool
) -> Iterator[Finding]:
    if server.is_standby:
        text = "is a standby: long reads may be cancelled by its replay"
        fix = (
            "Raise max_standby_streaming_delay there, or turn hot_standby_feedback on."
        )
        yield Finding(level=Level.WARNING, subject="source", text=text, fix=fix)
        text = "is a standby: one session reads its tables, one after the other"
        yield Finding(level=Level.NOTE, subject="source", text=text)
    if server.wal_level != "logical" and not is_logical:
        text = (
            f"wal_level is {server.wal_level}; logical replication would need logical"
        )
        yield Finding(level=Level.NOTE, subject="source", text=text)


def _examine_streams(plan: Plan) -> Iterator[Finding]:
    views = [s for s in plan.streams if is_taken_for_table(s.relation)]
    tables = [s for s in plan.streams if not is_taken_for_table(s.relation)]
    count = human_count(len(tables), "table")
    count += f" and {human_count(len(views), 'view')}" if views else ""
    yield ok("streams", f"{count}, {describe_size(s.relation for s in plan.streams)}")
    keyless = [stream.name for stream in tables if not stream.table.key]
    if keyless:
        text = f"{', '.join(keyless)}: no key, so rows are compared by all their values"
        fix = "Add a primary key to make runs cheaper."
        yield Finding(level=Level.WARNING, subject="streams", text=text, fix=fix)
    hidden = [s.name for s in plan.streams if s.relation.hides_rows]
    if hidden:
        text = f"row security decides which rows are copied of {', '.join(hidden)}"
        yield Finding(level=Level.NOTE, subject="streams", text=text)
    yield from left_out(plan.not_copied)


def describe_size(relations: Iterable[Relation]) -> str:
    """Return how much there is to copy, as far as the statistics know the rows."""
    found = list(relations)
    size = human_bytes(sum(relation.bytes for relation in found))
    rows = sum(relation.estimated_rows or 0 for relation in found)
    uncounted = sum(r.estimated_rows is None and r.pages > 0 for r in found)
    if uncounted and not rows:
        return f"{size}; rows unknown until ANALYZE"
    of_some = f"; rows of {uncounted:,} unknown until ANALYZE" if uncounted else ""
    return f"about {rows:,} rows and {size}{of_some}"


def _examine_names(source: SourceConfig, catalog: Catalog) -> Iterator[Finding]:
    """Name what elt.yaml names and nothing is called by."""
    for idle in list_idle_names(source, catalog):
        asked = f"; did you mean {idle.nearest}?" if idle.nearest else ""
        text = f"{idle.path}: nothing is called {idle.name}{asked}"
        level = Level.NOTE if idle.is_pattern else Level.WARNING
        yield Finding(level=level, subject="streams", text=text)


def _read_standing(writer: Connection, plan: Plan) -> Standing:
    if not state.has_state(writer):
        return Standing(known=[], moved=[], not_copied=[])
    return read_standing(writer, plan)
