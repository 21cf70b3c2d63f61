"""FROM items, under the alias `published`: the rows of a table, or of a stream.

What is shaped is shaped here and nowhere else: whatever is read of a stream at its
source, it is read from what this returns. Nothing here talks to a database.
"""

from __future__ import annotations

from elt.postgres import Composable, Identifier, compose, joined, raw
from elt.replication.catalog.tables import Place
from elt.replication.design.streams import Stream

#: For a transaction that looks up rows, few among many: a random page costs as much by
#: default as on a disk that turns, and the table would be read as a whole.
LOOK_UP = "set local random_page_cost to 1.1"


def table_rows(place: Place) -> Composable:
    """Return the rows of a table, without those of its children."""
    return compose("only {table} as published", table=Identifier(*place))


def source_rows(stream: Stream, *, sample: Composable | None = None) -> Composable:
    """Return the rows of a stream as they leave its source.

    PostgreSQL makes one query of it and what is around it: pages are still read by
    their `ctid`, keys by their index, and no mask is worked out that nobody asks for.
    `sample` is a percentage of pages.
    """
    place = Identifier(*stream.relation.place)
    part = raw("")
    if sample is not None:
        part = compose(" tablesample system ({percent})", percent=sample)
    shaping = stream.shaping
    if not shaping:
        return compose("only {place} as published{part}", place=place, part=part)
    expressions = shaping.expressions
    columns = [
        compose(
            "{value} as {name}",
            value=expressions.get(column.name, Identifier(column.name)),
            name=Identifier(column.name),
        )
        for column in stream.columns
    ]
    # A view has none, and is read as a whole.
    system = [] if stream.relation.is_view else [raw("ctid"), raw("xmin")]
    # On a line of its own, as a condition may end with a comment.
    condition = raw("" if shaping.where is None else f" where (\n{shaping.where}\n)")
    return compose(
        "(select {columns} from only {place} as {alias}{part}{condition}) as published",
        columns=joined([*columns, *system]),
        place=place,
        alias=Identifier(shaping.alias),
        part=part,
        condition=condition,
    )
