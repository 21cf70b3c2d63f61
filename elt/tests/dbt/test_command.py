"""`elt dbt` in a process of its own: what stops it, and what else it takes."""

import json
import signal
from collections import Counter
from dataclasses import replace
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from dbt_command import (
    DEADLINE_SECONDS,
    GOOD,
    PASSWORD,
    elt_dbt,
    last_run,
    restricted,
    run_command,
    words_for,
    write,
)
from integration import program as programs
from integration.gates import gate
from integration.replication import query
from servers import environ_of


@pytest.fixture
def replicated(make_destination):
    """Return a destination that has a state."""
    return make_destination()


# --------------------------------------------------------------------- what stops a run


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


@pytest.mark.parametrize(
    "variables, words",
    [
        pytest.param({"DBT_PROFILES_DIR": "/nowhere"}, "/nowhere", id="no profile"),
        pytest.param({"DBT_INDIRECT_SELECTION": "x"}, "'x'", id="in a variable of dbt"),
    ],
)
def test_what_keeps_dbt_from_beginning_is_named(replicated, tmp_path, variables, words):
    folder = write(tmp_path / "project", {})

    run = elt_dbt(folder, database=replicated, **variables)

    assert run.code == 78
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


# --------------------------------------------------------------------------- other ways


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
