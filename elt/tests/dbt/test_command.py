"""`elt dbt` in a process of its own, on small projects and a real destination.

Starting dbt takes seconds, so tests share a run where they can.
"""

import json
import os
import re
import shlex
import signal
import subprocess
from collections import Counter
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from integration import program as programs
from integration.gates import gate
from integration.replication import query, session
from projects import write_project
from servers import environ_of, new_database, new_role

from elt.postgres import connect
from elt.replication.state.state import migrate

GOOD = "select 1 as id"
#: The server quotes the value in its error.
BAD = "select ('a personal value' || now()::text)::integer as id"
TESTS = """\
models:
  - name: good
    columns:
      - name: id
        data_tests:
          - accepted_values: {name: fails, arguments: {values: [2]}}
          - accepted_values:
              name: warns
              arguments: {values: [3]}
              config: {severity: warn}
unit_tests:
  - name: one_is_two
    model: good
    given: []
    expect: {rows: [{id: 2}]}
"""
SOURCES = """\
sources:
  - name: loads
    schema: public
    config:
      freshness: {error_after: {count: 1, period: day}}
      loaded_at_field: loaded_at
    tables: [{name: young}, {name: old}, {name: missing}]
"""
TROUBLED = {
    "good": GOOD,
    "bad": BAD,
    "behind": "select * from {{ ref('bad') }}",
    "lost": "select * from nowhere",
    "models/good.yml": TESTS,
    "models/sources.yml": SOURCES,
}
GROWING = "{{ config(materialized='incremental') }} select 1 as id"
#: Starting dbt is work for the processor, of which other tests may want their share.
DEADLINE_SECONDS = 180
PASSWORD = "1{{ x }}'\"%p@/#\\ ß"
DOCS = Path(__file__).parents[2] / "docs" / "reference" / "commands.md"


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


@pytest.fixture
def replicated(make_destination):
    """Return a destination that has a state."""
    return make_destination()


def write(folder, files):
    """Write a project: models by name, other files by path."""
    named = {
        name if "." in name else f"models/{name}.sql": text
        for name, text in files.items()
    }
    return write_project(folder, named)


def words_for(folder, *options):
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


# ------------------------------------------------- a project with all sorts of trouble


@pytest.fixture(scope="module")
def troubled_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("troubled") / "project"


@pytest.fixture(scope="module")
def troubled(make_destination, troubled_folder):
    """Return a run of a restricted role whose password is in a file."""
    database = make_destination()
    for name, age in (("young", "1 hour"), ("old", "3 days")):
        query(
            database,
            f"create table {name} as select now() - interval '{age}' as loaded_at;"
            f"grant select on {name} to public",
        )
    file = troubled_folder.parent / "password"
    file.write_text(PASSWORD + "\n")
    role = replace(restricted(database), password=None)
    folder = write(troubled_folder, TROUBLED)
    variables = {
        "DESTINATION_PASSWORD_FILE": str(file),
        "DBT_LOG_LEVEL_FILE": "debug",
    }
    return elt_dbt(folder, "--verbose", database=role, **variables)


def test_all_is_built_that_can_be(troubled):
    statuses = {name: node["status"] for name, node in troubled.recorded.nodes.items()}

    assert statuses == {
        "good": "success",
        "bad": "error",
        "lost": "error",
        "behind": "skipped",
        "fails": "fail",
        "warns": "warn",
        "loads.young": "pass",
        "loads.old": "error",
        "loads.missing": "runtime error",
    }


def test_run_with_a_failure_is_recorded_as_one(troubled):
    assert (troubled.code, troubled.recorded.exit_code) == (65, 65)
    assert troubled.recorded.status == "error"
    assert troubled.recorded.error.startswith("3 nodes of dbt failed:")


def test_nodes_are_recorded_with_what_came_of_them(troubled):
    nodes = troubled.recorded.nodes

    kinds = Counter(node["kind"] for node in nodes.values())
    assert kinds == {"model": 4, "test": 2, "source": 3}
    assert (nodes["warns"]["failures"], nodes["good"]["seconds"] > 0) == (1, True)
    assert nodes["loads.old"]["message"] == "loaded 3 d ago"


def test_a_line_tells_of_each_node_that_failed_or_warned(troubled):
    failed = {line["node"]: line["error"] for line in troubled.said("failed node")}
    warned = {line["test"]: line["failures"] for line in troubled.said("test warned")}
    stale = {x["source"]: x["reason"] for x in troubled.said("found source stale")}

    assert set(failed) == {"bad", "lost", "fails"}
    assert 'relation "nowhere" does not exist' in failed["lost"]
    assert warned == {"warns": 1}
    assert set(stale) == {"loads.old", "loads.missing"}
    assert 'relation "public.missing" does not exist' in stale["loads.missing"]


def test_error_says_what_is_wrong_and_no_value(troubled):
    assert "invalid text representation" in troubled.recorded.nodes["bad"]["message"]
    assert "personal" not in troubled.output
    assert "personal" not in json.dumps(troubled.recorded.nodes)


def test_log_ends_with_the_sum_and_the_error(troubled):
    finished, error = troubled.lines[-2:]

    assert finished["message"] == "finished dbt"
    assert (finished["models"], finished["tests"]) == (3, 2)
    assert (finished["warned"], finished["failed"]) == (3, 3)
    assert (error["level"], error["exit_code"]) == ("error", 65)


def test_last_line_is_left_as_the_result(troubled):
    assert troubled.result == troubled.lines[-1]


def test_password_is_in_no_file_of_dbt(troubled, troubled_folder):
    written = [path for path in troubled_folder.rglob("*") if path.is_file()]

    secret = PASSWORD.encode()
    assert PASSWORD not in troubled.output
    assert (troubled_folder / "logs" / "dbt.log") in written
    assert [path for path in written if secret in path.read_bytes()] == []


# ------------------------------------------------------------ three runs of one project


@pytest.fixture(scope="module")
def growing(make_destination):
    return make_destination()


@pytest.fixture(scope="module")
def three_runs(growing, tmp_path_factory):
    """Return runs of a project: the first, one of other models, and a full refresh."""
    folder = tmp_path_factory.mktemp("growing") / "project"
    write(folder, {"growing": GROWING, "old_model": GOOD})
    first = elt_dbt(folder, database=growing)
    (folder / "models" / "old_model.sql").unlink()
    write(folder, {"new_model": GOOD})
    second = elt_dbt(folder, database=growing)
    rows = query(growing, "select count(*) from growing")
    third = elt_dbt(folder, "--select", "growing", "--full-refresh", database=growing)
    return SimpleNamespace(first=first, second=second, third=third, rows=rows)


def test_models_are_built_and_recorded(three_runs, growing):
    run = three_runs.first

    assert run.code == 0, run.output
    assert query(growing, "select id from old_model") == [(1,)]
    recorded = run.recorded
    assert (recorded.status, recorded.exit_code, recorded.error) == ("success", 0, None)
    assert set(recorded.nodes) == {"growing", "old_model"}
    last = run.lines[-1]
    assert (last["message"], last["models"], last["failed"]) == ("finished dbt", 2, 0)
    assert run.result == last


def test_project_is_parsed_once(three_runs):
    parsed = [
        run.said("parsed project")[0]
        for run in (three_runs.first, three_runs.second, three_runs.third)
    ]

    assert [line["reused"] for line in parsed] == [False, False, True]
    assert "not found" in parsed[0]["reason"]
    assert parsed[1]["reason"] == "the project has changed"


def test_full_refresh_builds_incremental_models_anew(three_runs, growing):
    assert three_runs.rows == [(2,)]
    assert query(growing, "select count(*) from growing") == [(1,)]


def test_selection_builds_nothing_else(three_runs):
    assert set(three_runs.third.recorded.nodes) == {"growing"}


def test_docs_of_the_newest_run_are_kept(three_runs, growing, binaries):
    """By the command of the documentation."""
    [command] = re.findall(r"^(psql .+) > docs.html$", DOCS.read_text(), re.MULTILINE)
    place = {
        "PGHOST": growing.host,
        "PGPORT": str(growing.port),
        "PGUSER": growing.user,
        "PGDATABASE": growing.database,
    }
    program, *words = shlex.split(command)
    page = subprocess.run(
        [binaries / program, *words],
        env=os.environ | place,
        check=True,
        capture_output=True,
        text=True,
    ).stdout

    assert page.startswith("<!doctype html>")
    assert page.rstrip().endswith("</html>")
    assert ("new_model" in page, "old_model" in page) == (True, False)
    assert query(growing, "select count(*) from elt.dbt_docs") == [(1,)]


# ------------------------------------------------------------------- what stops a run


def test_nothing_replicated_yet(replicated, tmp_path):
    query(replicated, "drop schema elt cascade")

    run = elt_dbt(write(tmp_path / "project", {}), database=replicated)

    assert run.code == 78
    assert "Nothing was replicated yet" in run.result["message"]
    assert run.result["hint"] == "Run elt replicate first."


def test_state_of_an_older_version(replicated, tmp_path):
    query(replicated, "drop table elt.dbt_docs")

    run = elt_dbt(write(tmp_path / "project", {}), database=replicated)

    assert run.code == 78
    assert "older version" in run.result["message"]


def test_destination_that_cannot_be_reached_is_waited_for(replicated, tmp_path):
    retries = {"ELT_MAX_RETRIES": "2", "ELT_RETRY_DELAY_SECONDS": "0"}
    databases = SimpleNamespace(environ=lambda: environ_of(replace(replicated, port=1)))
    folder = write(tmp_path / "project", {})

    ended = run_command(databases, tmp_path, *words_for(folder), **retries)

    messages = Counter(line["message"] for line in ended.records)
    assert ended.code == 75
    assert messages["waited for database"] == 2


def test_connection_that_is_lost_may_be_tried_again(replicated, tmp_path):
    suicide = "select pg_terminate_backend(pg_backend_pid()) as ended"

    run = elt_dbt(write(tmp_path / "project", {"ends": suicide}), database=replicated)

    assert (run.code, run.recorded.exit_code) == (75, 75)


@pytest.mark.parametrize(
    "files, words",
    [
        pytest.param({"good": "{{ ref('nobody') }}"}, "nobody", id="in a model"),
        pytest.param({"profiles.yml": "other: {}"}, "profile", id="in the profile"),
    ],
)
def test_mistake_in_the_project_is_named(replicated, tmp_path, files, words):
    run = elt_dbt(write(tmp_path / "project", files), database=replicated)

    assert (run.code, run.recorded.exit_code) == (78, 78)
    assert words in run.result["message"]


def test_selection_of_nothing_is_wrong_usage(replicated, tmp_path):
    folder = write(tmp_path / "project", {"good": GOOD})

    run = elt_dbt(folder, "--select", "god", database=replicated)

    assert run.code == 64
    assert "god" in run.result["message"]


@pytest.mark.parametrize(
    "number, code", [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["INT", "TERM"]
)
def test_signal_ends_what_runs_and_is_recorded(replicated, tmp_path, number, code):
    models = {"waiting": "select public.pass_gate() as passed"}
    folder = write(tmp_path / "project", models)
    databases = SimpleNamespace(environ=lambda: environ_of(replicated))
    words, result = words_for(folder), tmp_path / "result"
    left = {"ELT_RESULT_PATH": str(result)}

    with (
        gate(replicated) as closed,
        programs.program(databases, tmp_path, *words, **left) as started,
    ):
        closed.wait()
        started.send(number)
        outcome = started.wait(DEADLINE_SECONDS)
        sessions = query(
            replicated,
            "select count(*) from pg_stat_activity"
            " where datname = current_database() and application_name = 'dbt'",
        )

    assert outcome.code == code
    assert sessions == [(0,)]
    recorded = last_run(replicated)
    assert (recorded.status, recorded.exit_code) == ("error", code)
    assert recorded.nodes["waiting"]["status"] == "error"
    assert query(replicated, "select to_regclass('waiting')") == [(None,)]
    assert json.loads(result.read_text()) == outcome.records[-1]
    assert outcome.records[-1]["exit_code"] == code


# ------------------------------------------------------------------------- other ways


def test_url_with_options_and_folders_elsewhere(replicated, tmp_path):
    """As in a pod with a URL, whose project cannot be written."""
    role = restricted(replicated)
    place = f"{role.host}:{role.port}/{role.database}?options=-c%20work_mem%3D1234kB"
    url = f"postgresql://{role.user}:{quote(PASSWORD, safe='')}@{place}"
    variables = {
        "DESTINATION_URL": url,
        "DBT_TARGET_PATH": str(tmp_path / "target"),
        "DBT_LOG_PATH": str(tmp_path / "logs"),
    }
    shown = "select current_setting('work_mem') as work_mem"
    folder = write(tmp_path / "project", {"shown": shown})
    before = sorted(folder.rglob("*"))

    databases = SimpleNamespace(environ=lambda: variables)
    ended = run_command(databases, tmp_path, *words_for(folder))

    assert ended.code == 0, ended.output
    assert query(replicated, "select work_mem from shown") == [("1234kB",)]
    assert sorted(folder.rglob("*")) == before
