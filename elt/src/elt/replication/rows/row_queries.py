"""What the queries on loaded and published rows are filled with."""

from __future__ import annotations

from collections.abc import Iterable

from elt.postgres import Composable, Identifier, compose, identifiers, joined, raw
from elt.queries import load_queries
from elt.replication.catalog.tables import Place
from elt.replication.design.options import DELETED_AT
from elt.replication.design.replica import Replica

queries = load_queries("elt.replication", "sql/difference.sql")


def difference_table(replica: Replica) -> str:
    """Return the name of the private table that lists what differs."""
    return f"{replica.stream.mark}{replica.stream.relation.oid}"


def key_table(replica: Replica) -> Place:
    """Return schema and name of the private table for all keys of the source."""
    return replica.stream.shadow_schema, f"{difference_table(replica)} keys"


def chunk_table(replica: Replica) -> Place:
    """Return schema and name of the private table for keys that the WAL names."""
    return replica.stream.shadow_schema, f"{difference_table(replica)} chunks"


def gone_table(replica: Replica) -> Place:
    """Return schema and name of the private table for those that lost their row."""
    return replica.stream.shadow_schema, f"{difference_table(replica)} gone"


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


def column_list(columns: Iterable[str]) -> Composable:
    """Return `(a, b)` for INSERT and COPY; nothing for a table without columns."""
    names = list(columns)
    return compose("({names})", names=identifiers(names)) if names else raw("")


def query_parts(replica: Replica) -> dict[str, Composable]:
    """Return the pieces that queries on loaded and published rows are filled with."""
    stream = replica.stream
    columns = [column.name for column in replica.loaded]
    published_row = compose("row({c})::record", c=identifiers(columns, "published."))
    notices_deletes = not stream.ignores_deletes
    # A row that comes back is no longer deleted.
    revival = [compose("{name} = null", name=Identifier(DELETED_AT))]
    return {
        "difference": Identifier(stream.shadow_schema, difference_table(replica)),
        "keys": Identifier(*key_table(replica)),
        "gone": Identifier(*gone_table(replica)),
        "key_names": identifiers(replica.key),
        "deleted_at": Identifier(DELETED_AT),
        "is_alive": alive(replica),
        "notices_deletes": raw("true" if notices_deletes else "false"),
        "loaded": Identifier(*stream.shadow),
        "published": Identifier(*stream.place),
        "column_list": column_list(columns),
        "loaded_columns": identifiers(columns, "loaded."),
        "loaded_row": compose("row({c})::record", c=identifiers(columns, "loaded.")),
        "published_row": published_row,
        "assignments": joined(
            [
                compose("{name} = loaded.{name}", name=Identifier(name))
                for name in columns
            ]
            + (revival if stream.is_soft else [])
        ),
        "same_key": _same_key(replica, "loaded", list(replica.key)),
        "is_listed": _is_listed(replica, published_row),
        "key_columns": joined(
            compose(
                "published.{name} as {alias}",
                name=Identifier(name),
                alias=Identifier(f"key_{position}"),
            )
            for position, name in enumerate(replica.key)
        ),
    }


def _is_listed(replica: Replica, published_row: Composable) -> Composable:
    """Return the condition on `published` to be a row that `difference` lists."""
    if replica.key:
        names = [f"key_{position}" for position in range(len(replica.key))]
        return _same_key(replica, "difference", names)
    return compose(
        "published.ctid = difference.published_row "
        "and sha256(convert_to({row}::text, 'UTF8')) = difference.row_hash",
        row=published_row,
    )


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
