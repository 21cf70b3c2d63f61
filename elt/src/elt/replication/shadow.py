"""Shadows: the private tables where rows are loaded before they are published."""

from __future__ import annotations

from elt.config import Verification
from elt.errors import DataError
from elt.postgres import (
    Composable,
    Connection,
    Literal,
    compose,
    execute,
    joined,
    raw,
)
from elt.replication.copy import Copied
from elt.replication.ddl import add_keys, create_table, relation_name
from elt.replication.difference import column_list
from elt.replication.parts import Part
from elt.replication.receipts import Tally, take_tally, tally_query
from elt.replication.replica import Replica
from elt.replication.source import copy_format


def make_shadow(writer: Connection, replica: Replica, *, is_new: bool) -> None:
    """Make the empty shadow of a stream; one that is only compared needs no WAL."""
    schema = replica.stream.shadow_schema
    execute(writer, create_table(replica, schema, unlogged=not is_new))


def copy_in(part: Part) -> Composable:
    """Return the statement that takes rows into a shadow.

    A shadow that is made and filled in one transaction gets rows that are frozen from
    birth: even an older snapshot sees them, and no vacuum has to write them again.
    """
    replica = part.replica
    return compose(
        "copy {table} {columns} from stdin (format {format}{freeze})",
        table=relation_name(*replica.stream.shadow),
        columns=column_list(column.name for column in replica.loaded),
        format=Literal(copy_format(replica)),
        freeze=raw(", freeze" if part.is_whole else ""),
    )


def finish_shadow(writer: Connection, replica: Replica) -> None:
    """Give the shadow of a new replica its keys, indexes and statistics."""
    schema = replica.stream.shadow_schema
    table = relation_name(*replica.stream.shadow)
    analyze = compose("analyze {table}", table=table)
    # One round trip: a schema of many small tables is all round trips.
    execute(writer, joined([*add_keys(replica, schema), analyze], "; "))


def tally_shadow(
    writer: Connection, replica: Replica, copied: Copied, method: Verification
) -> Tally:
    """Tally what was loaded; COPY's own count is enough for `count`."""
    if method is Verification.COUNT:
        return Tally(rows=copied.rows)
    query = tally_query(replica.columns, replica.stream.shadow, method)
    return take_tally(writer, query)


def tally_source(
    reader: Connection, part: Part, method: Verification, copied: Copied | None = None
) -> Tally:
    """Tally a part in the copied snapshot; COPY's own count is enough for `count`."""
    if method is Verification.COUNT and copied is not None:
        return Tally(rows=copied.rows)
    columns, place = part.replica.columns, part.replica.stream.relation.place
    return take_tally(reader, tally_query(columns, place, method, part.condition))


def check_equal(stream: str, source: Tally, destination: Tally) -> None:
    """Raise DataError when the two sides of a receipt differ."""
    if source == destination:
        return
    what = "checksums of their rows differ"
    if source.rows != destination.rows:
        what = f"the source has {source.rows} rows, the copy {destination.rows}"
    message = f"The copy of {stream} is not equal to the source: {what}"
    hint = "Nothing was published. Run again; if it stays so, report a bug."
    raise DataError(message, hint=hint)
