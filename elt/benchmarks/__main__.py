"""`python -m benchmarks`: build, measure, report."""

from __future__ import annotations

import argparse
import signal
import sys
from compileall import compile_dir
from pathlib import Path

import elt
from benchmarks.datasets import DATASETS
from benchmarks.following import measure_following
from benchmarks.footprint import measure_demo, measure_memory, measure_start
from benchmarks.huge import measure_huge
from benchmarks.incremental import measure_incremental
from benchmarks.machine import describe_machine
from benchmarks.processes import require_linux
from benchmarks.report import Report, format_report
from benchmarks.rounds import compare
from benchmarks.servers import Servers, start_servers
from benchmarks.subscription import measure_subscription
from benchmarks.tables import measure_tables
from elt import logs
from elt.errors import EltError

_OUTPUT = Path(__file__).parents[2] / "artifacts" / "benchmarks.json"
_TABLES, _INCREMENTAL, _FOLLOW = "tables", "incremental", "follow"
_SUBSCRIPTION, _HUGE = "subscription", "huge"
_MEMORY, _START, _DEMO = "memory", "start", "demo"
_DEFAULT = (
    *(dataset.name for dataset in DATASETS),
    *(_TABLES, _INCREMENTAL, _FOLLOW, _SUBSCRIPTION, _HUGE, _MEMORY, _START),
)


def main() -> int:
    """Measure what was asked for and return an exit code."""
    logs.configure(log_format="text")
    options = _parser().parse_args()
    # An end by a signal is to stop the servers too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        require_linux()
        with start_servers() as servers:
            report = _measure(servers, options)
    except EltError as error:
        print(f"\n{error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    report.write(options.output)
    print(f"\n{format_report(report)}\n\nEvery run is in {options.output}.")
    return 0


def _measure(servers: Servers, options: argparse.Namespace) -> Report:
    machine = describe_machine(servers.version)
    # As pip leaves a package; to compile it is no part of a run.
    compile_dir(Path(elt.__file__).parent, quiet=2)
    parts = options.parts
    return Report(
        machine=machine,
        scale=options.scale,
        start_seconds=measure_start() if _START in parts else None,
        comparisons=[
            compare(
                servers,
                dataset,
                scale=options.scale,
                rounds=options.rounds,
                round_trip=options.round_trip,
            )
            for dataset in DATASETS
            if dataset.name in parts
        ],
        tables=(
            measure_tables(
                servers, rounds=options.rounds, round_trip=options.round_trip
            )
            if _TABLES in parts
            else None
        ),
        growth=(
            measure_incremental(servers, scale=options.scale, rounds=options.rounds)
            if _INCREMENTAL in parts
            else None
        ),
        latencies=(
            measure_following(servers, scale=options.scale, rounds=options.rounds)
            if _FOLLOW in parts
            else ()
        ),
        subscribed=(
            measure_subscription(servers, scale=options.scale, rounds=options.rounds)
            if _SUBSCRIPTION in parts
            else None
        ),
        huge=measure_huge(servers, scale=options.scale) if _HUGE in parts else (),
        memory=measure_memory(servers, options.scale) if _MEMORY in parts else [],
        demo=measure_demo() if _DEMO in parts else None,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument(
        "parts",
        nargs="*",
        type=_part,
        default=_DEFAULT,
        metavar="PART",
        help=f"what to measure: {', '.join(_DEFAULT)} (default), or {_DEMO}",
    )
    parser.add_argument(
        "--rounds", type=int, default=5, help="paired rounds per data set (default: 5)"
    )
    parser.add_argument(
        "--scale",
        type=float,
        default=1.0,
        help="size; 5 is pgbench at 50, 1.25 million orders and 3 million accounts "
        "(default: 1)",
    )
    parser.add_argument(
        "--round-trip",
        type=float,
        default=0.0,
        metavar="MS",
        help="milliseconds from the programs to either server and back, for "
        "narrow, wide, many and tables (default: 0, which is this machine)",
    )
    parser.add_argument(
        "--output", type=Path, default=_OUTPUT, help="where to write JSON"
    )
    return parser


def _part(name: str) -> str:
    # argparse's own choices do not accept a default of several words.
    if name not in {*_DEFAULT, _DEMO}:
        raise argparse.ArgumentTypeError(f"nothing is called {name!r}")
    return name


if __name__ == "__main__":
    sys.exit(main())
