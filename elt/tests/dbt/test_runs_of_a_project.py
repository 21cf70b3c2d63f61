"""`elt dbt` three times on one project: what is built, parsed and kept of each."""

import os
import re
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest
from dbt_command import GOOD, elt_dbt, write
from integration.replication import query

GROWING = "{{ config(materialized='incremental') }} select 1 as id"
DOCS = Path(__file__).parents[2] / "docs" / "reference" / "commands.md"


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
    [command] = re.findall(
        r"^(psql .+\n.+) > docs.html$", DOCS.read_text(), re.MULTILINE
    )
    place = {
        "DESTINATION_HOST": growing.host,
        "DESTINATION_PORT": str(growing.port),
        "DESTINATION_USER": growing.user,
        "DESTINATION_DATABASE": growing.database,
        "PATH": f"{binaries}:{os.environ['PATH']}",
    }
    page = subprocess.run(
        ["/bin/bash", "-c", command],
        env=os.environ | place,
        check=True,
        capture_output=True,
        text=True,
    ).stdout

    assert page.startswith("<!doctype html>")
    assert page.rstrip().endswith("</html>")
    assert ("new_model" in page, "old_model" in page) == (True, False)
    assert query(growing, "select count(*) from elt.dbt_docs") == [(1,)]
