"""Incremental and logical runs against full refresh, as more of a table changes.

Each candidate has a destination of its own, and all of them follow the same source.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from random import Random
from statistics import median

from benchmarks.candidates import elt_environ, elt_program
from benchmarks.programs import run_stages
from benchmarks.progress import say
from benchmarks.ratios import Ratio, paired_ratio
from benchmarks.servers import Servers, session
from elt.config import DatabaseSettings
from elt.postgres import execute
from elt.queries import load_queries

queries = load_queries("benchmarks", "sql/incremental.sql")

FULL = "full refresh"
_IGNORING = "cursor, ignore"
_BY_CURSOR = "mode: incremental, streams: {public.accounts: {cursor: updated_at}}"
#: What of elt.yaml makes a candidate.
_CANDIDATES = {
    FULL: "mode: full_refresh",
    "xmin": "mode: incremental",
    "cursor": _BY_CURSOR,
    _IGNORING: f"{_BY_CURSOR}, deletes: ignore",
    "logical": "mode: logical",
}
_DATABASE = "incremental"
_ROWS = 600_000
#: A deleted row for twenty that changed, as in a table that mostly grows.
_DELETED_PER_MILLE = 0.33


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """What happens at the source between two runs."""

    name: str
    #: Rows updated and inserted, in per mille of all rows.
    changed: float = 0.0
    has_deletes: bool = False
    #: Whether something else is written, at least.
    is_busy: bool = True


_REFERENCE = Case(name="0.7 % changed", changed=7)
CASES = (
    Case(name="nothing written anywhere", is_busy=False),
    Case(name="another table changed"),
    _REFERENCE,
    Case(name="0.7 % changed, some deleted", changed=7, has_deletes=True),
    Case(name="3 % changed, some deleted", changed=30, has_deletes=True),
    Case(name="10 % changed, some deleted", changed=100, has_deletes=True),
    Case(name="30 % changed, some deleted", changed=300, has_deletes=True),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Timing:
    """One run of one candidate."""

    case: str
    candidate: str
    round: int
    seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Growth:
    """All runs."""

    rows: int
    timings: Sequence[Timing]

    def seconds(self, case: str, candidate: str) -> dict[int, float]:
        """Return the seconds of a candidate in a case, by round."""
        found = (t for t in self.timings if (t.case, t.candidate) == (case, candidate))
        return {timing.round: timing.seconds for timing in found}

    def cells(self, case: Case) -> list[str]:
        """Return the line of a report: seconds, and ratios to full refresh.

        Where nothing changed, a full refresh copies nothing either; the ratio is that
        to one which does.
        """
        reference = case if case.changed else _REFERENCE
        full = self.seconds(reference.name, FULL)
        cells = [case.name, f"{median(self.seconds(case.name, FULL).values()):.2f}"]
        for candidate in list(_CANDIDATES)[1:]:
            seconds = self.seconds(case.name, candidate)
            ratio: Ratio = paired_ratio(seconds, full)
            cells += [f"{median(seconds.values()):.2f}", str(ratio)]
        return cells


HEADINGS = ("", FULL, *chain(*((c, "to full") for c in list(_CANDIDATES)[1:])))


def measure_incremental(servers: Servers, *, scale: float, rounds: int) -> Growth:
    """Let all candidates follow a source through all cases, in every round."""
    rows = round(_ROWS * scale)
    say(f"incremental: {rows:,} narrow rows")
    source = _build(servers, rows)
    environs = {
        name: _environ(servers, source, configuration, number)
        for number, (name, configuration) in enumerate(_CANDIDATES.items())
    }
    for name in _CANDIDATES:
        _run(environs[name], "replicate")
    timings: list[Timing] = []
    for number in range(1, rounds + 1):
        for position, case in enumerate(CASES):
            _change(source, case, number * len(CASES) + position)
            timings += _measure(servers, environs, case, number)
    _verify(environs)
    return Growth(rows=rows, timings=timings)


def _build(servers: Servers, rows: int) -> DatabaseSettings:
    source = servers.renew_source(_DATABASE)
    with session(source) as connection:
        execute(connection, queries["make_accounts"])
        execute(connection, queries["fill_accounts"], {"rows": rows})
        execute(connection, queries["finish_accounts"])
        execute(connection, "vacuum (analyze) accounts")
    return source


def _environ(
    servers: Servers, source: DatabaseSettings, configuration: str, number: int
) -> Mapping[str, str]:
    name = f"incremental_{number}"
    return elt_environ(
        servers,
        source,
        servers.make_destination(name),
        name=name,
        configuration=f"sources: [{{{configuration}}}]\n",
    )


def _change(source: DatabaseSettings, case: Case, number: int) -> None:
    with session(source) as connection:
        if case.is_busy:
            execute(connection, queries["write_note"])
        for query, share in (
            ("change_accounts", case.changed / 2),
            ("delete_accounts", _DELETED_PER_MILLE * case.has_deletes),
        ):
            if share:
                every = round(1000 / share)
                parameters = {"every": every, "number": number % every}
                execute(connection, queries[query], parameters)


def _measure(
    servers: Servers, environs: Mapping[str, Mapping[str, str]], case: Case, number: int
) -> list[Timing]:
    timings = []
    # A benchmark that is run again draws the same orders.
    names = Random(f"{number} {case.name}").sample(list(environs), len(environs))  # noqa: S311  an order
    for name in names:
        if not case.is_busy:
            # The others have written since: a run from the WAL leaves a mark in it.
            _run(environs[name], "replicate")
        servers.checkpoint()
        seconds = _run(environs[name], "replicate")
        say(f"  round {number}  {case.name:<28} {name:<13} {seconds:6.2f} s")
        timings.append(
            Timing(case=case.name, candidate=name, round=number, seconds=seconds)
        )
    return timings


def _verify(environs: Mapping[str, Mapping[str, str]]) -> None:
    """Let every copy be compared with the source.

    The one that ignores deletes has rows that the source no longer has. With them
    deleted it is equal only if it got all others: a cursor reads none again.
    """
    ignoring = Path(environs[_IGNORING]["ELT_CONFIG"])
    ignoring.write_text(f"sources: [{{{_BY_CURSOR}}}]\n")
    _run(environs[_IGNORING], "replicate")
    for environ in environs.values():
        _run(environ, "verify")


def _run(environ: Mapping[str, str], command: str) -> float:
    stages = [[[elt_program(), command]]]
    return run_stages(stages, environ).seconds
