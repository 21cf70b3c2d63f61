"""Names the keys for which a copy is not what it was copied from, while both are there.

An error says no more of a row than its key.
"""

from __future__ import annotations

from dataclasses import replace

from elt.postgres import Connection, compose, fetch_one, raw
from elt.replication.bisection import (
    Side,
    Sides,
    describe_ranges,
    side_at_source,
    side_here,
)
from elt.replication.catalog.names import qualify_name
from elt.replication.catalog.tables import Place
from elt.replication.load.copying import Copying
from elt.replication.load.loading import Load, Loading, Pair
from elt.replication.rows.from_item import table_rows
from elt.replication.rows.receipts import Method
from elt.replication.rows.row_queries import is_missing, queries

#: Receipts of all rows; those of others have only some in their shadow.
_OF_ALL = frozenset({Method.COUNT, Method.CHECKSUM, Method.EXACT})


def name_copied(loading: Loading, copying: Copying, connections: Pair) -> str:
    """Name where the source and a new replica, or one to be left as it is, differ."""
    replica, method = copying.replica, copying.method
    # A view may well have other rows by now.
    if method not in _OF_ALL or replica.stream.relation.is_view:
        return ""
    copy = side_here(connections.writer, replica)
    if loading.is_new(replica):
        copy = _loaded(connections.writer, copying.replica.stream.shadow)
    source = side_at_source(connections.reader, replica)
    sides = Sides(replica=replica, method=method, source=source, copy=copy)
    return describe_ranges(replica, sides.list_differing(sides.tally()))


def name_published(connection: Connection, load: Load) -> str:
    """Name where the loaded rows and a replica that has taken them in differ.

    The snapshot of the source is gone by then.
    """
    replica = load.replica
    if load.adjustment is None or not replica.key or not _is_loaded(connection, load):
        return ""
    copy = side_here(connection, replica)
    is_of_all = load.method in _OF_ALL
    if not is_of_all:
        form = "{alive} and not ({missing})"
        brought = compose(form, alive=copy.condition, missing=is_missing(replica))
        copy = replace(copy, condition=brought)
    source = _loaded(connection, replica.stream.shadow)
    sides = Sides(replica=replica, method=load.method, source=source, copy=copy)
    ranges = sides.list_differing(sides.tally())
    if not is_of_all:
        # The ends of what was loaded are not those of the table.
        ranges = [sides.close(ranged) for ranged in ranges]
    return describe_ranges(replica, ranges)


def _is_loaded(connection: Connection, load: Load) -> bool:
    """Tell whether there is anything to compare with: not where nothing changed."""
    parameters = {"table": qualify_name(*load.replica.stream.shadow)}
    return bool(fetch_one(connection, queries["is_there"], parameters))


def _loaded(writer: Connection, shadow: Place) -> Side:
    rows = table_rows(shadow)
    return Side(connection=writer, rows=rows, condition=raw("true"))
