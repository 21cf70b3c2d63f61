"""How long after its commit a change is visible, while `elt replicate --follow` runs.

Once with nothing else to do, and once beside an application that writes all the time.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from random import Random
from statistics import median, quantiles
from threading import Thread

from benchmarks.candidates import elt_program, logical_environ
from benchmarks.progress import say
from benchmarks.servers import Servers, session
from elt.config import DatabaseSettings
from elt.errors import EltError
from elt.postgres import Connection, cancel_statements, execute, fetch_one
from elt.queries import load_queries

queries = load_queries("benchmarks", "sql/following.sql")

_DATABASE = "following"
_ROWS = 600_000
#: How many changes are looked for in a round.
_PROBES = 40
_WRITERS = 2
#: Seconds between two transactions of a writer.
_PAUSE = 0.005
_LONGEST_WAIT = 60.0
_STEP = 0.001


@dataclass(frozen=True, kw_only=True, slots=True)
class Latency:
    """Seconds from a commit to its visibility, one change after the other."""

    case: str
    seconds: Sequence[float]
    #: Of the application, meanwhile.
    transactions_per_second: float

    def cells(self) -> list[str]:
        """Return the line of a report."""
        ninety_five = quantiles(self.seconds, n=20)[-1]
        return [
            self.case,
            f"{self.transactions_per_second:,.0f}",
            f"{median(self.seconds) * 1000:.0f} ms",
            f"{ninety_five * 1000:.0f} ms",
            f"{max(self.seconds) * 1000:.0f} ms",
        ]


HEADINGS = ("", "transactions/s", "median", "95 %", "longest")


def measure_following(servers: Servers, *, scale: float, rounds: int) -> list[Latency]:
    """Look for changes in quiet and in busy times."""
    rows = round(_ROWS * scale)
    say(f"following: {rows:,} narrow rows")
    source = make_followed(servers, _DATABASE, rows)
    with session(source) as connection:
        execute(connection, queries["make_writer"])
    destination = servers.make_destination(_DATABASE)
    environ = logical_environ(servers, source, destination)
    with (
        followed_by_elt(servers, environ),
        session(source) as writer,
        session(destination) as reader,
    ):
        wait(partial(is_followed, reader), "the first batch")
        quiet = _look(writer, reader, "quiet", _PROBES * rounds)
        with _writing(source, rows):
            busy = _look(writer, reader, "beside writers", _PROBES * rounds)
    return [quiet, busy]


def make_followed(servers: Servers, database: str, rows: int) -> DatabaseSettings:
    """Make a source with a narrow table, and a row by which arrivals are noticed."""
    source = servers.renew_source(database)
    with session(source) as connection:
        make_tables(connection)
        execute(connection, queries["fill_tables"], {"rows": rows})
        execute(connection, "vacuum (analyze) accounts, probes")
    return source


def make_tables(connection: Connection) -> None:
    """Make the tables of such a source, empty."""
    execute(connection, queries["make_tables"])


def write_probe(connection: Connection, number: int) -> None:
    """Write a change to look for."""
    execute(connection, queries["write_probe"], {"number": number})


@contextmanager
def followed_by_elt(servers: Servers, environ: Mapping[str, str]) -> Iterator[int]:
    """Let `elt replicate --follow` run beside a block, which gets its process id."""
    command = [elt_program(), "replicate", "--follow"]
    with (servers.folder / "following.log").open("ab") as log:
        follower = subprocess.Popen(command, env=environ, stderr=log)
    try:
        yield follower.pid
    finally:
        follower.terminate()
        follower.wait()


def is_followed(reader: Connection) -> bool:
    """Tell whether batches are being published."""
    try:
        return bool(fetch_one(reader, queries["is_followed"]))
    except EltError:  # there is no state yet
        return False


def _count(writer: Connection) -> int:
    return int(fetch_one(writer, queries["count_transactions"]))


def _has_arrived(reader: Connection, number: int) -> bool:
    return int(fetch_one(reader, queries["read_probe"])) == number


def _look(writer: Connection, reader: Connection, case: str, count: int) -> Latency:
    """Change a row again and again, and wait until each change is visible."""
    random = Random(case)  # noqa: S311  moments that have nothing to do with batches
    seconds = []
    before, began = _count(writer), time.monotonic()
    first = int(fetch_one(reader, queries["read_probe"])) + 1
    for number in range(first, first + count):
        time.sleep(random.uniform(0.1, 0.6))
        write_probe(writer, number)
        committed = time.monotonic()
        wait(partial(_has_arrived, reader, number), "a change")
        seconds.append(time.monotonic() - committed)
    lasted = time.monotonic() - began
    latency = Latency(
        case=case,
        seconds=seconds,
        transactions_per_second=(_count(writer) - before) / lasted,
    )
    say("  " + "  ".join(latency.cells()))
    return latency


@contextmanager
def _writing(source: DatabaseSettings, rows: int) -> Iterator[None]:
    """Let an application write beside a block."""

    def write(connection: Connection) -> None:
        # The end of the block cancels it.
        with suppress(EltError):
            execute(
                connection, queries["write_accounts"], {"rows": rows, "pause": _PAUSE}
            )

    with ExitStack() as stack:
        connections = [stack.enter_context(session(source)) for _ in range(_WRITERS)]
        threads = [Thread(target=write, args=(c,), daemon=True) for c in connections]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            for connection in connections:
                cancel_statements([connection])
            for thread in threads:
                thread.join()


def wait(
    is_true: Callable[[], bool], what: str, *, seconds: float = _LONGEST_WAIT
) -> None:
    """Raise EltError when something does not become true in time."""
    deadline = time.monotonic() + seconds
    while not is_true():
        if time.monotonic() > deadline:
            message = f"After {seconds:.0f} seconds, {what} had not arrived"
            raise EltError(message)
        time.sleep(_STEP)
