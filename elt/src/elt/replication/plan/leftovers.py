"""Replicas that no run brings up to date any longer, and which of them are to go.

Nothing here talks to a database.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from elt.config import matches
from elt.errors import UsageError
from elt.replication.catalog.tables import Catalog, Place, Table
from elt.replication.plan.overrides import ancestors_of
from elt.replication.state.state import KnownStream

_GONE = "gone"


class Reason(StrEnum):
    """Why no run brings a replica up to date, in words."""

    GONE = "the source no longer has its table"
    MOVED = "its schema lands elsewhere now"
    LEFT_OUT = "elt.yaml leaves its table out"


@dataclass(frozen=True, kw_only=True, slots=True)
class Leftover:
    """A replica that no run brings up to date any longer."""

    known: KnownStream
    reason: Reason


def list_leftovers(
    covers: Callable[[str], bool],
    known: Iterable[KnownStream],
    left: Iterable[KnownStream],
) -> Iterator[Leftover]:
    """Yield the leftovers of a source.

    `covers` tells whether elt.yaml wants a stream, `left` are the replicas of streams
    that land elsewhere by now.
    """
    for stream in known:
        if stream.state == _GONE:
            yield Leftover(known=stream, reason=Reason.GONE)
        elif not covers(stream.stream):
            yield Leftover(known=stream, reason=Reason.LEFT_OUT)
    for stream in left:
        yield Leftover(known=stream, reason=Reason.MOVED)


def choose_leftovers(
    found: Iterable[Leftover], patterns: Sequence[str]
) -> tuple[list[Leftover], list[Leftover]]:
    """Return the leftovers to drop, and those that would have to be named for it.

    Without patterns the tables that elt.yaml leaves out stay: the source has them, and
    it may be elt.yaml that is wrong. Raises UsageError for a pattern that names none.
    """
    found = list(found)
    for pattern in patterns:
        if not any(matches(one.known.stream, [pattern]) for one in found):
            message = f"--stream {pattern} names no replica that a run leaves behind"
            hint = "elt prune --dry-run lists them; the others are replicated."
            raise UsageError(message, hint=hint)
    if patterns:
        return [x for x in found if matches(x.known.stream, patterns)], []
    unnamed = [one for one in found if one.reason is Reason.LEFT_OUT]
    return [one for one in found if one.reason is not Reason.LEFT_OUT], unnamed


def group_by_table(
    leftovers: Iterable[Leftover], catalog: Catalog, wholes: Container[Place]
) -> dict[Place, list[Leftover]]:
    """Return the tables to drop, with the leftovers that each of them is or holds.

    A partitioned table goes as a whole where all its partitions go, and only then: it
    holds no rows and is no stream, so nothing else tells that it is over. `wholes` are
    those that elt has made, also as a table that its partitions inherit.
    """
    by_place = {one.known.place: one for one in leftovers}
    tables = catalog.tables.values()
    partitioned = {t.relation.oid: t for t in tables if t.relation.place in wholes}
    grouped: defaultdict[Place, list[Leftover]] = defaultdict(list)
    for place, one in by_place.items():
        table = catalog.table(*place)
        oids = ancestors_of(table, partitioned) if table is not None else []
        above = [partitioned[oid] for oid in oids]
        tops = [t for t in above if _goes_whole(catalog, t, by_place, wholes)]
        grouped[tops[-1].relation.place if tops else place].append(one)
    return dict(grouped)


def _goes_whole(
    catalog: Catalog,
    table: Table,
    places: Container[Place],
    wholes: Container[Place],
) -> bool:
    """Tell whether all that is below a table is to go, and it is ours."""
    place = table.relation.place
    return place in places or (
        place in wholes
        and all(
            _goes_whole(catalog, part, places, wholes)
            for part in catalog.parts_of(table)
        )
    )
