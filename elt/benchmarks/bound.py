"""The bound: what the two servers alone need for the same work.

No client, no network, no snapshot and no proof; each step by itself, one after the
other. Nobody who has rows copied by COPY can be quicker than these steps divided evenly
over all cores.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from os import environ
from pathlib import Path

from benchmarks.copies import list_tables, queries
from benchmarks.programs import run_stages
from benchmarks.servers import Servers, session, url_of
from elt.postgres import Connection, Identifier, Literal, compose, execute


@dataclass(frozen=True, kw_only=True, slots=True)
class Bound:
    """Seconds of each step, alone on the machine."""

    copy_out: float
    definitions: float
    copy_in: float
    #: Indexes and constraints.
    keys: float

    def over(self, cores: int) -> float:
        """Return the seconds when all steps are divided evenly over some cores."""
        return (self.copy_out + self.definitions + self.copy_in + self.keys) / cores


class BareCopy:
    """Measures the bound of one data set."""

    def __init__(self, servers: Servers, database: str) -> None:
        self._servers = servers
        self._source = servers.source_database(database)
        with session(self._source) as connection:
            self._tables = list_tables(connection)
            _copy_all(connection, "write_rows", self._files())
        self._definitions = self._dump("pre-data")
        self._keys = self._dump("post-data")

    def measure(self) -> Bound:
        """Take every step once, into a new destination."""
        servers = self._servers
        servers.renew_destination()
        servers.checkpoint()
        with session(self._source) as connection:
            files = self._files()
            copy_out = _seconds(lambda: _copy_all(connection, "discard_rows", files))
        definitions = _seconds(lambda: self._load(self._definitions))
        with session(servers.destination_database()) as connection:
            copy_in = _seconds(lambda: _copy_all(connection, "read_rows", files))
        return Bound(
            copy_out=copy_out,
            definitions=definitions,
            copy_in=copy_in,
            keys=_seconds(lambda: self._load(self._keys)),
        )

    def close(self) -> None:
        """Remove the rows that the server wrote."""
        for file in self._files().values():
            file.unlink()

    def _files(self) -> dict[str, Path]:
        """Return a file by table, where the account of both servers may write."""
        folder = self._servers.source.data
        return {
            table: folder / f"bare-{number}.copy"
            for number, table in enumerate(self._tables)
        }

    def _dump(self, section: str) -> Path:
        file = self._servers.folder / f"{section}.sql"
        dump = [self._servers.program("pg_dump"), f"--section={section}"]
        source = url_of(self._source)
        run_stages([[[*dump, f"--file={file}", source]]], environ)
        return file

    def _load(self, file: Path) -> None:
        psql = [self._servers.program("psql"), "--no-psqlrc", "--quiet"]
        psql += ["--set=ON_ERROR_STOP=1", "--single-transaction", f"--file={file}"]
        destination = url_of(self._servers.destination_database())
        run_stages([[[*psql, destination]]], environ)


def _copy_all(connection: Connection, query: str, files: dict[str, Path]) -> None:
    for table, file in files.items():
        name = Identifier("public", table)
        parts = {"table": name, "file": Literal(str(file))}
        execute(connection, compose(queries[query], **parts))


def _seconds(step: Callable[[], None]) -> float:
    started = time.perf_counter()
    step()
    return time.perf_counter() - started
