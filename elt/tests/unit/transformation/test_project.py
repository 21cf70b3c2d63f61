"""Where dbt's project is looked for, and what dbt is told of it."""

import os
import re
import tempfile
from pathlib import Path

import pytest

from elt.config import database_settings
from elt.errors import ConfigError
from elt.transformation.project import (
    destination_variables,
    find_project,
    locate_project,
    project_variables,
    require_profiles,
    shown,
)


@pytest.fixture
def make_project(tmp_path):
    def make(name="project", *files):
        folder = tmp_path / name
        for file in ("dbt_project.yml", *files):
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).touch()
        return folder

    return make


@pytest.fixture
def read_only(monkeypatch):
    """Make it look as if no folder could be written."""
    monkeypatch.setattr(os, "access", lambda *_: False)


# ------------------------------------------------------------------------- the folder


def test_named_project_comes_first(make_project, tmp_path):
    named, baked = make_project("named"), make_project("baked")

    assert locate_project(named, tmp_path, baked=baked) == named


def test_project_of_the_image_comes_before_that_of_a_checkout(make_project, tmp_path):
    baked = make_project("baked")
    make_project("dbt")

    assert locate_project(None, tmp_path, baked=baked) == baked


@pytest.mark.parametrize("named", [None, ""], ids=["not named", "empty"])
def test_project_of_a_checkout_is_found_from_a_folder_below(
    make_project, tmp_path, named
):
    project = make_project("dbt")
    below = tmp_path / "elt" / "src"
    below.mkdir(parents=True)

    assert locate_project(named, below, baked=tmp_path / "baked") == project
    assert find_project(below) == project


def test_named_folder_without_a_project_is_a_matter_of_configuration(tmp_path):
    with pytest.raises(ConfigError, match=r"Found no dbt_project\.yml in") as error:
        locate_project(tmp_path, tmp_path)

    assert "--project" in error.value.hint


def test_missing_project_is_a_matter_of_configuration(tmp_path):
    with pytest.raises(ConfigError, match=r"Found no dbt/dbt_project\.yml"):
        locate_project(None, tmp_path, baked=tmp_path / "baked")


# ---------------------------------------------------------------------- its variables


def test_dbt_writes_beside_a_project_of_ours(make_project):
    project = make_project()

    variables = project_variables(project, {})

    assert variables["DBT_PROJECT_DIR"] == str(project)
    assert variables["DBT_TARGET_PATH"] == str(project / "target")
    assert variables["DBT_LOG_PATH"] == str(project / "logs")


def test_dbt_writes_elsewhere_when_the_project_is_read_only(make_project, read_only):
    variables = project_variables(make_project(), {})

    temporary = Path(tempfile.gettempdir())
    assert variables["DBT_TARGET_PATH"] == str(temporary / "target")
    assert variables["DBT_LOG_PATH"] == str(temporary / "logs")


def test_what_an_image_has_parsed_is_used(make_project, read_only):
    project = make_project("dbt", "target/partial_parse.msgpack")

    variables = project_variables(project, {})

    parsed = project / "target" / "partial_parse.msgpack"
    assert variables["DBT_PARTIAL_PARSE_FILE_PATH"] == str(parsed)


def test_profiles_beside_the_project_are_used(make_project):
    with_profiles = make_project("with", "profiles.yml")

    variables = project_variables(with_profiles, {})

    assert variables["DBT_PROFILES_DIR"] == str(with_profiles)
    assert "DBT_PROFILES_DIR" not in project_variables(make_project("without"), {})


@pytest.mark.parametrize(
    "name",
    [
        "DBT_TARGET_PATH",
        "DBT_LOG_PATH",
        "DBT_PROFILES_DIR",
        "DBT_PARTIAL_PARSE_FILE_PATH",
    ],
)
def test_what_the_user_set_stays(make_project, name):
    project = make_project("dbt", "profiles.yml", "target/partial_parse.msgpack")

    assert project_variables(project, {name: "theirs"})[name] == "theirs"


@pytest.mark.parametrize("place", ["here/profiles.yml", "home/.dbt/profiles.yml"])
def test_profiles_are_found_where_dbt_looks(make_project, tmp_path, place):
    make_project("here")
    make_project(".", place)
    variables = project_variables(make_project(), {})

    require_profiles(variables, tmp_path / "here", home=tmp_path / "home")


def test_missing_profiles_are_a_matter_of_configuration(make_project, tmp_path):
    project = make_project()
    variables = project_variables(project, {})
    message = f"Found no profiles.yml in {project} or {tmp_path / '.dbt'}"

    with pytest.raises(ConfigError, match=re.escape(message)) as error:
        require_profiles(variables, tmp_path, home=tmp_path)

    assert "DBT_PROFILES_DIR" in error.value.hint


def test_folder_of_profiles_that_is_named_is_the_only_one(make_project, tmp_path):
    variables = project_variables(make_project("project", "profiles.yml"), {})
    variables["DBT_PROFILES_DIR"] = "/nowhere"

    with pytest.raises(ConfigError, match=r"Found no profiles\.yml in /nowhere"):
        require_profiles(variables, tmp_path, home=tmp_path)


def test_dbt_sends_no_statistics(make_project):
    variables = project_variables(make_project(), {"DO_NOT_TRACK": "0"})

    assert variables["DO_NOT_TRACK"] == "1"


# -------------------------------------------------------------------- the destination


def test_profile_gets_the_parts_of_a_url():
    url = "postgresql://role:p%40ss@host:5433/db?sslmode=require&connect_timeout=3"
    settings = database_settings("DESTINATION", {"DESTINATION_URL": url})

    assert destination_variables(settings) == {
        "DESTINATION_HOST": "host",
        "DESTINATION_PORT": "5433",
        "DESTINATION_DATABASE": "db",
        "DESTINATION_USER": "role",
        "DESTINATION_PASSWORD": "p@ss",
        "DESTINATION_SSLMODE": "require",
        "DESTINATION_CONNECT_TIMEOUT": "3",
    }


def test_profile_gets_the_password_of_a_file(tmp_path):
    file = tmp_path / "password"
    file.write_text("secret\n")
    environ = {
        "DESTINATION_HOST": "host",
        "DESTINATION_DATABASE": "db",
        "DESTINATION_USER": "role",
        "DESTINATION_PASSWORD_FILE": str(file),
    }

    variables = destination_variables(database_settings("DESTINATION", environ))

    assert variables["DESTINATION_PASSWORD"] == "secret"


def test_libpq_gets_the_options_of_the_server():
    url = "postgresql://role@host/db?options=-c%20work_mem%3D64MB"
    settings = database_settings("DESTINATION", {"DESTINATION_URL": url})

    assert destination_variables(settings)["PGOPTIONS"] == "-c work_mem=64MB"


def test_variables_are_shown_and_taken_back(monkeypatch, tmp_path):
    monkeypatch.setenv("DESTINATION_HOST", "before")
    here = Path.cwd()

    with shown({"DESTINATION_HOST": "within", "DESTINATION_PASSWORD": "secret"}):
        seen = os.environ["DESTINATION_HOST"]
        os.environ["LEFT_BY_DBT"] = "1"
        os.chdir(tmp_path)

    assert seen == "within"
    assert os.environ["DESTINATION_HOST"] == "before"
    assert {"DESTINATION_PASSWORD", "LEFT_BY_DBT"}.isdisjoint(os.environ)
    assert Path.cwd() == here
