"""What a check finds about streams that a run would refuse, as they lost their rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from elt.errors import EltError
from elt.postgres import (
    READ_ONLY,
    Composable,
    Connection,
    compose,
    execute_union,
    transaction,
)
from elt.replication.design.streams import Stream
from elt.replication.findings.finding import Finding, Level
from elt.replication.load.small_tables import SMALL_BYTES
from elt.replication.publish.shrinking import explain_shrink
from elt.replication.rows.from_item import source_rows
from elt.replication.state.state import KnownStream


def examine_shrinking(
    reader: Connection,
    streams: Iterable[Stream],
    known: Mapping[str, KnownStream],
    allowed: float,
) -> Iterator[Finding]:
    """Yield a warning that names the streams which lost more rows than they may.

    Small tables are counted; of others PostgreSQL's estimate stands for their rows, so
    that rows deleted just now still count.
    """
    guarded = [
        stream
        for stream in streams
        if stream.relation.kind == "r"
        and not stream.ignores_deletes
        and stream.name in known
    ]
    shrunk = {
        stream.name: f"{stream.name} ({before} to {rows} rows)"
        for stream, rows in _count_rows(reader, guarded)
        if (before := known[stream.name].row_count) is not None
        and stream.has_shrunk(before, rows, allowed)
    }
    if shrunk:
        lost = ", ".join(shrunk.values())
        text = f"lost more of their rows than a run publishes: {lost}"
        fix = explain_shrink(shrunk)
        yield Finding(level=Level.WARNING, subject="streams", text=text, fix=fix)


def _count_rows(
    reader: Connection, streams: Sequence[Stream]
) -> Iterator[tuple[Stream, int]]:
    """Yield the streams of which the rows are known, exactly or about."""
    small = [stream for stream in streams if stream.relation.bytes <= SMALL_BYTES]
    yield from zip(small, _count(reader, small), strict=False)
    for stream in streams:
        relation, estimate = stream.relation, stream.relation.estimated_rows
        is_picked = stream.shaping.where is not None or relation.hides_rows
        if relation.bytes > SMALL_BYTES and estimate is not None and not is_picked:
            yield stream, estimate


def _count(reader: Connection, streams: Iterable[Stream]) -> list[int]:
    """Count rows; none where one cannot be read, which other findings tell."""
    counts: list[Composable] = [
        compose("select count(*) from {rows}", rows=source_rows(stream))
        for stream in streams
    ]
    if not counts:
        return []
    try:
        with transaction(reader, READ_ONLY):
            return [rows for [(rows,)] in execute_union(reader, counts)]
    except EltError:
        return []
