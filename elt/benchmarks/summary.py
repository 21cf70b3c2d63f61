"""One line per candidate: medians of its runs, and its ratios to the references."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from benchmarks.bound import Bound
from benchmarks.candidates import FILE, PIPE
from benchmarks.ratios import Ratio, paired_ratio
from benchmarks.rounds import Comparison


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """What a report says of a candidate."""

    candidate: str
    seconds: float
    to_file: Ratio
    to_pipe: Ratio
    #: To the bound, on as many cores as there are.
    to_bound: Ratio
    source_cpu_seconds: float
    destination_cpu_seconds: float
    client_cpu_seconds: float
    client_peak_bytes: float


def summarize(comparison: Comparison, cores: int) -> list[Line]:
    """Return a line per candidate, in their order."""
    bound = {
        number: bound.over(cores)
        for number, bound in enumerate(comparison.bounds, start=1)
    }
    return [_line(comparison, name, bound) for name in comparison.candidates]


def median_bound(comparison: Comparison) -> Bound:
    """Return the median of each step."""
    bounds = comparison.bounds
    return Bound(
        copy_out=median(bound.copy_out for bound in bounds),
        definitions=median(bound.definitions for bound in bounds),
        copy_in=median(bound.copy_in for bound in bounds),
        keys=median(bound.keys for bound in bounds),
    )


def _line(comparison: Comparison, name: str, bound: dict[int, float]) -> Line:
    runs = [run for run in comparison.runs if run.candidate == name]
    seconds = _seconds_by_round(comparison, name)
    return Line(
        candidate=name,
        seconds=median(seconds.values()),
        to_file=paired_ratio(seconds, _seconds_by_round(comparison, FILE)),
        to_pipe=paired_ratio(seconds, _seconds_by_round(comparison, PIPE)),
        to_bound=paired_ratio(seconds, bound),
        source_cpu_seconds=median(run.source_cpu_seconds for run in runs),
        destination_cpu_seconds=median(run.destination_cpu_seconds for run in runs),
        client_cpu_seconds=median(run.client_cpu_seconds for run in runs),
        client_peak_bytes=max(run.client_peak_bytes for run in runs),
    )


def _seconds_by_round(comparison: Comparison, name: str) -> dict[int, float]:
    return {run.round: run.seconds for run in comparison.runs if run.candidate == name}
