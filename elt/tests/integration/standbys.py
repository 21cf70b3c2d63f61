"""A primary that is written to, and its standby, which is read."""

from contextlib import contextmanager
from typing import NamedTuple

from integration.history import source_of
from integration.replication import query, value, wait_until
from servers import SETTINGS, Databases, administer
from standby import standby_of

from elt.config import DatabaseSettings
from elt.embedded import Cluster, temporary_cluster


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
    settings = SETTINGS | {"synchronous_commit": "on"}
    with temporary_cluster(binaries, settings=settings) as primary:
        with administer(primary) as cursor:
            cursor.execute("create database app")
        with standby_of(primary) as standby:
            yield Pair(primary, standby)
