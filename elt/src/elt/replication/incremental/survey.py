"""Count both sides of a stream before anything is copied, and find what changed.

A scan of the source that looks for rows which changed passes all of them: so it counts
them too, and notes where those are. The replica is counted meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple, TypeVar

from elt.postgres import (
    Composable,
    Connection,
    Literal,
    compose,
    execute,
    execute_union,
    raw,
    send_ahead,
)
from elt.queries import load_queries
from elt.replication.design.replica import Replica
from elt.replication.rows.from_item import LOOK_UP, source_rows, table_rows
from elt.replication.rows.receipts import Method, Tally, take_tally, tally_query
from elt.replication.rows.row_queries import alive

queries = load_queries("elt.replication", "sql/survey.sql")

#: While the source works too, and may be on the same machine, workers would take its
#: cores: with two of them, both sides are counted in 0.35 s with workers, in 0.23 s
#: without, and ranges of keys in 0.78 s and 0.47 s, of three million rows.
_WITHOUT_WORKERS = "set local max_parallel_workers_per_gather to 0"
#: Pages whose rows tell which share changed; a few milliseconds.
_SAMPLED_PAGES = 300
Found = TypeVar("Found")
Here = TypeVar("Here")


class Looked(NamedTuple):
    """A stream, and the condition on rows that may have changed."""

    replica: Replica
    condition: Composable


class Estimate(NamedTuple):
    """About how many rows changed, and of how many."""

    changed: int
    rows: int

    @property
    def share(self) -> float:
        """Return which part of the rows changed."""
        return self.changed / max(self.rows, 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Survey:
    """What both sides hold before anything is copied."""

    #: As the receipt tallies it, but without hashes of the rows that changed.
    source: Tally
    #: Rows of the replica.
    published: int
    #: Rows to read, None where they were not looked for.
    changed: int | None
    #: Which rows these are.
    condition: Composable

    @property
    def is_unchanged(self) -> bool:
        """Tell whether counts alone show that nothing changed.

        Every row that is new would have been found; so fewer rows are deleted ones.
        """
        return self.changed == 0 and self.source.rows == self.published


def take_survey(
    replica: Replica,
    condition: Composable,
    connections: tuple[Connection, Connection],
    tallied: Method | None,
) -> Survey:
    """Count both sides; find the rows to read, unless the source is to be tallied."""
    reader, writer = connections

    def find() -> tuple[Tally, int | None, Composable]:
        if tallied is not None:
            rows = source_rows(replica.stream)
            query = tally_query(replica.copied, rows, tallied)
            return take_tally(reader, query), None, condition
        return _find_changed(reader, replica, condition)

    here = partial(on_one_core, writer, partial(_count, writer, replica))
    (source, changed, precise), published = side_by_side(find, here)
    return Survey(
        source=source, published=published, changed=changed, condition=precise
    )


def estimate_changed(
    reader: Connection, replica: Replica, condition: Composable
) -> Estimate:
    """Return about how many of a table's rows a condition picks."""
    pages = max(replica.stream.relation.pages, 1)
    sampled = min(1.0, _SAMPLED_PAGES / pages)
    query = compose(
        queries["count_changed"],
        condition=condition,
        rows=source_rows(replica.stream, sample=Literal(100 * sampled)),
    )
    [(rows, changed)] = execute(reader, query)
    return Estimate(changed=round(changed / sampled), rows=round(rows / sampled))


def _find_changed(
    reader: Connection, replica: Replica, condition: Composable
) -> tuple[Tally, int, Composable]:
    """Count a table and the rows that a condition picks; return one on their places.

    Places are those of row versions, which stay while the snapshot does.
    """
    parts = {"condition": condition, "rows": source_rows(replica.stream)}
    [(rows, changed, places)] = execute(
        reader, compose(queries["find_changed"], **parts)
    )
    if not changed:
        return Tally(rows=rows), 0, raw("false")
    send_ahead(reader, LOOK_UP)
    return Tally(rows=rows), changed, at_places(places)


def take_surveys(
    looked: Sequence[Looked], connections: tuple[Connection, Connection]
) -> list[tuple[Survey, int | None]]:
    """Count both sides of several small streams, and the rows to read of each.

    One query to each side. Also returns how many rows each source has counted as
    deleted, as its statistics have it.
    """
    reader, writer = connections
    at_source = [
        compose(
            queries["look_at_changes"],
            oid=Literal(replica.stream.relation.oid),
            condition=condition,
            rows=source_rows(replica.stream),
        )
        for replica, condition in looked
    ]
    here = [
        compose(
            queries["count_alive"],
            rows=table_rows(replica.stream.place),
            is_alive=alive(replica),
        )
        for replica, _ in looked
    ]
    found, published = side_by_side(
        partial(execute_union, reader, at_source),
        partial(execute_union, writer, here),
    )
    return [
        (
            Survey(
                source=Tally(rows=rows),
                published=ours,
                changed=changed,
                condition=condition,
            ),
            deletes,
        )
        for [(rows, changed, deletes)], [(ours,)], (_, condition) in zip(
            found, published, looked, strict=True
        )
    ]


def at_places(places: str) -> Composable:
    """Return the condition on a row to be at one of some places."""
    return compose("ctid = any({places}::tid[])", places=Literal(places))


def _count(writer: Connection, replica: Replica) -> int:
    """Return how many rows a replica shows."""
    rows = table_rows(replica.stream.place)
    return take_tally(writer, tally_query((), rows, Method.COUNT, alive(replica))).rows


def side_by_side(
    at_source: Callable[[], Found], here: Callable[[], Here]
) -> tuple[Found, Here]:
    """Ask the source, and meanwhile the destination."""
    with ThreadPoolExecutor(1, thread_name_prefix="elt-source") as beside:
        found = beside.submit(at_source)
        ours = here()
    return found.result(), ours


def on_one_core(writer: Connection, ask: Callable[[], Here]) -> Here:
    """Ask the destination something that takes long, without parallel workers.

    By one statement outside a transaction: both go in one message, whose end is that
    of the setting.
    """
    send_ahead(writer, _WITHOUT_WORKERS)
    return ask()
