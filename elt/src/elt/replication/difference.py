"""The difference between loaded rows and published ones, found and applied.

Values are compared by their bytes (`*<>`, the operators of record_image_ops): exact,
where = would call 1.0 and 1.00 the same and has nothing to say about json.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from elt.errors import EltError, TemporaryError
from elt.postgres import (
    Composable,
    Connection,
    Identifier,
    compose,
    execute,
    fetch_one,
    identifiers,
    joined,
    raw,
    sqlstate_of,
)
from elt.queries import load_queries
from elt.replication.replica import Replica

queries = load_queries("elt.replication", "sql/difference.sql")

#: An update broke a unique or an exclusion constraint in passing.
_CONFLICTS = frozenset({"23505", "23P01"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """How many rows a publish inserts, updates and deletes."""

    inserted: int = 0
    updated: int = 0
    deleted: int = 0

    @property
    def total(self) -> int:
        """Return the number of rows touched."""
        return self.inserted + self.updated + self.deleted


def difference_table(replica: Replica) -> str:
    """Return the name of the private table that lists what differs.

    A number, which no table of a user is called.
    """
    return str(replica.stream.relation.oid)


def find_difference(connection: Connection, replica: Replica) -> Difference:
    """Compare the loaded rows with the published ones; list what differs."""
    query = "compare_by_key" if replica.key else "compare_by_row"
    execute(connection, compose(queries[query], **_parts(replica)))
    counts = execute(connection, compose(queries["count_rows"], **_parts(replica)))
    return Difference(**{str(operation): int(count) for operation, count in counts})


def apply_difference(
    connection: Connection, replica: Replica, expected: Difference
) -> None:
    """Make the published rows equal to the loaded ones, inside a transaction.

    Raises TemporaryError when the published rows are no longer those that were
    compared: somebody else has written to the replica.
    """
    parts = _parts(replica)
    delete = "delete_by_key" if replica.key else "delete_by_row"
    deleted = _count(connection, delete, parts) if expected.deleted else 0
    updated = _update(connection, parts) if expected.updated else 0
    inserted = _count(connection, "insert_rows", parts) if expected.inserted else 0
    found = Difference(inserted=inserted, updated=updated, deleted=deleted)
    if found != expected:
        message = f"The replica of {replica.stream.name} changed while it was compared"
        raise TemporaryError(message, hint="Nobody but elt may write to replicas.")


def column_list(columns: Iterable[str]) -> Composable:
    """Return `(a, b)` for INSERT and COPY; nothing for a table without columns."""
    names = list(columns)
    return compose("({names})", names=identifiers(names)) if names else raw("")


def _count(connection: Connection, query: str, parts: dict[str, Composable]) -> int:
    return int(fetch_one(connection, compose(queries[query], **parts)))


def _update(connection: Connection, parts: dict[str, Composable]) -> int:
    """Update in place; where values change hands between rows, delete and insert.

    Two rows that swap a unique value conflict in passing, as unique constraints are
    checked row by row. To update is better: a user's foreign key may refer to the row.
    """
    execute(connection, "savepoint before_update")
    try:
        count = _count(connection, "update_rows", parts)
    except EltError as error:
        if sqlstate_of(error) not in _CONFLICTS:
            raise
        execute(connection, "rollback to savepoint before_update")
        count = _count(connection, "remake_rows", parts)
    execute(connection, "release savepoint before_update")
    return count


def _parts(replica: Replica) -> dict[str, Composable]:
    """Return the pieces that the queries of this module are filled with."""
    stream = replica.stream
    columns = [column.name for column in replica.loaded]
    return {
        "difference": Identifier(stream.shadow_schema, difference_table(replica)),
        "loaded": Identifier(*stream.shadow),
        "published": Identifier(*stream.place),
        "column_list": column_list(columns),
        "loaded_columns": identifiers(columns, "loaded."),
        "loaded_row": compose("row({c})::record", c=identifiers(columns, "loaded.")),
        "published_row": compose(
            "row({c})::record", c=identifiers(columns, "published.")
        ),
        "assignments": joined(
            compose("{name} = loaded.{name}", name=Identifier(name)) for name in columns
        ),
        "same_key": joined(
            (
                compose("published.{name} = loaded.{name}", name=Identifier(name))
                for name in replica.key
            ),
            " and ",
        ),
        "listed_key": joined(
            (
                compose(
                    "published.{name} = difference.{alias}",
                    name=Identifier(name),
                    alias=Identifier(f"key_{position}"),
                )
                for position, name in enumerate(replica.key)
            ),
            " and ",
        ),
        "key_columns": joined(
            compose(
                "published.{name} as {alias}",
                name=Identifier(name),
                alias=Identifier(f"key_{position}"),
            )
            for position, name in enumerate(replica.key)
        ),
    }
