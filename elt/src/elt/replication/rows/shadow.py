"""Shadows: the private tables where rows are loaded before they are published."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

from elt.errors import DataError
from elt.postgres import (
    Composable,
    Connection,
    Identifier,
    Literal,
    compose,
    execute,
    execute_union,
    joined,
    raw,
    send_ahead,
)
from elt.replication.design.ddl import add_keys, create_table
from elt.replication.design.replica import Replica
from elt.replication.design.streams import Stream
from elt.replication.design.views import CHANGING
from elt.replication.rows.copy import Copied
from elt.replication.rows.from_item import source_rows, table_rows
from elt.replication.rows.parts import Part
from elt.replication.rows.receipts import Method, Tally, take_tally, tally_query
from elt.replication.rows.row_queries import (
    chunk_table,
    column_list,
    difference_table,
    gone_table,
    key_table,
)


def make_shadow(writer: Connection, replica: Replica, *, is_new: bool) -> None:
    """Make the empty shadow of a stream; one that is only compared needs no WAL."""
    schema = replica.stream.shadow_schema
    execute(writer, create_table(replica, schema, unlogged=not is_new))


def make_shadows(writer: Connection, replicas: Iterable[Replica]) -> None:
    """Make the empty shadows of streams that are only compared, by one message."""
    tables = [create_table(r, r.stream.shadow_schema, unlogged=True) for r in replicas]
    execute(writer, joined(tables, "; "))


def make_changes_shadow(writer: Connection, replica: Replica) -> None:
    """Make the empty shadow for rows that come with their hashes."""
    make_changes_shadows(writer, [replica])


def make_changes_shadows(writer: Connection, replicas: Iterable[Replica]) -> None:
    """Make those of several streams, by one message."""
    shadows = [
        compose(
            "{create}; alter table {table} add column {hash} bigint",
            create=create_table(replica, replica.stream.shadow_schema, unlogged=True),
            table=Identifier(*replica.stream.shadow),
            hash=_hash_column(replica),
        )
        for replica in replicas
    ]
    execute(writer, joined(shadows, "; "))


def _hash_column(replica: Replica) -> Composable:
    """Return a name that no column of the table has."""
    names = {column.name for column in replica.columns}
    name = "_elt_hash"
    while name in names:
        name += "_"
    return Identifier(name)


def copy_changes_in(replica: Replica, *, is_made_before: bool = False) -> Composable:
    """Return the statement that takes rows with their hashes into such a shadow.

    Only one that the same transaction has made takes rows that are frozen from birth.
    """
    columns = [Identifier(column.name) for column in replica.loaded]
    return compose(
        "copy {table} ({columns}) from stdin (format {format}{freeze})",
        table=Identifier(*replica.stream.shadow),
        columns=joined([*columns, _hash_column(replica)]),
        format=Literal(replica.copy_format),
        freeze=raw("" if is_made_before else ", freeze"),
    )


def copy_keys_in(replica: Replica) -> Composable:
    """Return the statement that takes all keys of the source."""
    return compose(
        "copy {table} from stdin (format {format}, freeze)",
        table=Identifier(*key_table(replica)),
        format=Literal(replica.copy_format),
    )


def sum_hashes(writer: Connection, replica: Replica) -> Decimal:
    """Return the sum of the hashes that came with the rows; let the planner know them.

    What was loaded is joined with the replica, and may be much or next to nothing.
    """
    [found] = sum_hashes_together(writer, [replica])
    return found


def sum_hashes_together(
    writer: Connection, replicas: Sequence[Replica]
) -> list[Decimal]:
    """Return those of several streams, by one message."""
    sums = [
        compose(
            "select coalesce(sum({hash}), 0)::numeric from only {table}",
            hash=_hash_column(replica),
            table=Identifier(*replica.stream.shadow),
        )
        for replica in replicas
    ]
    shadows = joined(Identifier(*replica.stream.shadow) for replica in replicas)
    send_ahead(writer, compose("analyze {shadows}", shadows=shadows))
    return [Decimal(found) for [(found,)] in execute_union(writer, sums)]


def drop_shadow(
    writer: Connection, replica: Replica, *, with_keys: bool = True
) -> None:
    """Drop what was loaded and listed for a stream, to begin anew.

    The keys, too, unless the WAL has named them: nothing brings those a second time.
    """
    tables = [
        Identifier(*replica.stream.shadow),
        Identifier(replica.stream.shadow_schema, difference_table(replica)),
        Identifier(*chunk_table(replica)),
        Identifier(*gone_table(replica)),
    ]
    if with_keys:
        tables.append(Identifier(*key_table(replica)))
    execute(writer, compose("drop table if exists {tables}", tables=joined(tables)))


def copy_in(part: Part) -> Composable:
    """Return the statement that takes rows into a shadow.

    A shadow that is made and filled in one transaction gets rows that are frozen from
    birth: even an older snapshot sees them, and no vacuum has to write them again.
    """
    replica = part.replica
    return compose(
        "copy {table} {columns} from stdin (format {format}{freeze})",
        table=Identifier(*replica.stream.shadow),
        columns=column_list(column.name for column in replica.loaded),
        format=Literal(replica.copy_format),
        freeze=raw(", freeze" if part.is_whole else ""),
    )


def finish_shadow(
    writer: Connection, replica: Replica, *, has_statistics: bool
) -> None:
    """Give the shadow of a new replica its keys, indexes and statistics."""
    statements = add_keys(replica, replica.stream.shadow_schema)
    if not has_statistics:
        statements.append(analysis(replica))
    if statements:
        execute(writer, joined(statements, "; "))


def analysis(replica: Replica) -> Composable:
    """Return the statement that gathers the statistics of a shadow."""
    return compose("analyze {table}", table=Identifier(*replica.stream.shadow))


def tally_shadow(
    writer: Connection, replica: Replica, copied: Copied, method: Method
) -> Tally:
    """Tally what was loaded; COPY's own count is enough for `count`."""
    if method is Method.COUNT:
        return Tally(rows=copied.rows)
    query = tally_query(replica.copied, table_rows(replica.stream.shadow), method)
    return take_tally(writer, query)


def tally_source(
    reader: Connection, part: Part, method: Method, copied: Copied | None = None
) -> Tally:
    """Tally a part in the copied snapshot; COPY's own count is enough for `count`."""
    if method is Method.COUNT and copied is not None:
        return Tally(rows=copied.rows)
    columns, rows = part.replica.copied, source_rows(part.replica.stream)
    return take_tally(reader, tally_query(columns, rows, method, part.condition))


def check_equal(
    stream: Stream,
    source: Tally,
    destination: Tally,
    find_where: Callable[[], str] = str,
    name_triggers: Callable[[], Sequence[str]] = list,
) -> None:
    """Raise DataError when the two sides of a receipt differ.

    It says for which keys they do, where that can be found, and which triggers of the
    replica may be to blame.
    """
    if source == destination:
        return
    what = "checksums of their rows differ"
    if source.rows != destination.rows:
        what = f"the source has {source.rows} rows, the copy {destination.rows}"
    where = find_where()
    if where:
        what += f", with {where}"
    message = f"The copy of {stream.name} is not equal to the source: {what}"
    hint = "Nothing was published. Run again; if it stays so, report a bug."
    if stream.relation.is_view:
        hint = (
            f"Nothing was published. {CHANGING[0].upper()}{CHANGING[1:]}: exclude such "
            "a view, or set verify: count."
        )
    elif triggers := name_triggers():
        hint = (
            f"Nothing was published. At {'.'.join(stream.place)} somebody has made "
            f"triggers, which may change rows: drop {', '.join(triggers)}, and run "
            "again."
        )
    raise DataError(message, hint=hint)
