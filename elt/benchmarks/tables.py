"""Runs over 200 small tables, of which none, a few or all have changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from statistics import median

from benchmarks.candidates import elt_environ, elt_program
from benchmarks.datasets import MANY
from benchmarks.distance import distant
from benchmarks.programs import run_stages
from benchmarks.progress import say
from benchmarks.servers import Servers, session
from elt.config import DatabaseSettings
from elt.postgres import execute

#: What of elt.yaml makes a candidate.
_CANDIDATES = {
    "full refresh": "mode: full_refresh",
    "incremental": "mode: incremental",
    "logical": "mode: logical",
}
#: How many of the tables change before a run.
CASES = (0, 5, 200)
HEADINGS = ("", *_CANDIDATES)


@dataclass(frozen=True, kw_only=True, slots=True)
class TableTiming:
    """One run of one candidate."""

    changed: int
    candidate: str
    round: int
    seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class TableRuns:
    """All runs."""

    #: Milliseconds to a server and back, more than usual.
    round_trip: float
    timings: Sequence[TableTiming]

    def cells(self, changed: int) -> list[str]:
        """Return the line of a report: the median seconds of each candidate."""
        seconds = (
            [
                timing.seconds
                for timing in self.timings
                if (timing.changed, timing.candidate) == (changed, candidate)
            ]
            for candidate in _CANDIDATES
        )
        return [f"{changed} changed", *(f"{median(found):.2f}" for found in seconds)]


def measure_tables(servers: Servers, *, rounds: int, round_trip: float) -> TableRuns:
    """Let all modes follow a source of many tables, in every round."""
    say(f"tables: {MANY.describe(1)}")
    MANY.build(servers, 1)
    source = servers.source_database(MANY.name)
    timings: list[TableTiming] = []
    with distant(servers, round_trip) as seen:
        environs = {
            name: _environ(seen, configuration, number)
            for number, (name, configuration) in enumerate(_CANDIDATES.items())
        }
        for environ in environs.values():
            _run(environ, "replicate")
        for number in range(1, rounds + 1):
            for changed in CASES:
                _change(source, changed)
                timings += _measure(servers, environs, changed, number)
        for environ in environs.values():
            _run(environ, "verify")
    return TableRuns(round_trip=round_trip, timings=timings)


def _environ(servers: Servers, configuration: str, number: int) -> Mapping[str, str]:
    name = f"tables_{number}"
    return elt_environ(
        servers,
        servers.source_database(MANY.name),
        servers.make_destination(name),
        name=name,
        configuration=f"sources: [{{{configuration}}}]\n",
    )


def _change(source: DatabaseSettings, tables: int) -> None:
    with session(source) as connection:
        for number in range(1, tables + 1):
            execute(connection, f"update small_{number} set amount = amount + 1")


def _measure(
    servers: Servers,
    environs: Mapping[str, Mapping[str, str]],
    changed: int,
    number: int,
) -> list[TableTiming]:
    timings = []
    # A benchmark that is run again draws the same orders.
    names = Random(f"{number} {changed}").sample(list(environs), len(environs))  # noqa: S311  an order
    for name in names:
        servers.checkpoint()
        seconds = _run(environs[name], "replicate")
        say(f"  round {number}  {changed:>3} changed  {name:<13} {seconds:6.2f} s")
        timings.append(
            TableTiming(changed=changed, candidate=name, round=number, seconds=seconds)
        )
    return timings


def _run(environ: Mapping[str, str], command: str) -> float:
    return run_stages([[[elt_program(), command]]], environ).seconds
