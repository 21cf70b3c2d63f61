"""What does not depend on other candidates: memory, start-up, and the demo."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.candidates import CHECKSUM, elt_candidate, elt_program
from benchmarks.copies import read_content
from benchmarks.datasets import NARROW
from benchmarks.programs import Stage, run_stages
from benchmarks.rounds import run_candidate
from benchmarks.servers import Servers

#: Of the narrow data set: half a million rows and four million.
_SCALES = (0.5, 4.0)
_STARTS = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Peak:
    """The most memory that a run took, and what it copied."""

    content: str
    bytes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoTimes:
    """Seconds of `make demo` where everything is installed."""

    from_nothing: float
    again: float


def measure_memory(servers: Servers, scale: float) -> list[Peak]:
    """Return the peaks of `elt replicate` for a table and one eight times as large."""
    peaks = []
    for size in _SCALES:
        NARROW.build(servers, scale * size)
        candidate = elt_candidate(servers, NARROW.name, CHECKSUM, verify="checksum")
        content = read_content(servers.source_database(NARROW.name))
        [run] = run_candidate(servers, candidate, content, 1)
        peaks.append(Peak(content=str(content), bytes=run.client_peak_bytes))
    return peaks


def measure_start() -> float:
    """Return the median seconds of `elt --help`."""
    return median(_seconds([[[elt_program(), "--help"]]]) for _ in range(_STARTS))


def measure_demo() -> DemoTimes:
    """Run the demo in a folder of its own, run it again, and remove it."""
    with TemporaryDirectory(prefix="elt-bench-demo-") as folder:
        Path(folder).chmod(0o755)  # the servers' account must enter it
        demo = [elt_program(), "demo", "--directory", folder]
        try:
            times = [_seconds([[demo]]) for _ in range(2)]
        finally:
            run_stages([[[*demo, "--down"]]], os.environ)
    return DemoTimes(from_nothing=times[0], again=times[1])


def _seconds(stages: Sequence[Stage]) -> float:
    return run_stages(stages, os.environ).seconds
