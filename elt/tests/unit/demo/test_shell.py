"""The shell that the demo prepares finds everything."""

import subprocess
from pathlib import Path

import pytest

from elt.config import DatabaseSettings, database_settings
from elt.demo.shell import next_steps, variables_of, write_environment


@pytest.fixture
def destination():
    return DatabaseSettings(
        prefix="DESTINATION", host="127.0.0.1", port=5434, database="d", user="root"
    )


def test_variables_are_those_that_elt_reads(destination):
    variables = variables_of(destination)

    assert database_settings("DESTINATION", variables) == destination


def test_shell_can_source_values_with_spaces_and_quotes(tmp_path):
    file = tmp_path / "env"
    folder = "/home/it's here"

    write_environment(file, {"DBT_PROJECT_DIR": folder}, Path("/pg/bin"))

    script = f'. {file}; echo "$DBT_PROJECT_DIR"; echo "$PATH"'
    answer = subprocess.run(["sh", "-c", script], capture_output=True, text=True)  # noqa: S607, PLW1510
    chosen, path = answer.stdout.splitlines()
    assert chosen == folder
    assert "/pg/bin" in path.split(":")


def test_next_steps_name_the_port_that_was_found(destination, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    steps = next_steps(tmp_path / ".demo" / "env", destination)

    assert "psql -h 127.0.0.1 -p 5434 -U root d " in steps
    assert "  . .demo/env " in steps
