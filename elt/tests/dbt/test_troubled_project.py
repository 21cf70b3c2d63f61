"""`elt dbt` on a project with all sorts of trouble: one run, and what is told of it."""

import json
from collections import Counter
from dataclasses import replace

import pytest
from dbt_command import GOOD, PASSWORD, elt_dbt, restricted, write
from integration.replication import query

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
