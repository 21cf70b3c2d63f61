"""State: what is known of runs and streams, kept at the destination in schema `elt`.

What describes rows is written in the transaction that publishes them.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import elt
from elt import logs
from elt.config import SyncMode
from elt.errors import DataError, EltError
from elt.postgres import (
    Connection,
    execute,
    fetch,
    fetch_one,
    raw,
    sqlstate_of,
    transaction,
)
from elt.queries import load_queries
from elt.replication.copy import Copied
from elt.replication.definition import TableDefinition
from elt.replication.difference import Difference
from elt.replication.receipts import Method, Tally
from elt.replication.replica import Replica
from elt.replication.streams import NotCopied, Stream

log = logs.logger(__name__)
queries = load_queries("elt.replication", "sql/state.sql")

#: A unique or an exclusion constraint is broken: what is published has a row that the
#: source has not.
_NOT_UNIQUE = frozenset({"23505", "23P01"})


@dataclass(frozen=True, kw_only=True, slots=True)
class SnapshotFacts:
    """When and where in the source's history a snapshot was taken."""

    taken_at: datetime
    #: Position in the WAL: written on a primary, replayed on a standby.
    lsn: str
    #: Oldest transaction that was still open.
    horizon: int
    #: Before this one, every transaction is visible, unless it was open.
    next_transaction: int
    system_identifier: str
    timeline: int
    database_oid: int
    #: When the server was started, or went through a crash.
    running_since: datetime
    #: When the oldest open transaction began; None where that cannot be known.
    oldest_start: datetime | None = None
    #: Why it cannot, and whether a privilege would help.
    obstacle: str | None = None
    is_blind: bool = False
    #: At a standby, where it had replayed before the snapshot; None at a primary.
    replayed_lsn: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamReport:
    """What a run did to one stream."""

    replica: Replica
    #: Whether the run made the replica.
    is_new: bool
    copied: Copied
    difference: Difference
    definition: TableDefinition
    method: Method
    source: Tally
    destination: Tally
    #: Rows of the replica, without those that are deleted softly.
    rows: int
    #: Highest value of the cursor at the source.
    cursor_value: str | None
    seconds: float
    #: Rows that the source counted as deleted, None where nobody looked.
    source_deletes: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownStream:
    """A stream that was published before, and the snapshot that its replica shows."""

    stream: str
    destination_schema: str
    destination_table: str
    state: str
    #: The definition of the replica.
    document: Mapping[str, Any]
    row_count: int | None = None
    snapshot_at: datetime | None = None
    system_identifier: str | None = None
    timeline: int | None = None
    database_oid: int | None = None
    #: As a number of bytes.
    snapshot_lsn: int | None = None
    #: None where the next run must not rely on what was published.
    snapshot_horizon: int | None = None
    cursor_column: str | None = None
    cursor_value: str | None = None
    cursor_horizon: datetime | None = None
    #: Of logical streams: from where in the WAL the next run reads, what it has to
    #: find there, and how the table was published.
    lsn: str | None = None
    wal_mark: str | None = None
    published_from: int | None = None
    membership: int | None = None
    file_node: int | None = None
    #: Of incremental streams: rows that the source had counted as deleted.
    source_deletes: int | None = None

    @property
    def definition(self) -> TableDefinition:
        """Return what the replica looked like."""
        return TableDefinition.from_document(self.document)


@dataclass(frozen=True, kw_only=True, slots=True)
class WalPosition:
    """From where a logical stream goes on; the fields are those of `KnownStream`."""

    lsn: str
    wal_mark: str
    published_from: int
    membership: int
    file_node: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishedRun:
    """A run, and the instant of the source it shows."""

    run_id: int
    source: str
    snapshot: SnapshotFacts
    #: Exit code of the replicator: streams may fail while others are published.
    exit_code: int
    #: Whether it is a batch, with others to follow.
    is_following: bool = False
    #: By stream, from where in the WAL the next run goes on.
    positions: Mapping[str, WalPosition] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamFailure:
    """Why a stream was not published."""

    stream: str
    mode: SyncMode
    error: EltError


@dataclass(frozen=True, kw_only=True, slots=True)
class RunFailure:
    """Why a run published nothing."""

    run_id: int
    source: str
    reason: str
    exit_code: int
    is_interrupted: bool
    streams: Sequence[StreamFailure]


def migrate(connection: Connection) -> None:
    """Make the state tables, or bring those of an older version up to date."""
    with transaction(connection):
        execute(connection, queries["lock_migrations"])
        execute(connection, queries["create_state"])
        done = {
            version for (version,) in execute(connection, queries["list_migrations"])
        }
        scripts = Path(__file__).parent / "sql" / "migrations"
        for script in sorted(scripts.iterdir(), key=lambda file: file.name):
            version = script.name.removesuffix(".sql")
            if version in done:
                continue
            execute(connection, raw(script.read_text(encoding="utf-8")))
            execute(connection, queries["save_migration"], {"version": version})
            log.debug("migrated state", version=version)


def has_state(connection: Connection) -> bool:
    """Tell whether the state tables exist."""
    return bool(fetch_one(connection, queries["has_state"]))


def start_run(connection: Connection, source: str) -> int:
    """Record that a run has begun and return its id.

    Runs of the source that never ended are given up: who holds the lock knows that
    their program is dead.
    """
    execute(connection, queries["give_up_runs"], {"source": source})
    parameters = {
        "source": source,
        "host": socket.gethostname(),
        "version": elt.__version__,
    }
    return int(fetch_one(connection, queries["start_run"], parameters))


def fail_run(connection: Connection, failure: RunFailure) -> None:
    """Record why a run published nothing, and which streams it failed at."""
    parameters = {
        "run_id": failure.run_id,
        "status": "interrupted" if failure.is_interrupted else "failed",
        "error": failure.reason,
        "exit_code": failure.exit_code,
    }
    with transaction(connection):
        execute(connection, queries["fail_run"], parameters)
        for stream in failure.streams:
            fail_stream(connection, failure.run_id, failure.source, stream)


def fail_stream(
    connection: Connection, run_id: int, source: str, failure: StreamFailure
) -> None:
    """Record why a stream was not published.

    When its rows differed, or broke what holds at the source, the next run does not
    rely on what was published.
    """
    error = failure.error
    parameters = {
        "run_id": run_id,
        "source": source,
        "stream": failure.stream,
        "mode": failure.mode,
        "error": str(error),
        "is_distrusted": isinstance(error, DataError)
        or sqlstate_of(error) in _NOT_UNIQUE,
    }
    execute(connection, queries["fail_stream"], parameters)


def list_known_streams(connection: Connection, source: str) -> list[KnownStream]:
    """Return the streams of a source that have a replica."""
    parameters = {"source": source}
    return fetch(connection, KnownStream, queries["list_known"], parameters)


def find_known_streams(connection: Connection, source: str) -> dict[str, KnownStream]:
    """Return the same by their names."""
    return {known.stream: known for known in list_known_streams(connection, source)}


def list_foreign_landings(connection: Connection, source: str) -> dict[str, str]:
    """Return the schemas in which other sources land, with their names."""
    rows = execute(connection, queries["list_foreign_landings"], {"source": source})
    return {str(schema): str(owner) for schema, owner in rows}


def mark_gone(
    connection: Connection, run_id: int, source: str, streams: Iterable[str]
) -> None:
    """Record that the tables of some streams no longer exist at the source."""
    parameters = {"run_id": run_id, "source": source, "streams": list(streams)}
    execute(connection, queries["mark_gone"], parameters)


def save_schema_changes(
    connection: Connection,
    run_id: int,
    stream: Stream,
    descriptions: Iterable[str],
    action: str,
) -> None:
    """Record what changed in a table and what was done about it, once."""
    for description in descriptions:
        parameters = {
            "run_id": run_id,
            "source": stream.source,
            "stream": stream.name,
            "change": description,
            "action": action,
        }
        execute(connection, queries["save_schema_change"], parameters)


def save_run(
    connection: Connection,
    run: PublishedRun,
    reports: Sequence[StreamReport],
) -> None:
    """Record a published run, in its publishing transaction."""
    parameters = {
        "run_id": run.run_id,
        "source": run.source,
        "snapshot_at": run.snapshot.taken_at,
        "snapshot_lsn": run.snapshot.lsn,
        "snapshot_horizon": str(run.snapshot.horizon),
        "system_identifier": run.snapshot.system_identifier,
        "timeline": run.snapshot.timeline,
        "database_oid": run.snapshot.database_oid,
        "oldest_start": run.snapshot.oldest_start,
        "exit_code": run.exit_code,
        "is_following": run.is_following,
        "stream_count": len(reports),
        "reports": json.dumps(
            [_to_document(report, run.positions) for report in reports], default=str
        ),
    }
    execute(connection, queries["save_reports"], parameters)
    execute(connection, queries["publish_run"], parameters)


def save_not_copied(
    connection: Connection, source: str, objects: Iterable[NotCopied]
) -> None:
    """Record what of a source is not copied, in place of what was recorded."""
    execute(connection, queries["forget_not_copied"], {"source": source})
    documents = [{"object": o.name, "reason": o.reason} for o in objects]
    parameters = {"source": source, "objects": json.dumps(documents)}
    execute(connection, queries["save_not_copied"], parameters)


def _to_document(
    report: StreamReport, positions: Mapping[str, WalPosition]
) -> dict[str, object]:
    """Return a report as the query `save_reports` reads it."""
    replica, stream = report.replica, report.replica.stream
    position = positions.get(stream.name)
    foreign_keys = [
        {
            "columns": key.columns,
            "references": key.references,
            "referenced_columns": key.referenced_columns,
        }
        for key in sorted(replica.foreign_keys, key=lambda key: key.name)
    ]
    return {
        "stream": stream.name,
        "mode": stream.mode,
        "destination_schema": stream.schema,
        "destination_table": stream.relation.name,
        "key_columns": stream.table.key,
        "foreign_keys": foreign_keys,
        "definition": report.definition.to_document(),
        "shape": str(stream.shaping.shape) or None,
        "rows_read": report.copied.rows,
        "rows_inserted": report.difference.inserted,
        "rows_updated": report.difference.updated,
        "rows_deleted": report.difference.deleted,
        "bytes_copied": report.copied.bytes,
        "seconds": report.seconds,
        "row_count": report.rows,
        "cursor_column": stream.cursor,
        "cursor_value": report.cursor_value,
        "method": report.method,
        "source_row_count": report.source.rows,
        "source_checksum": report.source.checksum,
        "destination_row_count": report.destination.rows,
        "destination_checksum": report.destination.checksum,
        "source_deletes": report.source_deletes,
    } | (asdict(position) if position is not None else {})
