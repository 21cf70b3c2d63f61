"""What was measured, for a person and for a program."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.following import HEADINGS as LATENCY_HEADINGS
from benchmarks.following import Latency
from benchmarks.footprint import DemoTimes, Peak
from benchmarks.huge import HugePeak
from benchmarks.incremental import CASES, HEADINGS, Growth
from benchmarks.machine import Machine
from benchmarks.rounds import Comparison
from benchmarks.subscription import CASES as SUBSCRIPTION_CASES
from benchmarks.subscription import HEADINGS as SUBSCRIPTION_HEADINGS
from benchmarks.subscription import Subscribed
from benchmarks.summary import Line, median_bound, summarize
from benchmarks.tables import CASES as TABLE_CASES
from benchmarks.tables import HEADINGS as TABLE_HEADINGS
from benchmarks.tables import TableRuns

_HEADINGS = (
    *("", "seconds", "to file", "to pipe", "to bound"),
    *("CPU source", "destination", "client", "memory"),
)


@dataclass(kw_only=True)
class Report:
    """Everything that one call measured; what was not asked for is empty."""

    machine: Machine
    scale: float
    comparisons: list[Comparison]
    memory: list[Peak]
    tables: TableRuns | None = None
    growth: Growth | None = None
    latencies: Sequence[Latency] = ()
    subscribed: Subscribed | None = None
    huge: Sequence[HugePeak] = ()
    start_seconds: float | None = None
    demo: DemoTimes | None = None

    def write(self, path: Path) -> None:
        """Write every single run, and the medians, as JSON."""
        cores = self.machine.cores
        content = asdict(self) | {
            "lines": {
                comparison.dataset: [asdict(x) for x in summarize(comparison, cores)]
                for comparison in self.comparisons
            }
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content, indent=2) + "\n")


def format_report(report: Report) -> str:
    """Return tables and sentences."""
    cores = report.machine.cores
    parts = [str(report.machine)]
    parts += [_format_comparison(c, cores) for c in report.comparisons]
    if report.tables is not None:
        title = "tables: seconds of a run over 200 small tables"
        title += _distance(report.tables.round_trip)
        lines = map(report.tables.cells, TABLE_CASES)
        parts.append("\n".join([title, "", *format_table(TABLE_HEADINGS, lines)]))
    if report.growth is not None:
        title = f"incremental: {report.growth.rows:,} narrow rows"
        lines = map(report.growth.cells, CASES)
        parts.append("\n".join([title, "", *format_table(HEADINGS, lines)]))
    if report.latencies:
        title = "follow: from a commit to its visibility at the destination"
        cells = [latency.cells() for latency in report.latencies]
        parts.append("\n".join([title, "", *format_table(LATENCY_HEADINGS, cells)]))
    if report.subscribed is not None:
        title = f"subscription: {report.subscribed.rows:,} narrow rows"
        cells = [report.subscribed.cells(case) for case in SUBSCRIPTION_CASES]
        parts.append(
            "\n".join([title, "", *format_table(SUBSCRIPTION_HEADINGS, cells)])
        )
    rest = [
        f"memory        {_megabytes(peak.bytes)} for {peak.content}"
        for peak in report.memory
    ]
    rest += [f"{'huge':<14}{huge}" for huge in report.huge]
    if report.start_seconds is not None:
        rest.append(f"elt --help    {report.start_seconds * 1000:.0f} ms")
    if report.demo is not None:
        seconds = f"{report.demo.from_nothing:.1f} s, again {report.demo.again:.1f} s"
        rest.append(f"make demo     {seconds}")
    return "\n\n".join([*parts, *(["\n".join(rest)] if rest else [])])


def _format_comparison(comparison: Comparison, cores: int) -> str:
    bound = median_bound(comparison)
    steps = (
        f"bound: {bound.over(cores):.2f} s on {cores} cores = out {bound.copy_out:.2f}"
        f" + definitions {bound.definitions:.2f} + in {bound.copy_in:.2f}"
        f" + keys {bound.keys:.2f}, divided evenly"
    )
    size = _megabytes(comparison.bytes)
    title = f"{comparison.dataset}: {comparison.description}; {size}"
    title += _distance(comparison.round_trip)
    lines = summarize(comparison, cores)
    return "\n".join([title, "", *format_table(_HEADINGS, map(_cells, lines)), steps])


def _distance(round_trip: float) -> str:
    return f"; {round_trip:g} ms to a server and back" if round_trip else ""


def _cells(line: Line) -> list[str]:
    return [
        line.candidate,
        f"{line.seconds:.2f}",
        str(line.to_file),
        str(line.to_pipe),
        str(line.to_bound),
        f"{line.source_cpu_seconds:.2f}",
        f"{line.destination_cpu_seconds:.2f}",
        f"{line.client_cpu_seconds:.2f}",
        _megabytes(line.client_peak_bytes),
    ]


def format_table(
    headings: Sequence[str], rows: Iterable[Sequence[str]]
) -> Iterable[str]:
    """Yield lines with the first column to the left and the others to the right."""
    table = [list(headings), *map(list, rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for first, *others in table:
        cells = [text.rjust(n) for text, n in zip(others, widths[1:], strict=True)]
        yield "  ".join([first.ljust(widths[0]), *cells]).rstrip()


def _megabytes(count: float) -> str:
    return f"{count / 1e6:,.0f} MB"
