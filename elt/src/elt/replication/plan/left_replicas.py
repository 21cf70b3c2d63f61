"""Replicas of streams that land elsewhere by now: they stay, and are named.

A stream that lands there again finds its replica as it left it, and reads all rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from elt.postgres import Connection
from elt.replication.catalog.tables import write_name
from elt.replication.design.streams import NotCopied, Plan, Stream
from elt.replication.state.left_state import list_left_replicas
from elt.replication.state.state import KnownStream, list_known_streams


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """What the state knows of the streams of a plan, and of where they were."""

    #: Streams that were published before, each at the place where it lands now, if it
    #: has been there.
    known: list[KnownStream]
    #: Those that land elsewhere from now on, at the place that they leave.
    moved: list[KnownStream]
    not_copied: list[NotCopied]


def read_standing(connection: Connection, plan: Plan) -> Standing:
    """Read what the state knows of the streams of a plan."""
    known = list_known_streams(connection, plan.source)
    left = list_left_replicas(connection, plan.source)
    moved = find_moved(plan.streams, known)
    return Standing(
        known=place_known(plan.streams, known, left),
        moved=moved,
        not_copied=list(name_left(plan.streams, [*left, *moved])),
    )


def find_moved(
    streams: Iterable[Stream], known: Iterable[KnownStream]
) -> list[KnownStream]:
    """Return the streams that land elsewhere than they were published."""
    places = {stream.name: stream.place for stream in streams}
    return [k for k in known if places.get(k.stream, k.place) != k.place]


def place_known(
    streams: Iterable[Stream],
    known: Iterable[KnownStream],
    left: Iterable[KnownStream],
) -> list[KnownStream]:
    """Return what is known of streams, at the places where they have been before."""
    places = {stream.name: stream.place for stream in streams}
    found = {k.stream: k for k in left if places.get(k.stream) == k.place}
    return [found.get(k.stream, k) for k in known]


def name_left(
    streams: Iterable[Stream], left: Iterable[KnownStream]
) -> Iterator[NotCopied]:
    """Yield the replicas that are nobody's any more."""
    landings = {stream.name: stream.schema for stream in streams}
    places = {stream.place for stream in streams}
    for known in left:
        if known.place not in places:
            landing = landings.get(known.stream)
            where = "its schema" if landing is None else known.stream
            to = "elsewhere" if landing is None else f"in {landing}"
            yield NotCopied(
                name=f"replica {write_name(*known.place)} of the destination",
                reason=f"{where} lands {to} now: it stays as it is until it is dropped",
            )
