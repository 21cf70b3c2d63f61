"""Paired rounds: in each, every candidate runs once, in an order drawn anew.

A machine has fast and slow phases. What ran in the same round met the same phase, so
ratios are taken within rounds, and only then the median of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from random import Random

from benchmarks.bound import BareCopy, Bound
from benchmarks.candidates import Candidate, list_candidates
from benchmarks.copies import (
    Content,
    measure_database,
    read_content,
    refuse_difference,
)
from benchmarks.datasets import Dataset
from benchmarks.distance import distant
from benchmarks.programs import run_stages
from benchmarks.progress import say
from benchmarks.servers import Servers


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """One run of one candidate."""

    candidate: str
    round: int
    seconds: float
    source_cpu_seconds: float
    destination_cpu_seconds: float
    client_cpu_seconds: float
    #: Of all its processes together.
    client_peak_bytes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """All runs on one data set."""

    dataset: str
    description: str
    bytes: int
    candidates: Sequence[str]
    runs: Sequence[Run]
    #: One per round.
    bounds: Sequence[Bound]
    #: Milliseconds that candidates needed to a server and back, more than usual.
    round_trip: float


def compare(
    servers: Servers,
    dataset: Dataset,
    *,
    scale: float,
    rounds: int,
    round_trip: float = 0.0,
) -> Comparison:
    """Build a data set, and copy it in every way in every round.

    Candidates, and nobody else, need `round_trip` milliseconds to a server and back.
    """
    say(f"{dataset.name}: {dataset.describe(scale)}")
    dataset.build(servers, scale)
    database = servers.source_database(dataset.name)
    expected = read_content(database)
    runs: list[Run] = []
    bounds: list[Bound] = []
    with (
        distant(servers, round_trip) as seen,
        closing(BareCopy(servers, dataset.name)) as bare_copy,
    ):
        candidates = list_candidates(seen, dataset.name)
        for number in range(1, rounds + 1):
            # A benchmark that is run again draws the same orders.
            for candidate in _shuffled(candidates, number):
                runs += run_candidate(servers, candidate, expected, number)
            bounds.append(bare_copy.measure())
    names = [name for c in candidates for name in (c.name, c.again) if name]
    return Comparison(
        dataset=dataset.name,
        description=dataset.describe(scale),
        bytes=measure_database(database),
        candidates=names,
        runs=runs,
        bounds=bounds,
        round_trip=round_trip,
    )


def run_candidate(
    servers: Servers, candidate: Candidate, expected: Content, number: int
) -> list[Run]:
    """Run a candidate into a new destination, then again if that is wanted."""
    servers.renew_destination()
    runs = []
    for name in filter(None, (candidate.name, candidate.again)):
        run = _measure(servers, candidate, name, number)
        found = read_content(servers.destination_database(), candidate.schema)
        refuse_difference(name, expected, found)
        say(f"  round {number}  {name:<24} {run.seconds:6.2f} s")
        runs.append(run)
    return runs


def _measure(servers: Servers, candidate: Candidate, name: str, number: int) -> Run:
    servers.checkpoint()
    source_before, destination_before = servers.cpu_seconds()
    usage = run_stages(candidate.stages, candidate.environ)
    source_after, destination_after = servers.cpu_seconds()
    return Run(
        candidate=name,
        round=number,
        seconds=usage.seconds,
        source_cpu_seconds=source_after - source_before,
        destination_cpu_seconds=destination_after - destination_before,
        client_cpu_seconds=usage.cpu_seconds,
        client_peak_bytes=usage.peak_bytes,
    )


def _shuffled(candidates: Sequence[Candidate], seed: int) -> list[Candidate]:
    return Random(seed).sample(candidates, len(candidates))  # noqa: S311  an order
