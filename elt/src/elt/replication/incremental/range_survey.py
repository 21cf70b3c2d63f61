"""Count both sides range by range, where deleted rows are to be expected.

To find these takes counts of ranges of keys. One scan that counts them and finds what
changed takes less than one that finds what changed and one that counts; but more than
the first alone, which is enough where nothing was deleted. What the source's statistics
say of deleted rows decides which it is: a hint, which may come late, or be of another
table of that name. Where it is wrong, the counts are right nevertheless.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from elt.postgres import (
    Composable,
    Connection,
    Identifier,
    Literal,
    compose,
    execute,
    raw,
    send_ahead,
)
from elt.replication.design.replica import Replica
from elt.replication.incremental.deleted_keys import (
    RangeCounts,
    Scale,
    count_published,
    count_source,
)
from elt.replication.incremental.survey import Survey, at_places, queries, side_by_side
from elt.replication.rows.from_item import LOOK_UP, source_rows
from elt.replication.rows.receipts import Tally

#: Memory for the groups of a scan, which are ranges and rows that changed: with less,
#: their rows would go through temporary files of the source.
_GROUPS = "set local work_mem to '32MB'"


def expects_deletes(known: int | None, now: int | None) -> bool:
    """Tell whether rows were deleted, as the statistics of the source have it."""
    return known is not None and now is not None and now != known


def survey_ranges(
    replica: Replica,
    condition: Composable,
    connections: tuple[Connection, Connection],
    scale: Scale,
    *,
    finds: bool,
) -> tuple[Survey, RangeCounts]:
    """Count both sides in each range of keys; find the rows to read, where asked to."""
    reader, writer = connections

    def find() -> tuple[Mapping[int, int], int | None, Composable]:
        if not finds:
            return count_source(replica, reader, scale), None, condition
        return _find_changed(reader, replica, condition, scale)

    here = partial(count_published, replica, writer, scale)
    (source, changed, precise), published = side_by_side(find, here)
    survey = Survey(
        source=Tally(rows=sum(source.values())),
        published=sum(published.values()),
        changed=changed,
        condition=precise,
    )
    return survey, RangeCounts(scale=scale, source=source, published=published)


def _find_changed(
    reader: Connection, replica: Replica, condition: Composable, scale: Scale
) -> tuple[Mapping[int, int], int, Composable]:
    """Count ranges and the rows that a condition picks; return one on their places."""
    query = compose(
        queries["find_changed_ranges"],
        condition=condition,
        key=Identifier(scale.column),
        bits=Literal(scale.bits),
        rows=source_rows(replica.stream),
    )
    send_ahead(reader, _GROUPS)
    [(ranges, counts, changed, places)] = execute(reader, query)
    source = dict(zip(ranges, map(int, counts), strict=True))
    if not changed:
        return source, 0, raw("false")
    send_ahead(reader, LOOK_UP)
    return source, changed, at_places(places)
