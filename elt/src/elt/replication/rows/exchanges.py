"""Update rows in place, also where they exchange values that have to be unique.

Unique constraints are checked row by row, so that two rows which exchange values
conflict in passing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from elt.errors import EltError
from elt.postgres import (
    Composable,
    Connection,
    Identifier,
    compose,
    execute,
    fetch,
    has_sqlstate,
    joined,
    savepoint,
    sqlstate_of,
)
from elt.replication.catalog.names import qualify_name
from elt.replication.design.replica import Replica
from elt.replication.rows.receipts import Tally, take_tally
from elt.replication.rows.references import (
    REFUSALS,
    Reference,
    list_references,
    refuse,
)
from elt.replication.rows.row_queries import queries

#: An update broke a unique or an exclusion constraint in passing.
_CONFLICTS = frozenset({"23505", "23P01"})
#: The same, or a value that nobody has is none for its column: data exceptions, and all
#: other constraints.
_UNFIT = ("22", "23")
_BELOW_ALL = (
    "(select least("
    "(select min(held.{name}) from only {published} as held), "
    "(select min(held.{name}) from only {loaded} as held)"
    ")) - difference._elt_number"
)
#: Values that no row has, by the type of the column.
_UNUSED = {
    **dict.fromkeys(("int2", "int4", "int8", "numeric"), _BELOW_ALL),
    **dict.fromkeys(("text", "varchar", "bpchar"), "gen_random_uuid()::text"),
    "uuid": "gen_random_uuid()",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class UniqueColumn:
    """A column that a unique or an exclusion index is made of."""

    name: str
    #: Name of its type; that below a domain.
    type: str
    #: Whether it may be null, and no foreign key refers to it.
    may_be_null: bool


def update_rows(
    connection: Connection, replica: Replica, parts: Mapping[str, Composable]
) -> Tally:
    """Update the rows that are listed; return the tally of what they are now.

    Where values change hands they are deleted and inserted, by one statement, at whose
    end what a foreign key refers to is there. Where one of somebody else's acts at
    once, and changes rows of his or lets none of ours go, they are updated in two
    steps. Raises ConfigError where that is not possible.
    """
    try:
        with savepoint(connection, goes_ahead=True):
            return write_rows(connection, "update_rows", parts)
    except EltError as error:
        if sqlstate_of(error) not in _CONFLICTS:
            raise
    table = qualify_name(*replica.stream.place)
    found = list_references(connection, table)
    if not found:
        try:
            with savepoint(connection):
                return write_rows(connection, "remake_rows", parts)
        except EltError as error:
            found = list_references(connection, table, with_refusing=True)
            if sqlstate_of(error) not in REFUSALS or not found:
                raise
    return _update_in_steps(connection, replica, parts, found[0])


def _update_in_steps(
    connection: Connection,
    replica: Replica,
    parts: Mapping[str, Composable],
    reference: Reference,
) -> Tally:
    """Update rows by way of values that nobody has; refuse what does not allow it."""
    try:
        with savepoint(connection):
            _move_aside(connection, replica, parts)
            return write_rows(connection, "update_rows", parts)
    except EltError as error:
        if not has_sqlstate(error, _UNFIT):
            raise
        reason = "they exchange values of a key or of a unique index"
        raise refuse(reason, reference) from error


def _move_aside(
    connection: Connection, replica: Replica, parts: Mapping[str, Composable]
) -> None:
    """Give rows values that nobody has, where others are to have those of theirs."""
    parameters = {"table": qualify_name(*replica.stream.place)}
    query = queries["list_unique_columns"]
    columns = fetch(connection, UniqueColumn, query, parameters)
    asides = choose_asides(replica, columns, parts)
    if asides:
        move = compose(queries["move_aside"], **parts, asides=joined(asides))
        execute(connection, move)


def choose_asides(
    replica: Replica, columns: list[UniqueColumn], parts: Mapping[str, Composable]
) -> list[Composable]:
    """Return what sets the columns that change to values which nobody has.

    The key stays: rows are told by it. So does a column that others refer to, where it
    does not change: what refers to it may act when it does.
    """
    movable = {c.name for c in replica.loaded} - {*replica.key}
    return [
        compose(
            "{name} = case when row(published.{name})::record "
            "*<> row(loaded.{name})::record then "
            + unused
            + " else published.{name} end",
            name=Identifier(column.name),
            published=parts["published"],
            loaded=parts["loaded"],
        )
        for column in columns
        if column.name in movable
        and (unused := "null" if column.may_be_null else _UNUSED.get(column.type))
    ]


def write_rows(
    connection: Connection, query: str, parts: Mapping[str, Composable]
) -> Tally:
    """Write rows by one of the queries; return the tally of what they are now."""
    return take_tally(connection, compose(queries[query], **parts))
