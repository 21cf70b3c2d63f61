"""The two servers that everything is measured on."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from benchmarks.processes import tree_cpu_seconds
from elt.config import DatabaseSettings
from elt.embedded import (
    LOOPBACK,
    Cluster,
    find_binaries,
    server_version,
    temporary_cluster,
)
from elt.postgres import Connection, Identifier, compose, connect, execute
from elt.queries import load_queries

queries = load_queries("benchmarks", "sql/servers.sql")

#: As durable as PostgreSQL comes: the launcher's clusters would not wait for the disk.
#: Without autovacuum, which once a minute would work in one candidate's time.
_SETTINGS = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "autovacuum": "off",
}
#: For logical replication.
_OF_SOURCE = {"wal_level": "logical"}
#: The database that is made anew for each run.
_COPY = "copy"
_SMALL_BYTES = 100_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Servers:
    """A source, a destination, and a folder for the files of the candidates."""

    binaries: Path
    source: Cluster
    destination: Cluster
    folder: Path

    @property
    def version(self) -> str:
        """Version of both servers, and of the candidates' programs."""
        return server_version(self.binaries)

    def source_database(self, name: str) -> DatabaseSettings:
        """Return how to connect to the database of a data set."""
        return _settings(self.source, "SOURCE", name)

    def destination_database(self) -> DatabaseSettings:
        """Return how to connect to the database that is copied into."""
        return _settings(self.destination, "DESTINATION", _COPY)

    def renew_source(self, name: str) -> DatabaseSettings:
        """Make an empty source database in place of one that may be there."""
        _renew(self.source, name)
        return self.source_database(name)

    def renew_destination(self) -> None:
        """Make an empty destination in place of what was copied before.

        Small copies are set aside until the server goes. To drop 200 tables removes a
        thousand files, and who makes as many next may pay: ext4 without a journal steps
        over fresh gaps, which doubled the times of all candidates.
        """
        with session(_settings(self.destination, "DESTINATION", "postgres")) as server:
            found = execute(server, queries["find_database"], {"name": _COPY})
            for oid, size in found:
                if size < _SMALL_BYTES:
                    names = {"copy": Identifier(_COPY), "aside": Identifier(str(oid))}
                    rename = compose("alter database {copy} rename to {aside}", **names)
                    execute(server, rename)
        _renew(self.destination, _COPY)

    def make_destination(self, name: str) -> DatabaseSettings:
        """Make a destination that stays until the servers go."""
        _renew(self.destination, name)
        return _settings(self.destination, "DESTINATION", name)

    def checkpoint(self) -> None:
        """Write out what earlier runs left, so that the next one need not."""
        for cluster in (self.source, self.destination):
            with session(_settings(cluster, "SOURCE", "postgres")) as connection:
                execute(connection, "checkpoint")

    def cpu_seconds(self) -> tuple[float, float]:
        """Return what all processes of the source and of the destination used."""
        return _cpu_seconds(self.source), _cpu_seconds(self.destination)

    def program(self, name: str) -> str:
        """Return the path of one of PostgreSQL's programs."""
        return str(self.binaries / name)


@contextmanager
def start_servers() -> Iterator[Servers]:
    """Serve two new clusters until the block ends."""
    binaries = find_binaries(os.environ)
    folder = Path(mkdtemp(prefix="elt-bench-"))
    try:
        with (
            temporary_cluster(binaries, settings=_SETTINGS | _OF_SOURCE) as source,
            temporary_cluster(binaries, settings=_SETTINGS) as destination,
        ):
            yield Servers(
                binaries=binaries,
                source=source,
                destination=destination,
                folder=folder,
            )
    finally:
        shutil.rmtree(folder)


@contextmanager
def session(settings: DatabaseSettings) -> Iterator[Connection]:
    """Connect for the length of a block; each statement commits."""
    with closing(connect(settings, application_name="elt-bench")) as connection:
        yield connection


def url_of(settings: DatabaseSettings) -> str:
    """Return the URL of a database, as libpq and elt read it."""
    place = f"{settings.host}:{settings.port}"
    return f"postgresql://{settings.user}@{place}/{settings.database}"


def _settings(cluster: Cluster, prefix: str, database: str) -> DatabaseSettings:
    return DatabaseSettings(
        prefix=prefix,
        host=LOOPBACK,
        port=cluster.port,
        database=database,
        user=cluster.user,
    )


def _renew(cluster: Cluster, name: str) -> None:
    database = Identifier(name)
    drop = compose("drop database if exists {database} with (force)", database=database)
    with session(_settings(cluster, "SOURCE", "postgres")) as connection:
        execute(connection, drop)
        execute(connection, compose("create database {database}", database=database))


def _cpu_seconds(cluster: Cluster) -> float:
    postmaster = (cluster.data / "postmaster.pid").read_text().split()[0]
    return tree_cpu_seconds(int(postmaster))
