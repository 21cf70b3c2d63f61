"""The source: one exported snapshot, and COPY statements that read from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

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
    sqlstate_of,
    transaction,
)
from elt.queries import load_queries
from elt.replication.catalog import set_search_path
from elt.replication.ddl import relation_name
from elt.replication.names import qualify_name
from elt.replication.parts import Part
from elt.replication.replica import Replica, ReplicaColumn
from elt.replication.state import SnapshotFacts

queries = load_queries("elt.replication", "sql/source.sql")

#: Undefined object, or in older versions an invalid parameter.
_NO_SUCH_SNAPSHOT = frozenset({"42704", "22023"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshot:
    """A snapshot that other sessions of the source can read from."""

    id: str
    facts: SnapshotFacts
    schemas: tuple[str, ...]
    allow_row_security: bool


@contextmanager
def exported_snapshot(
    connection: Connection, schemas: Iterable[str], *, allow_row_security: bool
) -> Iterator[Snapshot]:
    """Hold one instant of the source for as long as the block runs."""
    with transaction(connection, READ_ONLY):
        _set_row_security(connection, allowed=allow_row_security)
        [facts] = fetch(connection, SnapshotFacts, queries["describe_snapshot"])
        yield Snapshot(
            id=fetch_one(connection, queries["export_snapshot"]),
            facts=facts,
            schemas=tuple(schemas),
            allow_row_security=allow_row_security,
        )


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
    _set_row_security(connection, allowed=snapshot.allow_row_security)
    set_search_path(connection, snapshot.schemas)


def copy_out(part: Part) -> Composable:
    """Return the statement that sends the rows of a part of a table."""
    replica = part.replica
    relation = replica.stream.relation
    return compose(
        "copy (select {columns} from only {table} where {condition}) "
        "to stdout (format {format})",
        condition=part.condition,
        columns=joined(_sent(column) for column in replica.loaded),
        table=relation_name(relation.schema, relation.name),
        format=Literal(copy_format(replica)),
    )


def _sent(column: ReplicaColumn) -> Composable:
    name = Identifier(column.name)
    if column.sent_as is None:
        return name
    return compose("{name}::{type}", name=name, type=raw(column.sent_as))


def copy_format(replica: Replica) -> str:
    """Return binary, which spares the parsing of values, or text where it is unsafe."""
    return "binary" if replica.is_binary_safe else "text"


def refuse_rewritten(connection: Connection, replica: Replica) -> None:
    """Raise TemporaryError when a table was emptied behind the snapshot's back.

    Call it after reading the table: from then on it is locked against that.
    """
    parameters = {"oid": replica.stream.relation.oid}
    if fetch_one(connection, queries["is_rewritten"], parameters):
        message = f"{replica.stream.name} was truncated or rewritten before it was read"
        raise TemporaryError(message, hint="Run again, for a newer snapshot.")


def read_identity(connection: Connection, replica: Replica, column: str) -> int | None:
    """Return the last value that an identity column gave out, None if there is none."""
    relation = replica.stream.relation
    parameters = {
        "table": qualify_name(relation.schema, relation.name),
        "column": column,
    }
    value = fetch_one(connection, queries["read_identity"], parameters)
    return None if value is None else int(value)


def _set_row_security(connection: Connection, *, allowed: bool) -> None:
    # Off means an error, instead of rows that are silently missing.
    setting = "on" if allowed else "off"
    execute(connection, f"set row_security to {setting}")
