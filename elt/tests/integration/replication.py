"""Runs of the replicator for tests: in this process, or as the command `elt`."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg2
from psycopg2.sql import SQL, Identifier
from servers import Databases

from elt.config import Config, DestinationConfig, RetrySettings, SourceConfig
from elt.postgres import connect
from elt.progress import LineProgress
from elt.replication.replicator import RunOptions, replicate

NO_RETRY = RetrySettings(max_retries=0, delay_seconds=0)
#: How long a test waits for what must happen; only a failing test ever waits as long.
DEADLINE_SECONDS = 30


def run(
    databases, *, only=(), allow_shrink=False, full=False, source=None, to=None, **options
):
    """Replicate once and return the report; `options` are those of the configuration.

    `source` and `to` are options of the source and of the destination.
    """
    config = configure(databases, source=source, to=to, **options)
    chosen = RunOptions(streams=tuple(only), allow_shrink=allow_shrink, full=full)
    return replicate(config, config.sources[0], chosen, LineProgress())


def configure(databases, *, source=None, to=None, **options):
    """Return a configuration that does not retry."""
    options = {"retry": NO_RETRY, **options}
    return Config(
        sources=(SourceConfig(connection=databases.source, **(source or {})),),
        destination=DestinationConfig(connection=databases.destination, **(to or {})),
        **options,
    )


def changes(report):
    """Return (inserted, updated, deleted) of each stream that had any."""
    found = {
        stream.replica.stream.name: (
            stream.difference.inserted,
            stream.difference.updated,
            stream.difference.deleted,
        )
        for stream in report.streams
    }
    return {name: counts for name, counts in found.items() if any(counts)}


@dataclass(frozen=True)
class Outcome:
    """How a command ended and everything it said."""

    code: int
    output: str

    @property
    def records(self):
        """Return the lines of its log."""
        return [json.loads(line) for line in self.output.splitlines()]

    @property
    def error(self):
        """Return the line that says why the command failed."""
        return [r for r in self.records if r["level"] == "error"][-1]


class Program:
    """The command `elt` in a process of its own, writing its output to a file."""

    def __init__(self, arguments, environ, output: Path):
        self._output = output
        with output.open("w") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "elt", *arguments],
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
            )

    def send(self, number):
        """Send a signal."""
        self.process.send_signal(number)

    def work_for(self, seconds):
        """Give the program some time, less if it ends sooner."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=seconds)

    @property
    def output(self):
        """Return what it has said so far."""
        return self._output.read_text()

    def kill(self):
        """End the process without asking."""
        self.send(signal.SIGKILL)
        self.process.wait()

    def wait(self):
        """Wait for the end."""
        code = self.process.wait(timeout=DEADLINE_SECONDS)
        return Outcome(code=code, output=self.output)


@contextmanager
def program(databases, folder, *arguments, config=None, **variables):
    """Run `elt` beside the block; it is killed at the end, if it still runs."""
    environ = environment(databases, folder, config) | variables
    started = Program(arguments or ("replicate",), environ, folder / "output.log")
    try:
        yield started
    finally:
        started.kill()


def command(databases, folder, *arguments, config=None, **variables):
    """Run `elt` to its end."""
    with program(databases, folder, *arguments, config=config, **variables) as started:
        return started.wait()


def environment(databases, folder, config):
    """Return the environment of a command that does not retry."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SOURCE_", "DESTINATION_", "ELT_", "PG"))
    }
    package = Path(sys.modules["elt"].__file__).parents[1]
    ours = {"ELT_MAX_RETRIES": "0", "PYTHONPATH": str(package)}
    if config is not None:
        file = folder / "elt.yaml"
        file.write_text(config)
        ours["ELT_CONFIG"] = str(file)
    return inherited | databases.environ() | ours


@contextmanager
def session(settings):
    """Give a cursor whose statements commit at once."""
    with closing(connect(settings, application_name="test")) as connection:
        yield connection.cursor()


def query(settings, statement, parameters=None):
    """Run a statement and return its rows."""
    with session(settings) as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []


def value(settings, statement, parameters=None):
    """Run a query and return its only value."""
    [[found]] = query(settings, statement, parameters)
    return found


def wait_until(is_true, what="the condition"):
    """Wait until a function returns something true, and return it."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < deadline:
        found = is_true()
        if found:
            return found
        time.sleep(0.005)
    output = what.output if isinstance(what, Program) else ""
    raise AssertionError(f"{what} did not come true {output}")


def published(settings):
    """Return the rows that readers of the landing schemas see, by table, as text."""
    with session(settings) as cursor:
        cursor.execute(
            """
            select n.nspname, c.relname
            from pg_class as c
            join pg_namespace as n on n.oid = c.relnamespace
            where c.relkind = 'r' and n.nspname ~ '^raw'
            """
        )
        return {place: rows(cursor, *place) for place in cursor.fetchall()}


def rows(cursor, schema, table, extra=""):
    """Return the rows of one table as text, sorted."""
    statement = SQL("select {}t::text from only {} as t order by 1").format(
        SQL(extra), Identifier(schema, table)
    )
    cursor.execute(statement)
    return cursor.fetchall()


def leftovers(settings):
    """Return what a run must not leave behind: private schemas and sessions."""
    schemas = query(
        settings, "select nspname from pg_namespace where nspname ~ '^elt_shadow'"
    )
    sessions = query(settings, SESSIONS)
    return [name for (name,) in (*schemas, *sessions)]


SESSIONS = """
select application_name
from pg_stat_activity
where datname = current_database() and application_name ~ '^elt '
"""


def last_run(settings):
    """Return status, exit code and error of the last recorded run."""
    [found] = query(
        settings,
        "select status, exit_code, error from elt.sync_runs order by run_id desc limit 1",
    )
    return found


class Gate:
    """Holds up whoever passes it, until it is opened: an advisory lock.

    SQL that is to wait calls `pass_gate()`, which a test makes with `make_gate`.
    """

    def __init__(self, settings):
        self._settings = settings
        self._connection = psycopg2.connect(
            host=settings.host,
            port=settings.port,
            user="postgres",
            dbname=settings.database,
        )
        self._connection.autocommit = True
        self._cursor = self._connection.cursor()
        self._cursor.execute("select pg_advisory_lock(1, 1)")

    def wait(self):
        """Wait until somebody stands before the gate."""
        statement = (
            "select count(*) from pg_locks where locktype = 'advisory' "
            "and classid = 1 and objid = 1 and not granted and database = "
            "(select oid from pg_database where datname = current_database())"
        )

        def is_somebody_there():
            self._cursor.execute(statement)
            return self._cursor.fetchone()[0]

        wait_until(is_somebody_there, "a session before the gate")

    def open(self):
        """Let everybody pass."""
        self._connection.close()


@contextmanager
def gate(settings):
    """Close a gate in a database; it is open again after the block."""
    with session(settings) as cursor:
        cursor.execute(
            """
            create or replace function public.pass_gate() returns boolean
            language plpgsql security definer as $$
            begin
                perform pg_advisory_lock_shared(1, 1);
                perform pg_advisory_unlock_shared(1, 1);
                return true;
            end $$
            """
        )
    closed = Gate(settings)
    try:
        yield closed
    finally:
        closed.open()


def with_role(databases, role):
    """Return databases whose source is read as another role."""
    return Databases(role, databases.destination)

