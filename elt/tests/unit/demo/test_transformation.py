"""Where the demo looks for dbt's project, and what it makes of dbt's results."""

from types import SimpleNamespace

import pytest

from elt.demo.transformation import find_project, raise_for_failures
from elt.errors import ConfigError, DataError


def make_result(name, status, message=None):
    return SimpleNamespace(
        node=SimpleNamespace(name=name), status=status, message=message
    )


def test_project_is_found_from_a_folder_below(tmp_path):
    project = tmp_path / "dbt"
    project.mkdir()
    (project / "dbt_project.yml").touch()
    below = tmp_path / "elt" / "src"
    below.mkdir(parents=True)

    assert find_project(below) == project


def test_missing_project_is_a_matter_of_configuration(tmp_path):
    with pytest.raises(ConfigError, match=r"Found no dbt/dbt_project\.yml"):
        find_project(tmp_path)


def test_failed_nodes_are_named_with_the_place_of_the_log(monkeypatch):
    monkeypatch.setenv("DBT_LOG_PATH", "logs")
    results = [
        make_result("stg_films", "success"),
        make_result("films_have_a_title", "fail", "Got 2 results"),
    ]

    with pytest.raises(DataError) as failure:
        raise_for_failures(results)

    assert failure.value.message == (
        "1 node of dbt failed:\n  films_have_a_title: Got 2 results"
    )
    assert failure.value.hint == "logs/dbt.log has more."


def test_warnings_are_no_failures():
    raise_for_failures([make_result("every_film_has_a_cast", "warn")])
