"""A primary that is written to, and its standby, which is read."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import NamedTuple

from integration.history import own_cluster, source_of
from integration.replication import query, value, wait_until
from servers import Databases

from elt.config import DatabaseSettings
from elt.embedded import (
    LOOPBACK,
    Cluster,
    free_port,
    new_home,
    start_anywhere,
)
from elt.embedded.account import give
from elt.embedded.account import run as run_program

#: The slot by which the primary keeps what its standby has not replayed yet.
PHYSICAL_SLOT = "standby"
FEEDBACK = {"hot_standby_feedback": "on", "wal_receiver_status_interval": "1s"}


class Pair(NamedTuple):
    """A primary and its standby, each with a database `app`."""

    primary: Cluster
    standby: Cluster

    @property
    def writable(self) -> DatabaseSettings:
        """Return how to connect to where applications write."""
        return source_of(self.primary)

    @property
    def readable(self) -> DatabaseSettings:
        """Return how to connect to the standby."""
        return source_of(self.standby)

    def to(self, destination: DatabaseSettings) -> Databases:
        """Return the databases of which the standby is the source."""
        return Databases(self.readable, destination)

    def write(self, statement: str) -> None:
        """Write at the primary, and wait until it is replayed."""
        query(self.writable, statement)
        self.catch_up()

    def catch_up(self) -> None:
        """Wait until all that is written has been replayed."""
        lsn = value(self.writable, "select pg_current_wal_flush_lsn()::text")
        statement = "select pg_last_wal_replay_lsn() >= %(lsn)s::pg_lsn"
        wait_until(lambda: value(self.readable, statement, {"lsn": lsn}), "the replay")


@contextmanager
def pair_of(binaries):
    """Serve a primary whose commits are sent at once, and its standby."""
    with own_cluster(binaries) as primary, _standby_of(primary) as standby:
        yield Pair(primary, standby)


@contextmanager
def _standby_of(primary: Cluster) -> Iterator[Cluster]:
    """Serve the standby of a cluster until the block ends, then remove it."""
    standby = replace(primary, directory=new_home(), port=free_port())
    standby.data.mkdir(mode=0o700)
    give(standby.data)
    try:
        _copy(primary, standby)
        standby = start_anywhere(standby)
        yield standby
    finally:
        standby.remove()


def _copy(primary: Cluster, standby: Cluster) -> None:
    """Copy the files of a primary that runs, and let them be those of a standby."""
    outcome = run_program(
        primary.binaries / "pg_basebackup",
        *("-h", LOOPBACK, "-p", str(primary.port), "-U", primary.user),
        *("-D", standby.data, "-R", "-C", "-S", PHYSICAL_SLOT, "-c", "fast", "-N"),
    )
    assert outcome.returncode == 0, outcome.stderr
    # What pg_basebackup has written there is of its own libpq, and the last one counts.
    own = {"primary_conninfo": f"host={LOOPBACK} port={primary.port} user=postgres"}
    with (standby.data / "postgresql.auto.conf").open("a") as settings:
        for name, value in (own | FEEDBACK).items():
            settings.write(f"{name} = '{value}'\n")
