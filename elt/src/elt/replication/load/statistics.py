"""Statistics for the planner: taken over from the source, where they fit.

ANALYZE reads 30,000 rows of a big table and sorts them column by column, while nothing
else can be done to the table: a twentieth of the time of its load. From PostgreSQL 18
on, the destination can be told what the source has found out about the same rows.
"""

from __future__ import annotations

from elt.postgres import (
    Composable,
    Connection,
    Identifier,
    Literal,
    compose,
    execute,
    fetch_one,
    joined,
    raw,
    transaction,
)
from elt.queries import load_queries
from elt.replication.catalog.names import qualify_name
from elt.replication.design.keys import has_expressions
from elt.replication.design.omissions import Capabilities
from elt.replication.design.replica import Replica
from elt.replication.load.loading import Loading, Pair
from elt.replication.rows.copy import copy_rows
from elt.replication.rows.row_queries import difference_table

queries = load_queries("elt.replication", "sql/statistics.sql")

#: The first version that can be told statistics.
_RESTORING = 18
#: The first version that shows those of ranges.
_SHOWING_RANGES = 17
_OF_RANGES = (
    "s.range_length_histogram::text, s.range_empty_frac, s.range_bounds_histogram::text"
)
#: Autovacuum, too, analyzes a table anew when this share of it has changed.
_STALE_SHARE = 0.1


def can_restore(capabilities: Capabilities) -> bool:
    """Tell whether statistics of the source mean the same at the destination."""
    return (
        capabilities.version >= _RESTORING
        and not capabilities.has_other_locale
        and not capabilities.is_recoded
    )


def is_like_source(replica: Replica) -> bool:
    """Tell whether a replica has the rows of its table, and these columns alone.

    Statistics of an expression belong to its index, which has another name here.
    """
    stream = replica.stream
    return (
        not stream.shaping
        and not stream.relation.is_view
        and not has_expressions(replica)
        and not any(column.is_text_elsewhere for column in stream.columns)
        and not any(column.is_ours for column in replica.columns)
    )


def take_statistics(
    loading: Loading, replica: Replica, rows: int, connections: Pair
) -> bool:
    """Give a shadow the statistics of its table; tell whether it has all of them.

    They hold values of rows, which stand in no statement: they are sent as rows are.
    """
    if not (loading.can_restore_statistics and is_like_source(replica)):
        return False
    reader, writer = connections
    table = Identifier(replica.stream.shadow_schema, _statistics_table(replica))
    columns = _stored_columns(replica)
    with transaction(writer):
        execute(writer, compose(queries["make_statistics"], table=table))
        copy_in = compose("copy {table} from stdin", table=table)
        copy_out = _send(reader, replica, columns, rows)
        copy_rows(reader, copy_out, writer, copy_in)
        restored = _restore(writer, replica, table, rows, reader.server_version)
        execute(writer, compose("drop table {table}", table=table))
    return restored == len(columns)


def _statistics_table(replica: Replica) -> str:
    return f"{difference_table(replica)} statistics"


def _stored_columns(replica: Replica) -> list[str]:
    """Return the columns that have values of their own, to be sampled."""
    return [
        column.name
        for column in replica.columns
        if not (column.generation or "").endswith(" virtual")
    ]


def _send(
    reader: Connection, replica: Replica, columns: list[str], rows: int
) -> Composable:
    shows_ranges = reader.server_version >= _SHOWING_RANGES * 10000
    return compose(
        queries["send_statistics"],
        range_statistics=raw(_OF_RANGES if shows_ranges else "null, null, null"),
        has_range_statistics=Literal(shows_ranges),
        oid=Literal(replica.stream.relation.oid),
        columns=Literal(columns),
        rows=Literal(rows),
        share=Literal(_STALE_SHARE),
    )


def _restore(
    writer: Connection, replica: Replica, table: Composable, rows: int, version: int
) -> int:
    """Return how many columns got statistics; of others the server has its doubts."""
    schema, name = replica.stream.shadow
    restore = compose(queries["restore_statistics"], table=table)
    return int(
        fetch_one(
            writer,
            joined([raw(queries["restore_size"]), restore], "; "),
            {
                "schema": schema,
                "name": name,
                "shadow": qualify_name(schema, name),
                "version": version,
                "rows": rows,
            },
        )
    )
