"""What a run leaves in the state: that it began, and what it published or why not.

What describes rows is written in the transaction that publishes them.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace

import elt
from elt.config import SyncMode
from elt.errors import DataError, EltError, ShrinkError
from elt.postgres import Connection, execute, fetch_one, sqlstate_of, transaction
from elt.queries import load_queries
from elt.replication.catalog.tables import name_columns
from elt.replication.design.definition import TableDefinition
from elt.replication.design.replica import Replica
from elt.replication.rows.copy import Copied
from elt.replication.rows.difference import Difference
from elt.replication.rows.receipts import Method, Tally
from elt.replication.state.state import SnapshotFacts, WalPosition

queries = load_queries("elt.replication", "sql/run_state.sql")

#: A unique or an exclusion constraint is broken: what is published has a row that the
#: source has not.
_NOT_UNIQUE = frozenset({"23505", "23P01"})
#: A character that the encoding of a database does not have.
_UNTRANSLATABLE = "22P05"


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
    #: Rows that a replica had before alterations of which some delete rows.
    altered_rows: int = 0


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
    try:
        _fail_run(connection, failure)
    except EltError as error:
        if sqlstate_of(error) != _UNTRANSLATABLE:
            raise
        _fail_run(connection, _in_ascii(failure))


def _in_ascii(failure: RunFailure) -> RunFailure:
    """Return a failure without what the encoding of the state may not write."""
    return replace(
        failure,
        reason=failure.reason.encode("ascii", "backslashreplace").decode(),
        streams=[s for s in failure.streams if f"{s.stream} {s.error}".isascii()],
    )


def _fail_run(connection: Connection, failure: RunFailure) -> None:
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
        "is_distrusted": _is_distrusted(error),
    }
    execute(connection, queries["fail_stream"], parameters)


def _is_distrusted(error: EltError) -> bool:
    is_different = isinstance(error, DataError) and not isinstance(error, ShrinkError)
    return is_different or sqlstate_of(error) in _NOT_UNIQUE


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
    new = [r.replica.stream for r in reports if r.is_new]
    if new:
        places = name_columns(stream.place for stream in new)
        names = {"source": run.source, "streams": [stream.name for stream in new]}
        execute(connection, queries["forget_dropped"], places | names)
    execute(connection, queries["save_reports"], parameters)
    execute(connection, queries["publish_run"], parameters)


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
