"""Compare source and destination as they are now; name what differs, and where.

Keys of rows that differ are part of the report; its log has none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from elt import logs
from elt.errors import ConfigError
from elt.postgres import READ_ONLY, transaction, undone
from elt.replication.bisection import (
    MOST_RANGES,
    KeyRange,
    Sides,
    Tallies,
    side_at_source,
    side_here,
)
from elt.replication.catalog.reading import list_schemas, read_catalog
from elt.replication.catalog.tables import Catalog
from elt.replication.changes.adjustment import adjust
from elt.replication.changes.lost_columns import refuse_lost_columns
from elt.replication.design.designs import design_replicas
from elt.replication.design.replica import Replica
from elt.replication.design.streams import Plan
from elt.replication.design.views import CHANGING
from elt.replication.incremental.choosing import RESHAPED
from elt.replication.plan import destination
from elt.replication.plan.planning import plan_streams
from elt.replication.plan.shapes_at_source import refuse_unusable_shapes
from elt.replication.rows.receipts import method_of
from elt.replication.sessions.session import Session, read_source
from elt.replication.sessions.snapshot import held_snapshot
from elt.replication.state import state
from elt.replication.state.state import KnownStream
from elt.tables import format_table

log = logs.logger(__name__)


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
    #: Whether they differ in others, too.
    has_more_ranges: bool = False

    def to_document(self) -> dict[str, Any]:
        """Return the comparison as JSON can hold it."""
        ranges = [{"low": found.low, "high": found.high} for found in self.ranges]
        return asdict(self) | {"ranges": ranges}


def verify(session: Session) -> Iterator[Comparison]:
    """Compare stream by stream, each side in one snapshot; write nothing."""
    source, reader = session.source, session.reader
    schemas = list_schemas(reader)
    with (
        held_snapshot(
            reader,
            schemas,
            allow_row_security=source.allow_row_security,
            is_shared=False,
        ),
        transaction(session.writer, READ_ONLY),
    ):
        plan = plan_streams(
            source,
            session.config.on_schema_change,
            read_source(session, schemas),
            only=session.options.streams,
        )
        refuse_unusable_shapes(reader, source, plan)
        yield from _compare_all(session, plan)


def _compare_all(session: Session, plan: Plan) -> Iterator[Comparison]:
    reader, writer = session.reader, session.writer
    capabilities = destination.read_capabilities(
        writer, session.config.destination, session.elsewhere
    )
    held = read_catalog(writer, plan.landings.values())
    designs = design_replicas(plan, capabilities)[len(plan.partitioned) :]
    designs.sort(key=lambda replica: replica.stream.name)
    known = {}
    if state.has_state(writer):
        known = state.find_known_streams(writer, plan.source)
    if not known:
        message = f"No stream of source {plan.source} was replicated yet"
        raise ConfigError(message, hint="Run elt replicate first.")
    method = method_of(session.config.verify)
    with session.progress.comparing([replica.stream for replica in designs]) as begin:
        for replica in designs:
            stream = replica.stream
            begin(stream)
            found = _comparable(replica, known.get(stream.name), held)
            if isinstance(found, str):
                yield _incomparable(stream.name, found)
                continue
            sides = Sides(
                replica=found,
                method=method,
                source=side_at_source(reader, found),
                copy=side_here(writer, found),
            )
            # Whoever wants to alter a table waits for its own comparison alone.
            with undone(reader), undone(writer):
                comparison = compare(sides)
            yield comparison


def _comparable(
    replica: Replica, known: KnownStream | None, held: Catalog
) -> Replica | str:
    """Return the replica as it was made, or why it cannot be compared."""
    table = held.table(*replica.stream.place)
    if known is None or table is None:
        return "it was not replicated yet"
    definition = known.definition
    if definition.shape != replica.stream.shaping.fingerprint:
        return RESHAPED
    try:
        refuse_lost_columns(definition, table)
        adjustment = adjust(replica, definition)
    except ConfigError as error:
        return error.message
    # Rows are the same under other keys and indexes.
    if adjustment.changes.columns and adjustment.action == "propagated":
        return f"its table changed: {'; '.join(adjustment.changes.descriptions)}"
    return adjustment.replica


def _incomparable(stream: str, reason: str) -> Comparison:
    return Comparison(
        stream=stream,
        source_rows=None,
        destination_rows=None,
        is_equal=False,
        reason=reason,
    )


def compare(sides: Sides) -> Comparison:
    """Tally one stream on both sides; where they differ, look for the keys."""
    replica = sides.replica
    found = sides.tally()
    ranges = sides.list_differing(found)
    return Comparison(
        stream=replica.stream.name,
        source_rows=found.source.rows,
        destination_rows=found.copy.rows,
        is_equal=found.are_equal,
        reason=None if found.are_equal else _reason(replica, found),
        key=replica.key,
        ranges=ranges[:MOST_RANGES],
        has_more_ranges=len(ranges) > MOST_RANGES,
    )


def _reason(replica: Replica, found: Tallies) -> str | None:
    """Return why a replica may well differ."""
    if replica.stream.relation.is_view:
        return CHANGING
    has_more = found.copy.rows > found.source.rows
    if replica.stream.ignores_deletes and has_more:
        return "rows that the source deleted stay here, as deletes: ignore says"
    return None


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
        if comparison.has_more_ranges:
            lines.append(f"{comparison.stream}: and in more ranges")
    return "\n".join(lines).rstrip()
