"""Compare source and destination as they are now; name what differs, and where.

Keys of rows that differ are part of the report, and of nothing else: no log has them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from elt import logs
from elt.config import Config, DeletePolicy, SourceConfig
from elt.errors import ConfigError
from elt.postgres import (
    READ_ONLY,
    Composable,
    Connection,
    Identifier,
    Literal,
    compose,
    execute,
    identifiers,
    joined,
    raw,
    transaction,
)
from elt.replication import destination, state
from elt.replication.adjustment import adjust
from elt.replication.catalog import list_schemas, read_catalog
from elt.replication.difference import alive
from elt.replication.reads import RESHAPED
from elt.replication.receipts import (
    Method,
    Tally,
    method_of,
    take_tally,
    tally_query,
)
from elt.replication.replica import Replica, design_replicas
from elt.replication.rows import source_rows, table_rows
from elt.replication.shapes_at_source import refuse_unusable_shapes
from elt.replication.source import held_snapshot
from elt.replication.streams import Plan, plan_streams
from elt.replication.views import CHANGING
from elt.tables import format_table

log = logs.logger(__name__)

#: A range of this few rows is worth looking at by eye.
_SMALL_RANGE = 10
_MOST_RANGES = 5
#: Types that every server orders alike.
_SAME_ORDER = re.compile(
    r"(small|big)int|integer|numeric.*|uuid|date|boolean|oid|(timestamp|time) .*"
)
_LOWEST, _HIGHEST = "the lowest", "the highest"

Key = tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyRange:
    """Rows from one key, inclusive, to another, exclusive; None is an open end."""

    low: Key | None = None
    high: Key | None = None

    def __str__(self) -> str:
        """Name the range for a person."""
        low = _LOWEST if self.low is None else f"({', '.join(self.low)})"
        high = _HIGHEST if self.high is None else f"({', '.join(self.high)})"
        return f"from {low} to before {high}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """One stream on both sides."""

    stream: str
    source_rows: int | None
    destination_rows: int | None
    is_equal: bool
    #: Why the two could not be compared by their rows.
    reason: str | None = None
    #: Columns of the key, and where in it the sides differ.
    key: Sequence[str] = ()
    ranges: Sequence[KeyRange] = ()

    def to_document(self) -> dict[str, Any]:
        """Return the comparison as JSON can hold it."""
        return asdict(self)


def verify(
    config: Config,
    source: SourceConfig,
    reader: Connection,
    writer: Connection,
    *,
    only: tuple[str, ...] = (),
) -> Iterator[Comparison]:
    """Compare stream by stream, each side in one snapshot; write nothing."""
    schemas = list_schemas(reader)
    with (
        held_snapshot(
            reader,
            schemas,
            allow_row_security=source.allow_row_security,
            is_shared=False,
        ),
        transaction(writer, READ_ONLY),
    ):
        catalog = read_catalog(reader, schemas, include_views=source.include_views)
        plan = plan_streams(source, config.on_schema_change, catalog, only=only)
        refuse_unusable_shapes(reader, source, plan)
        yield from _compare_all(config, plan, reader, writer)


def _compare_all(
    config: Config, plan: Plan, reader: Connection, writer: Connection
) -> Iterator[Comparison]:
    capabilities = destination.read_capabilities(writer, config.destination, reader)
    held = read_catalog(writer, plan.landings.values())
    designs = design_replicas(plan, capabilities)[len(plan.partitioned) :]
    known = {}
    if state.has_state(writer):
        streams = state.list_known_streams(writer, plan.source)
        known = {stream.stream: stream.definition for stream in streams}
    for replica in sorted(designs, key=lambda replica: replica.stream.name):
        stream = replica.stream
        log.debug("comparing stream", stream=stream.name)
        definition = known.get(stream.name)
        if definition is None or not held.table(*stream.place):
            yield _incomparable(stream.name, "it was not replicated yet")
            continue
        if definition.shape != stream.shaping.fingerprint:
            yield _incomparable(stream.name, RESHAPED)
            continue
        try:
            adjustment = adjust(replica, definition)
        except ConfigError as error:
            yield _incomparable(stream.name, error.message)
            continue
        if adjustment.changes and adjustment.action == "propagated":
            changes = "; ".join(adjustment.changes.descriptions)
            yield _incomparable(stream.name, f"its table changed: {changes}")
            continue
        yield compare(adjustment.replica, method_of(config.verify), reader, writer)


def _incomparable(stream: str, reason: str) -> Comparison:
    return Comparison(
        stream=stream,
        source_rows=None,
        destination_rows=None,
        is_equal=False,
        reason=reason,
    )


def compare(
    replica: Replica, method: Method, reader: Connection, writer: Connection
) -> Comparison:
    """Tally one stream on both sides; where they differ, look for the keys."""
    tallies = _tally_both(replica, method, reader, writer, KeyRange())
    is_equal = tallies[0] == tallies[1]
    ranges: list[KeyRange] = []
    if not is_equal and replica.key:
        found = _differing(replica, method, reader, writer, KeyRange())
        ranges = [
            key_range for key_range, _ in zip(found, range(_MOST_RANGES), strict=False)
        ]
    return Comparison(
        stream=replica.stream.name,
        source_rows=tallies[0].rows,
        destination_rows=tallies[1].rows,
        is_equal=is_equal,
        reason=None if is_equal else _reason(replica, *tallies),
        key=replica.key,
        ranges=ranges,
    )


def _reason(replica: Replica, source: Tally, copy: Tally) -> str | None:
    """Return why a replica may well differ."""
    if replica.stream.relation.is_view:
        return CHANGING
    if replica.stream.deletes is DeletePolicy.IGNORE and copy.rows > source.rows:
        return "rows that the source deleted stay here, as deletes: ignore says"
    return None


def _tally_both(
    replica: Replica,
    method: Method,
    reader: Connection,
    writer: Connection,
    within: KeyRange,
) -> tuple[Tally, Tally]:
    """Tally a range of keys on both sides."""
    at_source, at_destination = _rows(replica)
    condition = _condition(replica, within)
    visible = joined([condition, alive(replica)], " and ")
    return (
        take_tally(reader, tally_query(replica.copied, at_source, method, condition)),
        take_tally(
            writer, tally_query(replica.copied, at_destination, method, visible)
        ),
    )


def _rows(replica: Replica) -> tuple[Composable, Composable]:
    """Return the rows at the source and at the destination."""
    return source_rows(replica.stream), table_rows(replica.stream.place)


def _differing(
    replica: Replica,
    method: Method,
    reader: Connection,
    writer: Connection,
    within: KeyRange,
) -> Iterator[KeyRange]:
    """Yield the small key ranges that differ, by halving those that do."""
    at_source, at_destination = _rows(replica)
    source, copy = _tally_both(replica, method, reader, writer, within)
    if source == copy:
        return
    larger = max(source.rows, copy.rows)
    if larger <= _SMALL_RANGE:
        yield within
        return
    is_source = source.rows >= copy.rows
    connection, rows = (reader, at_source) if is_source else (writer, at_destination)
    visible = raw("true") if is_source else alive(replica)
    condition = joined([_condition(replica, within), visible], " and ")
    middle = _key_at(connection, replica, rows, condition, larger // 2)
    for half in (
        KeyRange(low=within.low, high=middle),
        KeyRange(low=middle, high=within.high),
    ):
        yield from _differing(replica, method, reader, writer, half)


def _key_at(
    connection: Connection,
    replica: Replica,
    rows: Composable,
    condition: Composable,
    offset: int,
) -> Key:
    """Return the key that so many others come before, of the rows of a condition."""
    # Cast outside: within, ORDER BY would take the casts for its columns.
    query = compose(
        "select {values} from (select {names} from {rows} where {condition} "
        "order by {key} offset {offset} limit 1) as middle",
        values=joined(
            compose("{name}::text", name=Identifier(name)) for name in replica.key
        ),
        names=identifiers(replica.key),
        rows=rows,
        condition=condition,
        key=_key(replica),
        offset=raw(str(offset)),
    )
    [row] = execute(connection, query)
    return tuple(row)


def _condition(replica: Replica, within: KeyRange) -> Composable:
    conditions = [raw("true")]
    for bound, operator in ((within.low, ">="), (within.high, "<")):
        if bound is not None:
            values = joined(
                compose("{value}::{type}", value=Literal(value), type=raw(kind))
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
        compose('{name}::text collate "C"', name=Identifier(name))
        if kind == "text"
        else Identifier(name)
        for name, kind in zip(replica.key, _key_types(replica), strict=True)
    )


def _key_types(replica: Replica) -> list[str]:
    """Return the types to compare keys in: text for those whose order may differ."""
    types = {column.name: column.type for column in replica.columns}
    return [
        types[name] if _SAME_ORDER.fullmatch(types[name]) else "text"
        for name in replica.key
    ]


def format_comparisons(comparisons: Sequence[Comparison]) -> str:
    """Return the comparisons for a person."""
    headers = ("STREAM", "SOURCE ROWS", "DESTINATION ROWS", "RESULT")
    rows = [
        (
            c.stream,
            c.source_rows,
            c.destination_rows,
            "equal" if c.is_equal else "DIFFERS",
        )
        for c in comparisons
    ]
    lines = [format_table(headers, rows), ""]
    for comparison in comparisons:
        if comparison.reason:
            lines.append(f"{comparison.stream}: {comparison.reason}")
        key = ", ".join(comparison.key)
        lines += [
            f"{comparison.stream}: rows differ with {key} {ranged}"
            for ranged in comparison.ranges
        ]
    return "\n".join(lines).rstrip()
