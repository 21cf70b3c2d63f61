"""Find the rows whose keys the source no longer has, knowing that there are some.

To bring the keys of all rows over takes long. Where the key is one whole number, both
sides count the rows of each range of keys first: no range of the source can have a row
that the replica will not have, so where the counts agree, the keys do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from elt.postgres import (
    Composable,
    Connection,
    Identifier,
    Literal,
    compose,
    execute,
    raw,
)
from elt.queries import load_queries
from elt.replication.design.replica import Replica
from elt.replication.incremental.survey import on_one_core, side_by_side
from elt.replication.rows.from_item import source_rows, table_rows
from elt.replication.rows.row_queries import alive, difference_table

queries = load_queries("elt.replication", "sql/deleted_keys.sql")

_WHOLE_NUMBERS = frozenset({"smallint", "integer", "bigint"})
#: Smaller ranges would hardly spare anything.
_FEWEST_BITS = 5
#: So many ranges fit easily into memory, on either side.
_MOST_RANGES = 1 << 16
#: To count ranges takes two reads of each table; below this, all keys are sooner here.
_FEWEST_ROWS = 100_000
#: When this share of the rows lies in ranges that differ, all keys are sooner here.
_LARGEST_SHARE = 0.5


@dataclass(frozen=True, kw_only=True, slots=True)
class Scale:
    """How a key that is one whole number is cut into ranges."""

    column: str
    #: How many lower bits a range leaves out.
    bits: int


@dataclass(frozen=True, kw_only=True, slots=True)
class RangeCounts:
    """How many rows each range of keys has, on either side."""

    scale: Scale
    source: Mapping[int, int]
    published: Mapping[int, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyRanges:
    """Ranges of a key that is one whole number: its upper bits."""

    scale: Scale
    ranges: tuple[int, ...]

    def rows_of(self, rows: Composable) -> Composable:
        """Return FROM items that read just these ranges, by the index of the key."""
        return compose(
            "unnest({ranges}::bigint[]) as ranges (_elt_range) join {rows} "
            "on published.{key} between _elt_range << {bits} "
            "and (_elt_range << {bits}) + {rest}",
            ranges=Literal(list(self.ranges)),
            rows=rows,
            key=Identifier(self.scale.column),
            bits=Literal(self.scale.bits),
            rest=Literal((1 << self.scale.bits) - 1),
        )


def choose_scale(replica: Replica, writer: Connection, rows: int) -> Scale | None:
    """Return how to cut the keys of so many rows into ranges, None where not at all."""
    column = whole_number_key(replica)
    if column is None or rows < _FEWEST_ROWS:
        return None
    bounds = compose(
        queries["read_bounds"],
        key=Identifier(column),
        table=Identifier(*replica.stream.place),
    )
    [(lowest, highest)] = execute(writer, bounds)
    if lowest is None:
        return None
    return Scale(column=column, bits=choose_bits(lowest, highest))


def count_both(
    replica: Replica, reader: Connection, writer: Connection, rows: int
) -> RangeCounts | None:
    """Count the rows in each range of keys on both sides; None where that is slower."""
    scale = choose_scale(replica, writer, rows)
    if scale is None:
        return None
    source, published = side_by_side(
        partial(count_source, replica, reader, scale),
        partial(count_published, replica, writer, scale),
    )
    return RangeCounts(scale=scale, source=source, published=published)


def count_source(
    replica: Replica, reader: Connection, scale: Scale
) -> Mapping[int, int]:
    """Count the rows of the source in each range of keys."""
    rows = source_rows(replica.stream)
    return _count(reader, "count_ranges", scale, rows=rows, is_alive=raw("true"))


def count_published(
    replica: Replica, writer: Connection, scale: Scale
) -> Mapping[int, int]:
    """Count the rows of the replica in each range of keys, beside the source."""
    rows, is_alive = table_rows(replica.stream.place), alive(replica)
    count = partial(_count, writer, "count_ranges", scale, rows=rows, is_alive=is_alive)
    return on_one_core(writer, count)


def count_coming(
    replica: Replica, writer: Connection, scale: Scale, *, is_listed: bool
) -> Mapping[int, int]:
    """Count the rows that are about to become visible in each range of keys.

    They are either listed, or those that are loaded and have a new key.
    """
    return _count(
        writer,
        "count_coming_ranges" if is_listed else "count_new_ranges",
        scale,
        loaded=Identifier(*replica.stream.shadow),
        difference=Identifier(replica.stream.shadow_schema, difference_table(replica)),
        published=Identifier(*replica.stream.place),
    )


def narrow(counts: RangeCounts, coming: Mapping[int, int]) -> KeyRanges | None:
    """Return the ranges of keys in which rows were deleted, None for everywhere."""
    ours: Counter[int] = Counter(counts.published)
    ours.update(coming)
    differing = differing_ranges(counts.source, ours)
    rows = sum(counts.published.values())
    if sum(ours[number] for number in differing) > _LARGEST_SHARE * rows:
        return None
    return KeyRanges(scale=counts.scale, ranges=differing)


def _count(
    connection: Connection, query: str, scale: Scale, **parts: Composable
) -> Mapping[int, int]:
    key, bits = Identifier(scale.column), Literal(scale.bits)
    filled = compose(queries[query], key=key, bits=bits, **parts)
    return dict(execute(connection, filled))


def whole_number_key(replica: Replica) -> str | None:
    """Return the column that is the key, if it is one and holds whole numbers."""
    if len(replica.key) != 1:
        return None
    [column] = [c for c in replica.copied if c.name == replica.key[0]]
    return column.name if column.type in _WHOLE_NUMBERS else None


def choose_bits(lowest: int, highest: int) -> int:
    """Return how many lower bits to leave out for ranges that are not too many."""
    return max(_FEWEST_BITS, ((highest - lowest) // _MOST_RANGES).bit_length())


def differing_ranges(
    source: Mapping[int, int], ours: Mapping[int, int]
) -> tuple[int, ...]:
    """Return the ranges in which the source has another number of rows."""
    return tuple(sorted(n for n, rows in ours.items() if source.get(n, 0) != rows))
