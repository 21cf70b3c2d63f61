"""The command line: what it understands, and the exit codes that others rely on."""

import importlib.util
import json
import re
from types import SimpleNamespace

import pytest

from elt import __version__, cli, logs
from elt.cli import main
from elt.commands.parser import make_parser
from elt.errors import (
    ConfigError,
    DataError,
    EltError,
    InterruptedRun,
    LockedError,
    TemporaryError,
    UsageError,
)

pytestmark = pytest.mark.usefixtures("package_logger")

COMMANDS = [
    "check",
    "replicate",
    "verify",
    "status",
    "dbt",
    "dbt-sources",
    "seed",
    "prune",
    "teardown",
    "control",
    "demo",
]


@pytest.fixture
def called(monkeypatch):
    """Put a command of the test in place of every command; collect its options."""
    calls = []

    def command_that(end):
        def run(options):
            calls.append(options)
            return end() if callable(end) else end

        module = SimpleNamespace(run=run)
        monkeypatch.setattr(cli, "import_module", lambda _: module)
        return calls

    return command_that


@pytest.fixture
def logged(capsys):
    """Return a function that returns the last line of the log, read as JSON."""
    return lambda: json.loads(capsys.readouterr().err.splitlines()[-1])


def raiser(error):
    def fail():
        raise error

    return fail


# -------------------------------------------------------------------------- wrong usage


@pytest.mark.parametrize(
    "arguments, message, hint",
    [
        pytest.param(
            [],
            "The following arguments are required: COMMAND",
            "Run elt --help.",
            id="no command",
        ),
        pytest.param(
            ["replicat"],
            "Argument COMMAND: invalid choice: 'replicat'",
            "Run elt --help.",
            id="unknown command",
        ),
        pytest.param(
            ["replicate", "--fast"],
            "Unrecognized arguments: --fast",
            "Run elt replicate --help.",
            id="unknown option",
        ),
        pytest.param(
            ["replicate", "--all"],
            "Unrecognized arguments: --all",
            "Run elt replicate --help.",
            id="start of an option, which might be another's",
        ),
        pytest.param(
            ["replicate", "--stream"],
            "Argument --stream: expected one argument",
            "Run elt replicate --help.",
            id="option without its value",
        ),
        pytest.param(
            ["status", "--format", "xml"],
            "Argument --format: invalid choice: 'xml'",
            "Run elt status --help.",
            id="value that is not one of the choices",
        ),
        pytest.param(
            ["seed", "--scale", "big"],
            "Argument --scale: invalid int value: 'big'",
            "Run elt seed --help.",
            id="word in place of a number",
        ),
        pytest.param(
            ["check", "films"],
            "Unrecognized arguments: films",
            "Run elt check --help.",
            id="word too many",
        ),
    ],
)
def test_wrong_usage_exits_with_64(logged, arguments, message, hint):
    assert main(arguments) == 64

    line = logged()
    assert line["message"].startswith(message)
    assert (line["hint"], line["exit_code"]) == (hint, 64)


# --------------------------------------------------------------------------- exit codes


@pytest.mark.parametrize(
    "error, exit_code",
    [
        (EltError("A bug"), 1),
        (UsageError("Wrong usage"), 64),
        (DataError("Data differ"), 65),
        (TemporaryError("Not yet"), 75),
        (LockedError("Somebody else"), 75),
        (ConfigError("Wrong password"), 78),
    ],
    ids=lambda value: (
        type(value).__name__ if isinstance(value, EltError) else str(value)
    ),
)
def test_error_becomes_its_exit_code_and_a_line_of_the_log(
    called, logged, error, exit_code
):
    called(raiser(error))

    assert main(["check"]) == exit_code

    line = logged()
    assert (line["level"], line["message"]) == ("error", error.message)
    assert line["exit_code"] == exit_code


def test_hint_of_an_error_is_told(called, logged):
    called(raiser(ConfigError("May not read films", hint="Grant it.")))

    main(["check"])

    assert logged()["hint"] == "Grant it."


@pytest.mark.parametrize("code", [0, 65])
def test_exit_code_of_a_command_is_returned(called, code):
    called(code)

    assert main(["check"]) == code


def test_bug_keeps_its_traceback(called):
    called(raiser(ZeroDivisionError()))

    with pytest.raises(ZeroDivisionError):
        main(["check"])


def test_reader_that_went_away_is_no_error(called, monkeypatch):
    replaced = []
    monkeypatch.setattr(cli.os, "open", lambda *_: 99)
    monkeypatch.setattr(
        cli.os, "dup2", lambda *descriptors: replaced.append(descriptors)
    )
    monkeypatch.setattr(cli.sys, "stdout", SimpleNamespace(fileno=lambda: 1))
    called(raiser(BrokenPipeError()))

    assert main(["status"]) == 0
    assert replaced == [(99, 1)]


# ------------------------------------------------------------------------- its result


@pytest.fixture
def left(tmp_path, monkeypatch):
    """Return a function that reads what the command left in its file."""
    file = tmp_path / "result"
    monkeypatch.setenv("ELT_RESULT_PATH", str(file))
    return lambda: json.loads(file.read_text())


def test_command_leaves_its_last_line(called, left):
    def finish():
        logs.logger("elt.test").info("finished run", run=7)
        return 0

    called(finish)

    assert main(["check"]) == 0
    assert (left()["message"], left()["run"]) == ("finished run", 7)


def test_failed_command_leaves_its_error(called, left):
    called(raiser(ConfigError("Wrong password", hint="Correct it.")))

    assert main(["check"]) == 78
    result = left()
    del result["time"]
    assert result == {
        "level": "error",
        "message": "Wrong password",
        "hint": "Correct it.",
        "exit_code": 78,
    }


def test_wrong_usage_is_left_too(left):
    assert main(["replicat"]) == 64
    assert left()["exit_code"] == 64


def test_bug_leaves_its_traceback(called, left, monkeypatch):
    monkeypatch.setattr(cli.sys, "excepthook", None)
    called(raiser(ZeroDivisionError("by what?")))

    with pytest.raises(ZeroDivisionError) as bug:
        main(["check"])
    cli.sys.excepthook(bug.type, bug.value, bug.tb)

    assert left()["message"] == "failed unexpectedly"
    assert left()["traceback"].endswith("ZeroDivisionError: by what?")


def test_command_that_is_left_behind_leaves_how_it_ended(called, left, monkeypatch):
    def leave_behind(_, __, before_exit):
        before_exit(InterruptedRun("Interrupted by SIGTERM"))
        return 0

    monkeypatch.setattr(cli, "run_interruptibly", leave_behind)

    main(["check"])

    assert left()["message"] == "Interrupted by SIGTERM"


def test_result_that_cannot_be_written_changes_no_exit_code(
    called, tmp_path, monkeypatch
):
    monkeypatch.setenv("ELT_RESULT_PATH", str(tmp_path))
    called(raiser(DataError("Data differ")))

    assert main(["check"]) == 65


# ----------------------------------------------------------------------- what is passed


@pytest.mark.parametrize(
    "arguments, expected",
    [
        (["check"], {"format": "text"}),
        (["check", "--format", "json"], {"format": "json"}),
        (["status", "--format", "json"], {"format": "json"}),
        (["replicate"], {"stream": [], "full": False, "allow_shrink": False}),
        (
            ["replicate", "--stream", "a.b", "--stream", "c.*", "--full"],
            {"stream": ["a.b", "c.*"], "full": True},
        ),
        (["replicate", "--allow-shrink"], {"allow_shrink": True}),
        (["verify", "--stream", "a.b"], {"stream": ["a.b"], "format": "text"}),
        (["dbt-sources"], {"source": None, "warn_after": "1d", "error_after": "2d"}),
        (["seed"], {"scale": None, "traffic": None, "print_sql": False}),
        (["seed", "--scale", "3", "--traffic", "1.5"], {"scale": 3, "traffic": 1.5}),
        (["demo", "--down"], {"down": True, "scale": None}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_options_reach_the_command(called, arguments, expected):
    calls = called(0)

    main(arguments)

    [options] = calls
    assert vars(options) == vars(options) | expected


def test_streams_of_two_calls_do_not_add_up(called):
    calls = called(0)

    main(["replicate", "--stream", "a.b"])
    main(["replicate", "--stream", "c.d"])

    assert [options.stream for options in calls] == [["a.b"], ["c.d"]]


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_form_of_the_log_can_be_chosen(called, capsys, log_format):
    called(raiser(ConfigError("Wrong password")))

    main(["check", "--log-format", log_format])

    line = capsys.readouterr().err
    assert ("Wrong password" in line, line.startswith("{")) == (
        True,
        log_format == "json",
    )


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_form_of_the_log_is_that_of_wrong_usage_too(capsys, log_format):
    code = main(["seed", f"--log-format={log_format}", "--scale", "x"])

    line = capsys.readouterr().err
    assert code == 64
    assert ("invalid int value" in line, line.startswith("{")) == (
        True,
        log_format == "json",
    )


def test_a_form_of_the_log_that_there_is_not_is_wrong_usage(capsys):
    assert main(["seed", "--log-format", "xml"]) == 64
    assert "invalid choice: 'xml'" in capsys.readouterr().err


# ----------------------------------------------------------------------------- the help


def help_of(arguments, capsys):
    with pytest.raises(SystemExit) as ending:
        main([*arguments, "--help"])
    assert ending.value.code == 0
    return capsys.readouterr().out


def test_help_lists_every_command(capsys):
    listed = re.findall(r"^ {4}([a-z-]+)", help_of([], capsys), flags=re.MULTILINE)

    assert listed == COMMANDS


@pytest.mark.parametrize("exit_code", [0, 1, 64, 65, 75, 78, 130, 143])
def test_help_lists_every_exit_code(capsys, exit_code):
    _, _, codes = help_of([], capsys).partition("exit codes:")

    assert re.search(rf"\b{exit_code}\b", codes)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_of_a_command_has_help(command):
    [commands] = make_parser()._subparsers._group_actions

    options = commands.choices[command]._actions

    assert [option.dest for option in options if not option.help] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_module(command):
    module = f"elt.commands.{command.replace('-', '_')}"

    assert importlib.util.find_spec(module) is not None


def test_version_is_told(capsys):
    with pytest.raises(SystemExit):
        main(["--version"])

    assert capsys.readouterr().out == f"elt {__version__}\n"
