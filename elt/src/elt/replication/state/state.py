"""State: what is known of streams, kept at the destination in schema `elt`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from elt import logs
from elt.postgres import Connection, execute, fetch, fetch_one, raw, transaction
from elt.queries import load_queries
from elt.replication.catalog.tables import Place, name_columns
from elt.replication.design.definition import TableDefinition
from elt.replication.design.streams import NotCopied, Stream

log = logs.logger(__name__)
queries = load_queries("elt.replication", "sql/state.sql")


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


@dataclass(frozen=True, kw_only=True)
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
    #: What of the table did not leave its source, in words.
    shape: str | None = None
    #: Of incremental streams: rows that the source had counted as deleted.
    source_deletes: int | None = None

    @property
    def place(self) -> Place:
        """Return the schema and the name of the replica."""
        return self.destination_schema, self.destination_table

    @cached_property
    def definition(self) -> TableDefinition:
        """Return what the replica looked like, read from its document once."""
        return TableDefinition.from_document(self.document)


@dataclass(frozen=True, kw_only=True, slots=True)
class WalPosition:
    """From where a logical stream goes on; the fields are those of `KnownStream`."""

    lsn: str
    wal_mark: str
    published_from: int
    membership: int
    file_node: int


def migrate(connection: Connection) -> None:
    """Make the state tables, or bring those of an older version up to date."""
    with transaction(connection):
        found = execute(connection, queries["list_migrations"])
        done = {version for (version,) in found}
        scripts = Path(__file__).parents[1] / "sql" / "migrations"
        missing = {
            script.stem: script.read_text(encoding="utf-8")
            for script in sorted(scripts.iterdir(), key=lambda file: file.name)
            if script.stem not in done
        }
        if missing:
            # In one message: at first there are many, and a server may be far away.
            execute(connection, raw("".join(missing.values())))
            parameters = {"versions": list(missing)}
            execute(connection, queries["save_migrations"], parameters)
            log.debug("migrated state", versions=list(missing))


def has_state(connection: Connection, table: str = "elt.streams") -> bool:
    """Tell whether a table of the state exists.

    That of an older version gets what is new in this one with its next run.
    """
    return bool(fetch_one(connection, queries["has_state"], {"table": table}))


def list_known_streams(connection: Connection, source: str) -> list[KnownStream]:
    """Return the streams of a source that have a replica."""
    parameters = {"source": source}
    return fetch(connection, KnownStream, queries["list_known"], parameters)


def find_known_streams(connection: Connection, source: str) -> dict[str, KnownStream]:
    """Return the same by their names."""
    return {known.stream: known for known in list_known_streams(connection, source)}


def list_partitioned(
    connection: Connection, source: str
) -> dict[Place, list[str] | None]:
    """Return where the partitioned tables of a source are that elt has made.

    They hold no rows themselves and are no streams. With each are the names of its
    foreign keys, or None where only an earlier version has published it.
    """
    rows = execute(connection, queries["list_partitioned"], {"source": source})
    return {(schema, name): keys for schema, name, keys in rows}


def save_partitioned(
    connection: Connection,
    source: str,
    partitioned: Mapping[Place, Iterable[str]],
    ordinary: Iterable[Place],
) -> None:
    """Record which tables are partitioned from now on, and which are not.

    The first are given with the names of their foreign keys.
    """
    wholes = [
        {"schema": schema, "name": name, "foreign_keys": list(names)}
        for (schema, name), names in partitioned.items()
    ]
    if wholes:
        parameters: dict[str, object] = {
            "source": source,
            "wholes": json.dumps(wholes),
        }
        execute(connection, queries["save_partitioned"], parameters)
    places = list(ordinary)
    if places:
        parameters = {"source": source} | name_columns(places)
        execute(connection, queries["forget_partitioned"], parameters)


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


def save_added(
    connection: Connection, run_id: int, source: str, streams: Iterable[str]
) -> None:
    """Record that some streams have a replica now, unless this is the first run."""
    parameters = {"run_id": run_id, "source": source, "streams": list(streams)}
    execute(connection, queries["save_added"], parameters)


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


def save_not_copied(
    connection: Connection, source: str, objects: Iterable[NotCopied]
) -> None:
    """Record what of a source is not copied, in place of what was recorded."""
    execute(connection, queries["forget_not_copied"], {"source": source})
    documents = [{"object": o.name, "reason": o.reason} for o in objects]
    parameters = {"source": source, "objects": json.dumps(documents)}
    execute(connection, queries["save_not_copied"], parameters)
