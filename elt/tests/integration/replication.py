"""Runs of the replicator for tests, and looks at what they left behind."""

import time
from contextlib import closing, contextmanager

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
    databases,
    *,
    only=(),
    allow_shrink=False,
    full=False,
    manifest=None,
    source=None,
    to=None,
    **options,
):
    """Replicate once and return the report; `options` are those of the configuration.

    `source` and `to` are options of the source and of the destination.
    """
    config = configure(databases, source=source, to=to, **options)
    chosen = RunOptions(
        streams=tuple(only), allow_shrink=allow_shrink, full=full, manifest=manifest
    )
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


def refuse_command(settings, tag, *, naming):
    """Let a database refuse the commands of a tag that name something."""
    query(
        settings,
        "create function refuse() returns event_trigger language plpgsql as $$ begin"
        f" if current_query() like '%{naming}%' then raise exception 'no'; end if;"
        " end $$;"
        f"create event trigger refuse on ddl_command_end when tag in ('{tag}')"
        " execute function refuse()",
    )


def value(settings, statement, parameters=None):
    """Run a query and return its only value."""
    [[found]] = query(settings, statement, parameters)
    return found


def version_of(settings):
    """Return the number of a server's version."""
    return int(value(settings, "show server_version_num")) // 10000


def wait_until(is_true, what="the condition"):
    """Wait until a function returns something true, and return it."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < deadline:
        found = is_true()
        if found:
            return found
        time.sleep(0.005)
    raise AssertionError(f"{what} did not come true")


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
        "select status, exit_code, error from elt.sync_runs "
        "order by run_id desc limit 1",
    )
    return found


def with_role(databases, role):
    """Return databases whose source is read as another role."""
    return Databases(role, databases.destination)
