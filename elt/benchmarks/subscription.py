"""elt in logical mode against PostgreSQL's own subscription, which applies the WAL.

Both follow one source. Caught up: all was written while they rested, and each has the
machine to itself. Always on: from the commit that comes last until it is visible.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from statistics import median

from benchmarks.errors import BenchmarkError
from benchmarks.following import make_followed, write_probe
from benchmarks.progress import say
from benchmarks.ratios import Ratio, paired_ratio
from benchmarks.servers import Servers, session
from benchmarks.subscribers import (
    ELT,
    NATIVE,
    EltSubscriber,
    NativeSubscriber,
    Subscriber,
    queries,
    wait_for_probe,
)
from elt.config import DatabaseSettings
from elt.postgres import Identifier, compose, execute

_DATABASE = "subscription"
_ROWS = 600_000
CAUGHT_UP, ALWAYS_ON = "caught up", "always on"


@dataclass(frozen=True, kw_only=True, slots=True)
class Workload:
    """What an application writes."""

    name: str
    #: Rows changed, in per mille of all rows.
    changed: float
    #: Changes in each transaction, None for one transaction that has them all.
    size: int | None = None


WORKLOADS = (
    Workload(name="0.7 % changed, by ten", changed=7, size=10),
    Workload(name="10 % updated, in one", changed=100),
    Workload(name="3 % changed, by three", changed=30, size=3),
)
_WAYS = (CAUGHT_UP, ALWAYS_ON)
CASES = tuple((workload.name, way) for workload in WORKLOADS for way in _WAYS)
HEADINGS = ("", "", NATIVE, ELT, "to subscription")


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrival:
    """How long one of the two took once."""

    workload: str
    way: str
    subscriber: str
    round: int
    seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Subscribed:
    """All that was measured."""

    rows: int
    arrivals: Sequence[Arrival]

    def cells(self, case: tuple[str, str]) -> list[str]:
        """Return the line of a report: median seconds, and the paired ratio."""
        native, ours = self._seconds(case, NATIVE), self._seconds(case, ELT)
        ratio: Ratio = paired_ratio(ours, native)
        medians = [f"{median(x.values()):.2f}" for x in (native, ours)]
        return [*case, *medians, str(ratio)]

    def _seconds(self, case: tuple[str, str], subscriber: str) -> dict[int, float]:
        return {
            arrival.round: arrival.seconds
            for arrival in self.arrivals
            if (arrival.workload, arrival.way) == case
            and arrival.subscriber == subscriber
        }


def measure_subscription(servers: Servers, *, scale: float, rounds: int) -> Subscribed:
    """Let both follow a source through all workloads, in every round."""
    rows = round(_ROWS * scale)
    say(f"subscription: {rows:,} narrow rows")
    source = _build(servers, rows)
    native = NativeSubscriber(
        source=source, destination=servers.make_destination("subscription_native")
    )
    ours = EltSubscriber(
        servers=servers,
        source=source,
        destination=servers.make_destination("subscription_elt"),
    )
    native.subscribe()
    try:
        ours.run()
        race = _Race(servers, source, rows, [native, ours])
        for number in range(1, rounds + 1):
            for workload in WORKLOADS:
                race.run(workload, number)
        ours.run("verify")
        _refuse_difference(source, [native, ours])
    finally:
        native.unsubscribe()
    return Subscribed(rows=rows, arrivals=race.arrivals)


def _build(servers: Servers, rows: int) -> DatabaseSettings:
    source = make_followed(servers, _DATABASE, rows)
    with session(source) as connection:
        execute(connection, queries["make_writer"], {"rows": rows})
    return source


class _Race:
    """Measures one workload after the other."""

    def __init__(
        self,
        servers: Servers,
        source: DatabaseSettings,
        rows: int,
        subscribers: Sequence[Subscriber],
    ) -> None:
        self._servers = servers
        self._source = source
        self._rows = rows
        self._subscribers = subscribers
        self._probe = 0
        self.arrivals: list[Arrival] = []

    def run(self, workload: Workload, number: int) -> None:
        """Write once for both at rest, and once for each that follows."""
        # A benchmark that is run again draws the same orders.
        random = Random(f"{number} {workload.name}")  # noqa: S311  an order
        self._write(workload)
        for subscriber in random.sample(self._subscribers, 2):
            self._servers.checkpoint()
            seconds = subscriber.catch_up(self._probe)
            self._note(workload, CAUGHT_UP, subscriber, number, seconds)
        for subscriber in random.sample(self._subscribers, 2):
            # The other rests, and catches up before its own turn.
            with (
                subscriber.following(),
                session(subscriber.destination) as connection,
            ):
                self._servers.checkpoint()
                committed = self._write(workload)
                wait_for_probe(connection, subscriber.schema, self._probe)
                seconds = time.monotonic() - committed
            self._note(workload, ALWAYS_ON, subscriber, number, seconds)
        for subscriber in self._subscribers:
            subscriber.catch_up(self._probe)

    def _write(self, workload: Workload) -> float:
        """Write, and at last the next probe; return when that was committed."""
        self._probe += 1
        probe = {"number": self._probe}
        with session(self._source) as connection:
            if workload.size is None:
                every = round(1000 / workload.changed)
                execute(
                    connection, queries["update_accounts"], probe | {"every": every}
                )
                return time.monotonic()
            changes = round(self._rows * workload.changed / 1000)
            parameters = {"changes": changes, "size": workload.size, "rows": self._rows}
            # The application does not wait for the disk, or it would be the slowest.
            execute(connection, "set synchronous_commit to off")
            execute(connection, queries["change_accounts"], parameters)
            execute(connection, "set synchronous_commit to on")
            write_probe(connection, self._probe)
            return time.monotonic()

    def _note(
        self,
        workload: Workload,
        way: str,
        subscriber: Subscriber,
        number: int,
        seconds: float,
    ) -> None:
        name = subscriber.name
        text = f"{workload.name:<22} {way:<10} {name:<13} {seconds:6.2f} s"
        say(f"  round {number}  {text}")
        self.arrivals.append(
            Arrival(
                workload=workload.name,
                way=way,
                subscriber=name,
                round=number,
                seconds=seconds,
            )
        )


def _refuse_difference(
    source: DatabaseSettings, subscribers: Sequence[Subscriber]
) -> None:
    """Raise BenchmarkError when either did not bring everything."""
    expected = _sum_accounts(source, "public")
    for subscriber in subscribers:
        found = _sum_accounts(subscriber.destination, subscriber.schema)
        if found != expected:
            message = f"{subscriber.name} has {found}; the source has {expected}"
            raise BenchmarkError(message)


def _sum_accounts(database: DatabaseSettings, schema: str) -> tuple[object, ...]:
    query = compose(queries["sum_accounts"], accounts=Identifier(schema, "accounts"))
    with session(database) as connection:
        [found] = execute(connection, query)
    return tuple(found)
