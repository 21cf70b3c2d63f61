"""The ways to copy a database that are compared, each as a user would run it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.programs import Stage
from benchmarks.servers import Servers, url_of
from elt.config import DatabaseSettings
from elt.config.workers import default_workers

#: Names that the ratios of a report refer to.
FILE, PIPE = "file", "pipe"
COUNT, CHECKSUM = "elt, count", "elt, checksum"
AGAIN = "elt, checksum, again"

# All candidates do equal work: every constraint and every index.
_CONFIGURATION = """\
destination: {{constraints: all, indexes: true}}
verify: {verify}
"""
#: What users of pgcopydb are told to begin with, on as many workers as elt has.
_JOBS = str(default_workers())
_PGCOPYDB = ("clone", "--restart", "--table-jobs", _JOBS, "--index-jobs", _JOBS)
#: Variables of the user that would change what is measured.
_FOREIGN = ("PG", "SOURCE_", "DESTINATION_", "ELT_")


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """One way to copy the source into an empty destination."""

    name: str
    stages: Sequence[Stage]
    environ: Mapping[str, str]
    #: Where `public` of the source lands.
    schema: str = "public"
    #: Name of a second run, with nothing changed, if that is measured too.
    again: str | None = None


def list_candidates(servers: Servers, database: str) -> list[Candidate]:
    """Return every way that this machine has to copy a database of the source."""
    source = url_of(servers.source_database(database))
    destination = url_of(servers.destination_database())
    environ = user_environ(servers)
    dump = [servers.program("pg_dump"), "--dbname", source]
    load = [servers.program("psql"), "--no-psqlrc", "--quiet", destination]
    load += ["--set", "ON_ERROR_STOP=1"]
    file = str(servers.folder / "dump.sql")
    stages = [[[*dump, "--file", file]], [[*load, "--file", file]]]
    candidates = [
        Candidate(name=FILE, stages=stages, environ=environ),
        Candidate(name=PIPE, stages=[[dump, load]], environ=environ),
        elt_candidate(servers, database, COUNT, verify="count"),
        elt_candidate(servers, database, CHECKSUM, verify="checksum", again=AGAIN),
    ]
    pgcopydb = shutil.which("pgcopydb")
    if pgcopydb is not None:
        clone = [pgcopydb, *_PGCOPYDB, "--source", source, "--target", destination]
        clone += ["--dir", str(servers.folder / "pgcopydb")]
        candidates.append(Candidate(name="pgcopydb", stages=[[clone]], environ=environ))
    return candidates


def elt_candidate(
    servers: Servers, database: str, name: str, *, verify: str, again: str | None = None
) -> Candidate:
    """Return `elt replicate`, with the receipts that are wanted."""
    environ = elt_environ(
        servers,
        servers.source_database(database),
        servers.destination_database(),
        name=verify,
        configuration=_CONFIGURATION.format(verify=verify),
    )
    return Candidate(
        name=name,
        stages=[[[elt_program(), "replicate"]]],
        environ=environ,
        schema="raw",
        again=again,
    )


def elt_program() -> str:
    """Return the installed command, as a user calls it."""
    return str(Path(sys.executable).with_name("elt"))


def elt_environ(
    servers: Servers,
    source: DatabaseSettings,
    destination: DatabaseSettings,
    *,
    name: str,
    configuration: str,
) -> dict[str, str]:
    """Return what makes elt replicate a database; the configuration is kept by name."""
    path = servers.folder / f"{name}.yaml"
    path.write_text(configuration)
    return user_environ(servers) | {
        "ELT_CONFIG": str(path),
        "SOURCE_URL": url_of(source),
        "DESTINATION_URL": url_of(destination),
    }


def logical_environ(
    servers: Servers, source: DatabaseSettings, destination: DatabaseSettings
) -> dict[str, str]:
    """Return what makes elt replicate a database in logical mode."""
    # All databases of a server share the names of its slots.
    slot = f"elt_{source.database}"
    return elt_environ(
        servers,
        source,
        destination,
        name=f"logical_{source.database}",
        configuration=f"sources: [{{mode: logical, slot: {slot}}}]\n",
    )


def user_environ(servers: Servers) -> dict[str, str]:
    """Return our environment without what would change the measurement."""
    environ = {k: v for k, v in os.environ.items() if not k.startswith(_FOREIGN)}
    # pgcopydb calls pg_dump and pg_restore: those of the servers' version.
    path = f"{servers.binaries}{os.pathsep}{environ.get('PATH', '')}"
    return environ | {"PATH": path}
