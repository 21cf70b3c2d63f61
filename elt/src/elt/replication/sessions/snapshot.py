"""The source: one snapshot, and COPY statements that read from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from elt.errors import ConfigError, LostConnectionError, TemporaryError
from elt.postgres import (
    READ_ONLY,
    Composable,
    Connection,
    Identifier,
    Literal,
    compose,
    execute,
    fetch,
    fetch_one,
    joined,
    raw,
    send_ahead,
    sqlstate_of,
    transaction,
)
from elt.queries import load_queries
from elt.replication.catalog.reading import set_search_path
from elt.replication.design.replica import Replica, ReplicaColumn
from elt.replication.rows.from_item import source_rows
from elt.replication.rows.parts import Part
from elt.replication.rows.receipts import Method, row_hash
from elt.replication.state.state import SnapshotFacts

queries = load_queries("elt.replication", "sql/source.sql")

#: Begins what a session reads from a snapshot. To go back there ends its locks.
_READS = "before_reads"
#: Undefined object, or in older versions an invalid parameter.
_NO_SUCH_SNAPSHOT = frozenset({"42704", "22023"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshot:
    """A snapshot of the source, which other sessions can read from where it has an id.

    At a standby it never has one: who imports one there can hide rows from everybody
    who reads that standby (decision 21).
    """

    id: str | None
    facts: SnapshotFacts
    schemas: tuple[str, ...]
    allow_row_security: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class OldestStart:
    """When the oldest open transaction began, or why that cannot be known."""

    time: datetime | None = None
    obstacle: str | None = None
    #: Whether a privilege is missing.
    is_blind: bool = False
    #: Up to where a standby has replayed; None at a primary, which will not become
    #: one.
    replayed_lsn: str | None = None


@contextmanager
def held_snapshot(
    connection: Connection,
    schemas: Iterable[str],
    *,
    allow_row_security: bool,
    is_shared: bool = True,
) -> Iterator[Snapshot]:
    """Hold one instant of the source for as long as the block runs.

    Other sessions can read it where it is shared, and not that of a standby.
    """
    # Before the snapshot: what begins in between begins later than this.
    oldest = find_oldest_start(connection)
    with transaction(connection, READ_ONLY):
        set_row_security(connection, allowed=allow_row_security)
        yield Snapshot(
            id=(
                fetch_one(connection, queries["export_snapshot"])
                if is_shared and oldest.replayed_lsn is None
                else None
            ),
            facts=describe_snapshot(connection, oldest),
            schemas=tuple(schemas),
            allow_row_security=allow_row_security,
        )


def describe_snapshot(connection: Connection, oldest: OldestStart) -> SnapshotFacts:
    """Return where in the source's history a transaction reads."""
    [facts] = fetch(connection, SnapshotFacts, queries["describe_snapshot"])
    return replace(
        facts,
        oldest_start=oldest.time,
        obstacle=oldest.obstacle,
        is_blind=oldest.is_blind,
        replayed_lsn=oldest.replayed_lsn,
    )


def find_oldest_start(connection: Connection) -> OldestStart:
    """Return when the oldest open transaction began, or why that cannot be known."""
    [(start, has_hidden)] = execute(connection, queries["find_oldest_start"])
    # Afterwards: a transaction that is prepared meanwhile was seen when it was open.
    [row] = execute(connection, queries["describe_visibility"])
    replayed_lsn, may_see, has_prepared = row
    if replayed_lsn is not None:
        obstacle = "a standby does not show the transactions of its primary"
        return OldestStart(obstacle=obstacle, replayed_lsn=replayed_lsn)
    if not may_see:
        obstacle = "the role may not see when transactions of others began"
        return OldestStart(obstacle=obstacle, is_blind=True)
    if has_hidden:
        return OldestStart(obstacle="a session has track_activities off")
    if has_prepared:
        return OldestStart(obstacle="nothing says when a prepared transaction began")
    return OldestStart(time=start)


def import_snapshot(connection: Connection, snapshot: Snapshot) -> None:
    """Make another session read from an exported snapshot until it is closed."""
    execute(connection, READ_ONLY)
    name = Literal(snapshot.id)
    try:
        execute(connection, compose("set transaction snapshot {name}", name=name))
    except ConfigError as error:
        if sqlstate_of(error) not in _NO_SUCH_SNAPSHOT:
            raise
        message = "The source database ended the session that held the snapshot"
        raise LostConnectionError(message) from error
    set_row_security(connection, allowed=snapshot.allow_row_security)
    set_search_path(connection, snapshot.schemas)


def begin_reads(connection: Connection) -> None:
    """Let a session that reads from a snapshot lock tables, until it lets them go."""
    send_ahead(connection, f"savepoint {_READS}")


def end_reads(connection: Connection) -> None:
    """Let go of what was read, all but the snapshot.

    Whoever alters a table waits for those who have read it, and later readers wait for
    him. If one of them was another session of ours, nobody would ever go on.
    """
    execute(connection, f"rollback to savepoint {_READS}")


def set_row_security(connection: Connection, *, allowed: bool) -> None:
    """Let row security decide which rows a transaction sees, or raise an error.

    Off means an error, instead of rows that are silently missing.
    """
    setting = "on" if allowed else "off"
    execute(connection, f"set row_security to {setting}")


def copy_out(part: Part) -> Composable:
    """Return the statement that sends the rows of a part of a table."""
    replica = part.replica
    columns = [_sent(column) for column in replica.loaded]
    return copy_columns(replica, columns, part.condition)


def copy_changes(replica: Replica, condition: Composable) -> Composable:
    """Return the statement that sends some rows, each with its hash behind it."""
    columns = [_sent(column) for column in replica.loaded]
    columns.append(row_hash(replica.copied, Method.CHANGES))
    return copy_columns(replica, columns, condition)


def copy_keys(replica: Replica, rows: Composable) -> Composable:
    """Return the statement that sends the keys of some rows."""
    by_name = {column.name: column for column in replica.copied}
    return compose(
        "copy (select {columns} from {rows}) to stdout (format {format})",
        columns=joined(_sent(by_name[name]) for name in replica.key),
        rows=rows,
        format=Literal(replica.copy_format),
    )


def copy_columns(
    replica: Replica, columns: Iterable[Composable], condition: Composable
) -> Composable:
    """Return the statement that sends some values of some rows of a table."""
    return compose(
        "copy (select {columns} from {rows} where {condition}) "
        "to stdout (format {format})",
        condition=condition,
        columns=joined(columns),
        rows=source_rows(replica.stream),
        format=Literal(replica.copy_format),
    )


def read_highest(connection: Connection, replica: Replica, column: str) -> str | None:
    """Return the highest value of a column, None where there is none."""
    query = compose(
        queries["read_highest"],
        column=Identifier(column),
        rows=source_rows(replica.stream),
    )
    value = fetch_one(connection, query)
    return None if value is None else str(value)


def _sent(column: ReplicaColumn) -> Composable:
    name = Identifier(column.name)
    if column.sent_as is None:
        return name
    return compose("{name}::{type}", name=name, type=raw(column.sent_as))


def refuse_rewritten(connection: Connection, replicas: Sequence[Replica]) -> None:
    """Raise TemporaryError when a table was emptied behind the snapshot's back.

    Call it after reading the tables: from then on they are locked against that.
    """
    names = {r.stream.relation.oid: r.stream.name for r in replicas}
    views = {r.stream.relation.oid for r in replicas if r.stream.relation.is_view}
    parameters = {"oids": list(names.keys() - views)}
    rewritten = execute(connection, queries["list_rewritten"], parameters)
    found = [names[oid] for (oid,) in rewritten]
    found += [
        f"A table of {names[oid]}"
        for oid in views
        if fetch_one(connection, queries["has_rewritten"], {"oid": oid})
    ]
    if found:
        message = f"{found[0]} was truncated or rewritten before it was read"
        raise TemporaryError(message, hint="Run again, for a newer snapshot.")


def count_deletes(reader: Connection, replica: Replica) -> int | None:
    """Return how many rows of a table its statistics count as deleted, if they do."""
    parameters = {"oid": replica.stream.relation.oid}
    found = fetch_one(reader, queries["count_deletes"], parameters)
    return None if found is None else int(found)
