"""Tally both sides of a stream, and halve its keys until what differs is found.

Both databases work at once, and each only over the keys that it is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import NamedTuple

from elt.postgres import (
    Composable,
    Connection,
    Identifier,
    Literal,
    compose,
    execute,
    identifiers,
    joined,
    raw,
)
from elt.replication.design.replica import Replica
from elt.replication.incremental.survey import side_by_side
from elt.replication.rows.from_item import source_rows, table_rows
from elt.replication.rows.receipts import Method, Tally, take_tally, tally_query
from elt.replication.rows.row_queries import alive
from elt.tables import human_count

#: A range of this few rows is worth looking at by eye.
_SMALL_RANGE = 10
#: So many ranges are named of those that differ; of more it is said that there are.
MOST_RANGES = 5
#: Types that every server orders alike.
_SAME_ORDER = re.compile(
    r"(small|big)int|integer|numeric.*|uuid|date|boolean|oid|(timestamp|time) .*"
)
_LOWEST = "the lowest"

Key = tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyRange:
    """Rows from one key, inclusive, to another, exclusive; None is an open end."""

    low: Key | None = None
    high: Key | None = None
    #: The last key, inclusive, where nothing is said of the keys after it.
    last: Key | None = None

    def __str__(self) -> str:
        """Name the range for a person."""
        low = _LOWEST if self.low is None else f"({', '.join(self.low)})"
        if self.last is not None:
            return f"from {low} to ({', '.join(self.last)})"
        if self.high is None:
            return f"from {low} to the highest"
        return f"from {low} to before ({', '.join(self.high)})"

    def halves(self, middle: Key) -> tuple[KeyRange, KeyRange]:
        """Return the keys before one within the range, and it with those after it."""
        return KeyRange(low=self.low, high=middle), KeyRange(low=middle, high=self.high)


EVERYTHING = KeyRange()


class Tallies(NamedTuple):
    """The tallies of the same keys on both sides."""

    source: Tally
    copy: Tally

    @property
    def are_equal(self) -> bool:
        """Tell whether both sides have the same rows."""
        return self.source == self.copy

    def __sub__(self, other: Tallies) -> Tallies:
        """Return those of the keys that are not in the other ones."""
        return Tallies(self.source - other.source, self.copy - other.copy)


@dataclass(frozen=True, kw_only=True, slots=True)
class Side:
    """Rows of a stream, under the alias `published`, where they can be read."""

    connection: Connection
    rows: Composable
    #: Which of the rows count.
    condition: Composable


def side_at_source(reader: Connection, replica: Replica) -> Side:
    """Return the rows of a stream in the snapshot of a reader."""
    rows = source_rows(replica.stream)
    return Side(connection=reader, rows=rows, condition=raw("true"))


def side_here(writer: Connection, replica: Replica) -> Side:
    """Return the rows of a replica that readers take for those of its table."""
    rows = table_rows(replica.stream.place)
    return Side(connection=writer, rows=rows, condition=alive(replica))


@dataclass(frozen=True, kw_only=True, slots=True)
class Sides:
    """A stream on two sides, each in its snapshot; both may be at the destination."""

    replica: Replica
    method: Method
    source: Side
    copy: Side

    def tally(self, within: KeyRange = EVERYTHING) -> Tallies:
        """Tally a range of keys on both sides, at once where these are two sessions."""
        condition = _condition(self.replica, within)
        if self.source.connection is self.copy.connection:
            both = [self._tally(side, condition) for side in (self.source, self.copy)]
            return Tallies(*both)
        return Tallies(
            *side_by_side(
                lambda: self._tally(self.source, condition),
                lambda: self._tally(self.copy, condition),
            )
        )

    def _tally(self, side: Side, within: Composable) -> Tally:
        condition = joined([within, side.condition], " and ")
        query = tally_query(self.replica.copied, side.rows, self.method, condition)
        return take_tally(side.connection, query)

    def list_differing(self, found: Tallies) -> list[KeyRange]:
        """Return the first small ranges that differ, none where there is no key.

        One more than are named, where there are more.
        """
        if not self.replica.key:
            return []
        return list(islice(self.find_differing(found), MOST_RANGES + 1))

    def close(self, within: KeyRange) -> KeyRange:
        """Put the keys of the source's rows in place of the open ends of a range."""
        rows = self._tally(self.source, _condition(self.replica, within)).rows
        if not rows:
            return within
        first, last = (self._key_at(self.source, within, n) for n in (0, rows - 1))
        return replace(
            within,
            low=within.low or first,
            last=last if within.high is None else None,
        )

    def find_differing(
        self, found: Tallies, within: KeyRange = EVERYTHING
    ) -> Iterator[KeyRange]:
        """Yield the small ranges that differ of one whose tallies are known.

        Of two halves one is read: the other has what is left of the whole.
        """
        if found.are_equal:
            return
        larger = max(found.source.rows, found.copy.rows)
        if larger <= _SMALL_RANGE:
            yield within
            return
        at_source = found.source.rows >= found.copy.rows
        side = self.source if at_source else self.copy
        middle = self._key_at(side, within, larger // 2)
        lower, upper = within.halves(middle)
        below = self.tally(lower)
        yield from self.find_differing(below, lower)
        yield from self.find_differing(found - below, upper)

    def _key_at(self, side: Side, within: KeyRange, offset: int) -> Key:
        """Return the key that so many others of a range come before, on one side."""
        # Cast outside: within, ORDER BY would take the casts for its columns.
        query = compose(
            "select {values} from (select {names} from {rows} where {condition} "
            "order by {key} offset {offset} limit 1) as middle",
            values=joined(
                compose("{name}::text", name=Identifier(name))
                for name in self.replica.key
            ),
            names=identifiers(self.replica.key),
            rows=side.rows,
            condition=joined(
                [_condition(self.replica, within), side.condition], " and "
            ),
            key=_key(self.replica),
            offset=raw(str(offset)),
        )
        [row] = execute(side.connection, query)
        return tuple(row)


def describe_ranges(replica: Replica, ranges: Sequence[KeyRange]) -> str:
    """Name the keys between which rows differ; nothing where none were found.

    For an error, which is logged: so keys of text, as those of people, are but counted.
    """
    names = ", ".join(replica.key)
    has_more = len(ranges) > MOST_RANGES
    named = ranges[:MOST_RANGES]
    if ranges and "text" in _key_types(replica):
        many = "more than " if has_more else ""
        return f"keys of text in {many}{human_count(len(named), 'range')} of {names}"
    parts = [f"{names} {ranged}" for ranged in named]
    return "; ".join([*parts, "and more"] if has_more else parts)


def _condition(replica: Replica, within: KeyRange) -> Composable:
    """Return the condition on a row to be in a range of keys."""
    conditions = [raw("true")]
    for bound, operator in ((within.low, ">="), (within.high, "<")):
        if bound is not None:
            values = joined(
                _ordered(
                    compose("{value}::{type}", value=Literal(value), type=raw(kind)),
                    replica,
                    kind,
                )
                for value, kind in zip(bound, _key_types(replica), strict=True)
            )
            conditions.append(
                compose(
                    "({key}) {operator} ({values})",
                    key=_key(replica),
                    operator=raw(operator),
                    values=values,
                )
            )
    return joined(conditions, " and ")


def _key(replica: Replica) -> Composable:
    """Return the key in an order that both servers share, whatever their collations."""
    return joined(
        _ordered(compose("{name}::text", name=Identifier(name)), replica, kind)
        if kind == "text"
        else Identifier(name)
        for name, kind in zip(replica.key, _key_types(replica), strict=True)
    )


def _ordered(value: Composable, replica: Replica, kind: str) -> Composable:
    """Return a value as it is ordered: text by its bytes, in one encoding."""
    if kind != "text":
        return value
    is_recoded = any(column.is_recoded for column in replica.columns)
    form = "convert_to({value}, 'UTF8')" if is_recoded else '{value} collate "C"'
    return compose(form, value=value)


def _key_types(replica: Replica) -> list[str]:
    """Return the types to compare keys in: text for those whose order may differ."""
    types = {column.name: column.type for column in replica.columns}
    return [
        types[name] if _SAME_ORDER.fullmatch(types[name]) else "text"
        for name in replica.key
    ]
