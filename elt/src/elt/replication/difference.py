"""The difference between loaded rows and published ones, found and applied.

Values are compared by their bytes (`*<>`, the operators of record_image_ops): exact,
where = would call 1.0 and 1.00 the same and has nothing to say about json.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from elt.config import DeletePolicy
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
from elt.replication.names import qualify_name
from elt.replication.options import DELETED_AT
from elt.replication.receipts import (
    Method,
    Tally,
    checksum_expression,
    row_hash,
    take_tally,
)
from elt.replication.replica import Replica

queries = load_queries("elt.replication", "sql/difference.sql")

#: An update broke a unique or an exclusion constraint in passing.
_CONFLICTS = frozenset({"23505", "23P01"})


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


def difference_table(replica: Replica) -> str:
    """Return the name of the private table that lists what differs.

    A number, which no table of a user is called.
    """
    return str(replica.stream.relation.oid)


def key_table(replica: Replica) -> tuple[str, str]:
    """Return schema and name of the private table for all keys of the source."""
    return replica.stream.shadow_schema, f"{difference_table(replica)} keys"


def chunk_table(replica: Replica) -> tuple[str, str]:
    """Return schema and name of the private table for keys that the WAL names."""
    return replica.stream.shadow_schema, f"{difference_table(replica)} chunks"


def find_difference(connection: Connection, replica: Replica) -> Difference:
    """Compare the loaded rows with the published ones; list what differs."""
    return _list(
        connection, replica, "compare_by_key" if replica.key else "compare_by_row"
    )


def find_changes(connection: Connection, replica: Replica) -> Difference:
    """List what differs where only rows that changed are loaded."""
    create_list(connection, replica)
    return _list(connection, replica, "list_changes")


def create_list(connection: Connection, replica: Replica) -> None:
    """Make the list of what differs, empty, unless it is there."""
    execute(connection, compose(queries["create_list"], **query_parts(replica)))


def make_key_table(connection: Connection, replica: Replica) -> None:
    """Make the empty table for all keys of the source."""
    execute(connection, compose(queries["create_keys"], **query_parts(replica)))


def find_deleted(connection: Connection, replica: Replica, rows: Composable) -> int:
    """List those of some published rows whose keys the source no longer has."""
    create_list(connection, replica)
    parts = query_parts(replica)
    execute(connection, compose("analyze {keys}", keys=parts["keys"]))
    return _count(connection, "list_deleted", parts | {"rows": rows})


def find_touched_deleted(connection: Connection, replica: Replica) -> int:
    """List the published rows of the keys whose rows the source no longer has."""
    create_list(connection, replica)
    return _count(connection, "list_touched_deleted", query_parts(replica))


def _list(connection: Connection, replica: Replica, query: str) -> Difference:
    parts = query_parts(replica)
    execute(connection, compose(queries[query], **parts))
    rows = execute(connection, compose(queries["count_rows"], **parts))
    counts = {str(operation): int(count) for operation, count in rows}
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
    is_hashed: bool = False,
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
    updated = _update(connection, parts) if expected.updated + revived else nothing
    is_new = expected.inserted > revived
    inserted = _write(connection, "insert_rows", parts) if is_new else nothing
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
    delete = "delete_by_key" if replica.key else "delete_by_row"
    if replica.stream.is_soft:
        delete = "bury_by_key" if replica.key else "bury_by_row"
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


def is_missing(replica: Replica) -> Composable:
    """Return the condition on `published` to have a key that no loaded row has."""
    return compose(
        "not exists (select from only {loaded} as loaded where {key})",
        loaded=Identifier(*replica.stream.shadow),
        key=_same_key(replica, "loaded", list(replica.key)),
    )


def alive(replica: Replica) -> Composable:
    """Return the condition on `published` for rows that are not deleted softly."""
    if not replica.stream.is_soft:
        return raw("true")
    return compose("published.{column} is null", column=Identifier(DELETED_AT))


def tally_loaded(connection: Connection, replica: Replica, method: Method) -> Tally:
    """Tally the published rows that were loaded."""
    # Rows may have been compared by all their values; published, they have their key.
    keyed = replace(replica, key=replica.stream.table.key)
    return _tally(connection, keyed, "tally_loaded", method, raw("true"))


def tally_changes(
    connection: Connection, replica: Replica, method: Method, written: Tally
) -> Tally:
    """Tally the published rows that were loaded, or have one of the keys.

    `written` is what was written of them; the others are read, and all of them where a
    trigger may have changed what was written.
    """
    query = "tally_touched" if method is Method.KEYS else "tally_loaded"
    if has_triggers(connection, replica):
        return _tally(connection, replica, query, Method.CHECKSUM, raw("true"))
    unwritten = compose(
        "not exists (select from {difference} as l where l.loaded_row = loaded.ctid)",
        difference=query_parts(replica)["difference"],
    )
    rest = _tally(connection, replica, query, Method.CHECKSUM, unwritten)
    return written + rest


def has_triggers(connection: Connection, replica: Replica) -> bool:
    """Tell whether somebody may change what is written to a replica once more."""
    parameters = {"table": qualify_name(*replica.stream.place)}
    return bool(fetch_one(connection, queries["has_triggers"], parameters))


def _tally(
    connection: Connection,
    replica: Replica,
    query: str,
    method: Method,
    is_wanted: Composable,
) -> Tally:
    checksum = checksum_expression(replica.copied, method, "published.")
    filled = compose(
        queries[query], checksum=checksum, is_wanted=is_wanted, **query_parts(replica)
    )
    return take_tally(connection, filled)


def column_list(columns: Iterable[str]) -> Composable:
    """Return `(a, b)` for INSERT and COPY; nothing for a table without columns."""
    names = list(columns)
    return compose("({names})", names=identifiers(names)) if names else raw("")


def _count(connection: Connection, query: str, parts: dict[str, Composable]) -> int:
    return int(fetch_one(connection, compose(queries[query], **parts)))


def _write(connection: Connection, query: str, parts: dict[str, Composable]) -> Tally:
    """Write rows; return the tally of what they are now."""
    return take_tally(connection, compose(queries[query], **parts))


def _update(connection: Connection, parts: dict[str, Composable]) -> Tally:
    """Update in place; where values change hands between rows, delete and insert.

    Two rows that swap a unique value conflict in passing, as unique constraints are
    checked row by row. To update is better: a user's foreign key may refer to the row.
    """
    execute(connection, "savepoint before_update")
    try:
        written = _write(connection, "update_rows", parts)
    except EltError as error:
        if sqlstate_of(error) not in _CONFLICTS:
            raise
        execute(connection, "rollback to savepoint before_update")
        written = _write(connection, "remake_rows", parts)
    execute(connection, "release savepoint before_update")
    return written


def query_parts(replica: Replica) -> dict[str, Composable]:
    """Return the pieces that queries on loaded and published rows are filled with."""
    stream = replica.stream
    columns = [column.name for column in replica.loaded]
    notices_deletes = stream.deletes is not DeletePolicy.IGNORE
    # A row that comes back is no longer deleted.
    revival = [compose("{name} = null", name=Identifier(DELETED_AT))]
    return {
        "difference": Identifier(stream.shadow_schema, difference_table(replica)),
        "keys": Identifier(*key_table(replica)),
        "key_names": identifiers(replica.key),
        "deleted_at": Identifier(DELETED_AT),
        "is_alive": alive(replica),
        "notices_deletes": raw("true" if notices_deletes else "false"),
        "loaded": Identifier(*stream.shadow),
        "published": Identifier(*stream.place),
        "column_list": column_list(columns),
        "loaded_columns": identifiers(columns, "loaded."),
        "loaded_row": compose("row({c})::record", c=identifiers(columns, "loaded.")),
        "published_row": compose(
            "row({c})::record", c=identifiers(columns, "published.")
        ),
        "assignments": joined(
            [
                compose("{name} = loaded.{name}", name=Identifier(name))
                for name in columns
            ]
            + (revival if stream.is_soft else [])
        ),
        "same_key": _same_key(replica, "loaded", list(replica.key)),
        "listed_key": _same_key(
            replica, "difference", [f"key_{n}" for n in range(len(replica.key))]
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


def _same_key(replica: Replica, other: str, names: list[str]) -> Composable:
    """Return the condition that a published row and another one have the same key."""
    casts = {
        column.name: raw(f"::{column.compared_as}" if column.compared_as else "")
        for column in replica.columns
    }
    return joined(
        (
            compose(
                "published.{name}{cast} = {other}{cast}",
                name=Identifier(name),
                other=Identifier(other, other_name),
                cast=casts[name],
            )
            for name, other_name in zip(replica.key, names, strict=True)
        ),
        " and ",
    )
