"""The demo as a person meets it: the command, and what it prints and invites to."""

import itertools
import json
import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import pytest
from integration.replication import wait_until
from servers import programs_of, roomy_memory

from elt.demo.servers import DESTINATION, ROLES, SOURCE
from elt.demo.shell import STAY_UP
from elt.embedded import find_binaries, new_home

REPOSITORY = Path(__file__).parents[3]
STEPS = ["source", "destination", "seed", "check", "replicate", "dbt build"]

pytestmark = pytest.mark.slow


class Demo(NamedTuple):
    directory: Path
    output: str


def command_of(*arguments):
    return [sys.executable, "-m", "elt", "demo", *arguments]


def try_demo(*arguments, **variables):
    """Run `elt demo` to its end, good or bad."""
    return subprocess.run(
        command_of(*arguments),
        cwd=REPOSITORY,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def run_demo(*arguments, **variables):
    """Run `elt demo` to its good end and return what it printed."""
    answer = try_demo(*arguments, **variables)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return answer.stdout


@contextmanager
def occupied(port):
    """Listen at a port, unless somebody does already."""
    with closing(socket.socket()) as listener:
        with suppress(OSError):
            listener.bind(("127.0.0.1", port))
            listener.listen()
        yield


def interrupt_first_step(directory):
    """Begin a demo, and press Ctrl-C while it makes the first server."""
    unfinished = directory / SOURCE.name / "data.unfinished"
    with subprocess.Popen(
        command_of("--directory", directory),
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # As the shell of a terminal does: Ctrl-C is for all programs of the group.
        start_new_session=True,
    ) as demo:
        wait_until(unfinished.exists, "the first step")
        os.killpg(demo.pid, signal.SIGINT)
        output, log = demo.communicate(timeout=60)
        return demo.returncode, output, log


def interrupt_demo(directory):
    """Begin a demo, and press Ctrl-C as soon as its servers run."""
    with subprocess.Popen(
        command_of("--directory", directory),
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        text=True,
    ) as demo:
        lines = itertools.takewhile(
            lambda line: "✓ destination" not in line, demo.stdout
        )
        assert list(lines), "it ended before"
        demo.send_signal(signal.SIGINT)
        demo.communicate(timeout=60)
        return demo.returncode


@contextmanager
def place_for_a_demo():
    """Give a directory, and end the demo in it."""
    home = new_home(roomy_memory())
    try:
        yield home / "demo"
    finally:
        run_demo("--down", "--directory", home / "demo")
        home.rmdir()


@pytest.fixture
def directory():
    """Return a directory for the demo of one test."""
    with place_for_a_demo() as directory:
        yield directory


@pytest.fixture(scope="module")
def demo():
    """Run a demo whose preferred port for the destination is taken."""
    with place_for_a_demo() as directory:
        with occupied(DESTINATION.port):
            output = run_demo("--directory", directory)
        yield Demo(directory, output)


def test_each_step_is_told_in_order(demo):
    told = re.findall(r"^  ✓ (\w+(?: build)?) ", demo.output, re.MULTILINE)

    assert told == STEPS


def test_ten_films_are_shown(demo):
    rows = demo.output.partition("film_title ")[2].partition("\n\n")[0].splitlines()

    assert len(rows[2:]) == 10


def test_taken_port_is_told_and_replaced(demo):
    assert f"; port {DESTINATION.port} was taken" in demo.output


def test_commands_that_it_prints_work(demo):
    """They are typed into one shell, as they are, up to the one that ends the demo."""
    lines = demo.output.partition("In this folder:")[2].strip().splitlines()
    commands = [line.partition(" # ")[0].strip() for line in lines]
    assert commands.pop() == "make demo-down"
    script = "\n".join(commands).replace("--traffic 10", "--traffic 1")

    answer = subprocess.run(
        ["sh", "-eu", "-c", script],  # noqa: S607
        cwd=REPOSITORY,
        env={**os.environ, "PATH": os.defpath},
        input="select 'psql ' || count(*) from film_ratings",
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert re.search(r"psql \d+", answer.stdout)


def test_second_run_finds_the_servers_and_changes_nothing(demo):
    output = run_demo("--directory", demo.directory)

    assert output.count("was running") == len(ROLES)
    assert "nothing changed" in output


def test_version_is_that_of_the_server(demo):
    """Not that of the programs, which may be others by now."""
    other = programs_of(17, find_binaries(os.environ))

    output = run_demo("--directory", demo.directory, ELT_PG_BIN=str(other))

    told = [re.findall(r"PostgreSQL (\S+) at", text) for text in (demo.output, output)]
    assert told[0] == told[1]


def test_demo_that_fails_says_what_stays_and_what_helps(demo):
    failed = try_demo("--scale", "0", "--directory", demo.directory)

    assert failed.returncode == 78
    assert failed.stdout.splitlines()[-1] == STAY_UP
    assert json.loads(failed.stderr)["hint"] == "Run make demo-down first."


def test_interrupt_in_the_first_step_is_no_failure_of_it(directory):
    code, output, log = interrupt_first_step(directory)

    assert code == 130, log
    assert output.splitlines()[-1] == STAY_UP


def test_interrupted_demo_goes_on_where_it_was(directory):
    assert interrupt_demo(directory) == 130

    output = run_demo("--scale", "0", "--directory", directory)

    assert output.count("was running") == len(ROLES)


def test_end_stops_the_servers_and_removes_their_data(directory):
    interrupt_demo(directory)
    ports = [
        int((directory / role.name / "data/postmaster.pid").read_text().splitlines()[3])
        for role in ROLES
    ]

    run_demo("--down", "--directory", directory)

    assert not directory.exists()
    for port in ports:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port))


def test_end_without_a_demo_is_no_error(directory):
    run_demo("--down", "--directory", directory)

    assert not directory.exists()
