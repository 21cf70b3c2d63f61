"""The two servers of the demo: found running, started, or made from nothing."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from elt.config import DatabaseSettings
from elt.embedded import (
    LOOPBACK,
    Cluster,
    can_reach,
    free_port,
    new_home,
    start_anywhere,
)
from elt.postgres import connect, fetch_one


@dataclass(frozen=True, kw_only=True, slots=True)
class Role:
    """What one of the two servers is there for, and how it is set up."""

    name: str
    port: int
    user: str
    database: str
    settings: tuple[tuple[str, str], ...] = ()


SOURCE = Role(
    name="source",
    port=5433,
    user="postgres",
    database="cinema",
    settings=(("wal_level", "logical"),),
)
#: As the dbt profile has it where no variable says otherwise.
DESTINATION = Role(
    name="destination", port=5434, user="root", database="destination_db"
)
ROLES = (SOURCE, DESTINATION)
#: The note that says where the data lie, when it is not in the demo's directory.
ELSEWHERE = "elsewhere"


@dataclass(frozen=True, kw_only=True, slots=True)
class Server:
    """A running server: how to connect to its database, and how it came to run."""

    settings: DatabaseSettings
    story: str


def serve(role: Role, home: Path, binaries: Path) -> Server:
    """Return the server of a role, running and with its database."""
    cluster = _cluster(role, home, binaries)
    running_port = cluster.running_port()
    if running_port is not None:
        cluster, how = replace(cluster, port=running_port), "was running"
    else:
        how = "started" if cluster.exists() else "new"
        cluster = _start(cluster, role)
    cluster.create_database(role.database)
    settings = DatabaseSettings(
        prefix=role.name.upper(),
        host=LOOPBACK,
        port=cluster.port,
        database=role.database,
        user=role.user,
    )
    place = f"{LOOPBACK}:{cluster.port}"
    story = f"PostgreSQL {_version_of(settings)} at {place}, {how}"
    if cluster.port != role.port:
        story += f"; port {role.port} was taken"
    return Server(settings=settings, story=story)


def remove(role: Role, home: Path, binaries: Path) -> None:
    """Stop the server of a role and remove its data."""
    _cluster(role, home, binaries).remove()


def home_of(directory: Path) -> Path:
    """Return where the servers' data lie: in the directory, if that is possible.

    The account of the servers cannot enter root's home, for example. Then they lie
    among the temporary files, and a note in the directory says where.
    """
    directory.mkdir(parents=True, exist_ok=True)
    if can_reach(directory / SOURCE.name):
        return directory
    note = directory / ELSEWHERE
    if not (note.exists() and Path(note.read_text()).is_dir()):
        note.write_text(str(new_home()))
    return Path(note.read_text())


def _version_of(settings: DatabaseSettings) -> str:
    """Ask a server: one that was running is not always that of our programs."""
    with closing(connect(settings, application_name="elt demo")) as connection:
        version: str = fetch_one(connection, "show server_version")
    return version.partition(" ")[0]


def _cluster(role: Role, home: Path, binaries: Path) -> Cluster:
    return Cluster(
        binaries=binaries, directory=home / role.name, port=role.port, user=role.user
    )


def _start(cluster: Cluster, role: Role) -> Cluster:
    if not cluster.exists():
        cluster.create(settings=dict(role.settings))
    return start_anywhere(replace(cluster, port=free_port(role.port)))
