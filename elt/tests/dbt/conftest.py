"""The whole pipeline as fixtures: a seeded source, `elt replicate`, and dbt.

Building takes seconds, so the tests of a file share one build.
"""

import json
import os
import subprocess
import sys
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from servers import environ_of, new_database

from elt.postgres import connect
from elt.replication.state.state import migrate
from elt.seed.seeder import run_seed

PROJECT = Path(__file__).parents[3] / "dbt"
#: Every warning is an error, but those of tests whose severity is `warn`.
STRICT = json.dumps({"error": "all", "warn": ["LogTestResult"]})


@dataclass(frozen=True)
class Dbt:
    """dbt, run in this process: importing it takes longer than most commands."""

    environ: dict[str, str]
    target: Path

    def __call__(self, *command: str, project: Path = PROJECT) -> Any:
        """Run a command and return its result, good or bad."""
        from dbt.cli.main import dbtRunner  # noqa: PLC0415  takes seconds

        options = {
            "--project-dir": project,
            "--profiles-dir": project,
            "--target-path": self.target,
            "--log-path": self.target,
            "--log-level": "none",
            "--warn-error-options": STRICT,
        }
        words = [str(word) for option in options.items() for word in option]
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.environ.items():
                patch.setenv(name, value)
            answer = dbtRunner().invoke([*command, *words])
        if answer.exception is not None:
            raise answer.exception
        return answer.result

    def artifact(self, name: str) -> dict[str, Any]:
        """Read a file that the last command wrote."""
        return json.loads((self.target / name).read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Database:
    """A database to ask and to change."""

    connection: psycopg2.extensions.connection

    def __call__(self, statement: str) -> list[tuple]:
        """Run a statement and return its rows."""
        with self.connection.cursor() as cursor:
            cursor.execute(statement)
            return [] if cursor.description is None else cursor.fetchall()


@pytest.fixture(scope="session")
def dbt_project():
    """Return the folder of the dbt project."""
    return PROJECT


@pytest.fixture(scope="module")
def make_destination(destination_server):
    """Return a function that makes a destination with a state."""

    def make():
        database = stack.enter_context(new_database(destination_server, "DESTINATION"))
        with closing(connect(database, application_name="test")) as connection:
            migrate(connection)
        return database

    with ExitStack() as stack:
        yield make


@pytest.fixture(scope="module")
def make_dbt(tmp_path_factory):
    def make(environ):
        return Dbt(environ | {"DO_NOT_TRACK": "1"}, tmp_path_factory.mktemp("dbt"))

    return make


@pytest.fixture(scope="module")
def dbt(module_destination_database, make_dbt):
    return make_dbt(environ_of(module_destination_database))


@pytest.fixture(scope="module")
def replicate(module_databases, tmp_path_factory):
    """Return a function (mode=None) that runs `elt replicate` as a user would."""
    ours = ("SOURCE_", "DESTINATION_", "ELT_")
    environ = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
    environ |= module_databases.environ()

    def run(mode=None):
        command = [sys.executable, "-m", "elt", "replicate"]
        variables = {}
        if mode is not None:
            file = tmp_path_factory.mktemp("config") / "elt.yaml"
            file.write_text(f"sources: [{{mode: {mode}}}]")
            variables["ELT_CONFIG"] = str(file)
        finished = subprocess.run(
            command,
            env=environ | variables,
            check=False,
            capture_output=True,
            text=True,
        )
        assert finished.returncode == 0, finished.stderr

    return run


@pytest.fixture(scope="module")
def origin(module_source_database):
    """Return a connection to the source."""
    yield from _connection_to(module_source_database)


@pytest.fixture(scope="module")
def cinema(module_source_database, origin):
    """Return a connection to a seeded source: forty films, with all their oddities."""
    run_seed(module_source_database, scale=0)
    return origin


@pytest.fixture(scope="module")
def warehouse(module_destination_database):
    """Return a connection to the destination."""
    yield from _connection_to(module_destination_database)


def _connection_to(settings):
    connection = psycopg2.connect(
        host=settings.host,
        port=settings.port,
        user=settings.user,
        dbname=settings.database,
    )
    connection.autocommit = True
    yield Database(connection)
    connection.close()
