"""What one transaction of very many rows takes of memory, and leaves on disk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from benchmarks.candidates import elt_program, logical_environ
from benchmarks.following import make_followed
from benchmarks.programs import run_stages
from benchmarks.progress import say
from benchmarks.servers import Servers, session
from benchmarks.subscribers import queries
from elt.embedded import Cluster
from elt.postgres import execute

_DATABASE = "huge"
#: At a scale of 5, what is asked for: five million.
_ROWS = 1_000_000
#: What servers write while they decode, sort and hash.
_TEMPORARY = (
    "pg_replslot/*/*.spill",
    "base/pgsql_tmp/*",
    "base/*/pgsql_tmp*",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class HugePeak:
    """The most memory that a run took for one transaction."""

    transaction: str
    bytes: int
    seconds: float
    #: Temporary files that were left at either server.
    files: int

    def __str__(self) -> str:
        """Say it in one line."""
        return (
            f"{self.bytes / 1e6:,.0f} MB and {self.seconds:.1f} s for "
            f"{self.transaction}; {self.files} temporary files left"
        )


def measure_huge(servers: Servers, *, scale: float) -> list[HugePeak]:
    """Return the peaks of `elt replicate` in logical mode after each transaction."""
    rows = round(_ROWS * scale)
    say(f"huge: transactions of {rows:,} rows")
    source = make_followed(servers, _DATABASE, 1)
    environ = logical_environ(servers, source, servers.make_destination(_DATABASE))
    run_stages([[[elt_program(), "replicate"]]], environ)
    # What is new to an empty table is compared as a whole; the second lot is no more
    # than half of the table, and read by its keys.
    first, again = ({"first": first, "rows": rows} for first in (1, 1 + rows))
    peaks = []
    for transaction, query, parameters in (
        (f"{rows:,} rows inserted", "insert_huge", first),
        (f"{rows:,} rows inserted beside as many", "insert_huge", again),
        (f"{rows:,} rows updated", "update_huge", {"rows": rows}),
    ):
        with session(source) as connection:
            execute(connection, queries[query], parameters)
        peaks.append(_measure(servers, environ, transaction))
    return peaks


def _measure(
    servers: Servers, environ: Mapping[str, str], transaction: str
) -> HugePeak:
    usage = run_stages([[[elt_program(), "replicate"]]], environ)
    peak = HugePeak(
        transaction=transaction,
        bytes=usage.peak_bytes,
        seconds=usage.seconds,
        files=_count_temporary([servers.source, servers.destination]),
    )
    say(f"  {peak}")
    return peak


def _count_temporary(clusters: Iterable[Cluster]) -> int:
    return sum(
        1
        for cluster in clusters
        for pattern in _TEMPORARY
        for _ in cluster.data.glob(pattern)
    )
