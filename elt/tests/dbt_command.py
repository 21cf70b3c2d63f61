"""`elt dbt` in a process of its own, on small projects and a real destination.

Starting dbt takes seconds, so tests share a run where they can.
"""

import json
from dataclasses import dataclass, replace
from types import SimpleNamespace

from integration import program as programs
from integration.replication import query, session
from projects import write_project
from servers import environ_of, new_role

GOOD = "select 1 as id"
#: Starting dbt is work for the processor, of which other tests may want their share.
DEADLINE_SECONDS = 180
PASSWORD = "1{{ x }}'\"%p@/#\\ ß"


@dataclass(frozen=True)
class Run:
    """How a run ended, and what the state knows of it."""

    code: int
    lines: list[dict]
    output: str
    result: dict
    recorded: SimpleNamespace | None

    def said(self, message):
        """Return the lines of the log with a message."""
        return [line for line in self.lines if line["message"] == message]


def write(folder, files):
    """Write a project: models by name, other files by path."""
    named = {
        name if "." in name else f"models/{name}.sql": text
        for name, text in files.items()
    }
    return write_project(folder, named)


def words_for(folder, *options):
    """Return the words of the command line for a project."""
    return ("dbt", "--project", str(folder), *options)


def run_command(databases, folder, *words, **variables):
    """Run `elt` to its end."""
    with programs.program(databases, folder, *words, **variables) as started:
        return started.wait(DEADLINE_SECONDS)


def elt_dbt(folder, *options, database, **variables):
    """Run `elt dbt` on a project to its end."""
    result = folder.parent / "result"
    environ = environ_of(database) | {"ELT_RESULT_PATH": str(result)}
    databases = SimpleNamespace(environ=lambda: environ | variables)
    ended = run_command(databases, folder.parent, *words_for(folder, *options))
    return Run(
        code=ended.code,
        lines=ended.records,
        output=ended.output,
        result=json.loads(result.read_text()),
        recorded=last_run(replace(database, user="postgres")),
    )


def last_run(settings):
    """Return the newest run of dbt in the state, with its nodes by name."""
    if query(settings, "select to_regclass('elt.dbt_runs')") == [(None,)]:
        return None
    rows = query(
        settings,
        "select status, exit_code, error, nodes from elt.dbt_runs"
        " order by dbt_run_id desc limit 1",
    )
    for status, exit_code, error, nodes in rows:
        by_name = {node["name"]: node for node in nodes}
        return SimpleNamespace(
            status=status, exit_code=exit_code, error=error, nodes=by_name
        )
    return None


def restricted(database):
    """Return a role with a difficult password, and no more privileges than it needs."""
    role = new_role(database, PASSWORD)
    with session(database) as cursor:
        cursor.execute(f"""
            grant create on database {database.database} to {role.user};
            grant create on schema public to {role.user};
            grant usage on schema elt to {role.user};
            grant insert, select on elt.dbt_runs to {role.user};
            grant insert, delete on elt.dbt_docs to {role.user};
        """)
    return role
