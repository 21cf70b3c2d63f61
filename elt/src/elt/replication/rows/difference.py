"""The difference between loaded rows and published ones, found and applied.

Values are compared by their bytes (`*<>`, the operators of record_image_ops): exact,
where = would call 1.0 and 1.00 the same and has nothing to say about json.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from elt.errors import TemporaryError
from elt.postgres import (
    Composable,
    Connection,
    compose,
    execute,
    execute_union,
    fetch_one,
    joined,
    raw,
)
from elt.replication.design.replica import Replica
from elt.replication.rows.exchanges import update_rows, write_rows
from elt.replication.rows.receipts import Method, Tally, row_hash
from elt.replication.rows.row_queries import queries, query_parts


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """How many rows a publish makes visible, changes, and makes invisible."""

    inserted: int = 0
    updated: int = 0
    deleted: int = 0
    #: How many of those inserted are there already, deleted softly.
    revived: int = 0

    @property
    def total(self) -> int:
        """Return the number of rows touched."""
        return self.inserted + self.updated + self.deleted


def find_difference(connection: Connection, replica: Replica) -> Difference:
    """Compare the loaded rows with the published ones; list what differs."""
    [found] = find_differences(connection, [replica])
    return found


def find_differences(
    connection: Connection, replicas: Sequence[Replica]
) -> list[Difference]:
    """Compare several small tables like that, by two messages."""
    every_part = [query_parts(replica) for replica in replicas]
    lists = [
        compose(queries["compare_by_key" if replica.key else "compare_by_row"], **parts)
        for replica, parts in zip(replicas, every_part, strict=True)
    ]
    execute(connection, joined(lists, "; "))
    counts = [compose(queries["count_rows"], **parts) for parts in every_part]
    return [_difference(dict(rows)) for rows in execute_union(connection, counts)]


def find_changes(connection: Connection, replica: Replica) -> Difference:
    """List what differs where only rows that changed are loaded."""
    create_list(connection, replica)
    return _list(connection, replica, "list_changes")


def create_list(connection: Connection, replica: Replica) -> None:
    """Make the list of what differs, empty, unless it is there."""
    execute(connection, compose(queries["create_list"], **query_parts(replica)))


def make_key_tables(connection: Connection, replicas: Iterable[Replica]) -> None:
    """Make the empty tables for keys of the source."""
    tables = [compose(queries["create_keys"], **query_parts(r)) for r in replicas]
    execute(connection, joined(tables, "; "))


def find_deleted(connection: Connection, replica: Replica, rows: Composable) -> int:
    """List those of some published rows whose keys the source no longer has."""
    create_list(connection, replica)
    parts = query_parts(replica)
    execute(connection, compose("analyze {keys}", keys=parts["keys"]))
    return _count(connection, "list_deleted", parts | {"rows": rows})


def find_touched_deleted(connection: Connection, replica: Replica) -> int:
    """Put the keys aside that no loaded row has; list the published rows with them."""
    parts = query_parts(replica)
    execute(connection, compose(queries["make_gone_keys"], **parts))
    create_list(connection, replica)
    return _count(connection, "list_touched_deleted", parts)


def _list(connection: Connection, replica: Replica, query: str) -> Difference:
    parts = query_parts(replica)
    execute(connection, compose(queries[query], **parts))
    rows = execute(connection, compose(queries["count_rows"], **parts))
    return _difference(dict(rows))


def _difference(counts: Mapping[str, int]) -> Difference:
    """Return a difference of the numbers of rows by operation."""
    revived = counts.get("revived", 0)
    return Difference(
        inserted=counts.get("inserted", 0) + revived,
        updated=counts.get("updated", 0),
        deleted=counts.get("deleted", 0),
        revived=revived,
    )


def apply_difference(
    connection: Connection,
    replica: Replica,
    expected: Difference,
    *,
    is_hashed: bool,
) -> Tally:
    """Make the published rows equal to the loaded ones, inside a transaction.

    Returns the tally of the rows as they were written. Raises TemporaryError when the
    published rows are no longer those that were compared: somebody else has written to
    the replica.
    """
    nothing = Tally(rows=0, checksum=Decimal(0))
    if not expected.total:
        return nothing
    parts = query_parts(replica) | {"hash": written_hash(replica, is_hashed=is_hashed)}
    revived = expected.revived
    deleted = apply_deletes(connection, replica) if expected.deleted else 0
    is_updated = expected.updated + revived > 0
    updated = update_rows(connection, replica, parts) if is_updated else nothing
    is_new = expected.inserted > revived
    inserted = write_rows(connection, "insert_rows", parts) if is_new else nothing
    found = Difference(
        inserted=inserted.rows + revived,
        updated=updated.rows - revived,
        deleted=deleted,
        revived=revived,
    )
    if found != expected:
        raise changed_meanwhile(replica)
    return updated + inserted


def apply_deletes(connection: Connection, replica: Replica) -> int:
    """Delete the rows that are listed as gone, or bury them; return their number."""
    delete = "bury_rows" if replica.stream.is_soft else "delete_rows"
    return _count(connection, delete, query_parts(replica))


def changed_meanwhile(replica: Replica) -> TemporaryError:
    """Return the error of a replica that somebody else has written to."""
    message = f"The replica of {replica.stream.name} changed while it was compared"
    return TemporaryError(message, hint="Nobody but elt may write to replicas.")


def written_hash(replica: Replica, *, is_hashed: bool) -> Composable:
    """Return what a statement that writes rows returns of each."""
    if not is_hashed:
        return raw("0::bigint")
    return row_hash(replica.copied, Method.CHANGES, "published.")


def _count(connection: Connection, query: str, parts: dict[str, Composable]) -> int:
    return int(fetch_one(connection, compose(queries[query], **parts)))
