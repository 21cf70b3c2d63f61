"""The order of a run of dbt, and what is recorded however it ends."""

import io
import json
import logging
import sys

import pytest

from elt import logs
from elt.config import DatabaseSettings, RetrySettings
from elt.errors import (
    ConfigError,
    DataError,
    InterruptedRun,
    LostConnectionError,
    TemporaryError,
    UsageError,
)
from elt.transformation import dbt as dbt_module
from elt.transformation import transformer
from elt.transformation.dbt import Dbt
from elt.transformation.results import NodeResult
from elt.transformation.transformer import BuildOptions, transform

SETTINGS = DatabaseSettings(
    prefix="DESTINATION", host="host", database="db", user="role"
)
FRESH = NodeResult(
    name="cinema.films", kind="source", status="pass", message=None, seconds=0.1
)
BUILT = NodeResult(
    name="films", kind="model", status="success", message=None, seconds=1
)
FAILED = NodeResult(name="films", kind="model", status="error", message="no", seconds=1)


class FakeDbt:
    """Stands for dbt; each command returns, or raises, what a test wants."""

    def __init__(self, **ends):
        self._ends = {"freshness": [FRESH], "build": [BUILT], "docs": "<html>"} | ends
        self.problems = ends.get("problems", [])
        self.results = []
        self.commands = []

    def _end(self, command):
        self.commands.append(command)
        end = self._ends.get(command)
        if isinstance(end, BaseException):
            raise end
        self.results += end if isinstance(end, list) else []
        return end

    def parse(self):
        return self._end("parse")

    def check_freshness(self):
        return self._end("freshness")

    def build(self, **_):
        return self._end("build")

    def write_docs(self):
        return self._end("docs")


@pytest.fixture(autouse=True)
def log():
    """Return a function that returns the lines of the log."""
    package = logging.getLogger("elt")
    before = package.handlers[:], package.level, package.propagate
    stream = io.StringIO()
    logs.configure(log_format="json", stream=stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    package.handlers[:], package.level, package.propagate = before


@pytest.fixture
def saved(monkeypatch):
    """Collect the runs that are recorded; there is a state, and no database."""
    runs = []

    def save(_, run):
        runs.append(run)
        return len(runs)

    monkeypatch.setattr(transformer, "wait_for_state", lambda *_: None)
    monkeypatch.setattr(transformer, "save_run", save)
    return runs


def run(dbt, **options):
    transform(dbt, SETTINGS, RetrySettings(), BuildOptions(**options))


def test_freshness_build_and_docs_come_in_this_order(saved):
    dbt = FakeDbt()

    run(dbt)

    assert dbt.commands == ["parse", "freshness", "build", "docs"]
    [recorded] = saved
    assert (recorded.report.results, recorded.docs) == ([FRESH, BUILT], "<html>")
    assert (recorded.exit_code, recorded.error) == (0, None)


def test_log_ends_with_the_sum_of_all(saved, log):
    run(FakeDbt())

    last = log()[-1]
    del last["time"], last["seconds"]
    assert last == {
        "level": "info",
        "message": "finished dbt",
        "run": 1,
        "models": 1,
        "tests": 0,
        "warned": 0,
        "failed": 0,
    }


def test_failed_node_ends_the_run_after_the_docs(saved, log):
    dbt = FakeDbt(build=[FAILED])

    with pytest.raises(DataError):
        run(dbt)

    [recorded] = saved
    assert (recorded.docs, recorded.exit_code) == ("<html>", 65)
    assert dbt.commands[-1] == "docs"
    [line] = [line for line in log() if line["message"] == "failed node"]
    assert (line["node"], line["kind"], line["error"]) == ("films", "model", "no")


def test_lost_connection_writes_no_docs(saved):
    dbt = FakeDbt(build=[FAILED], problems=[LostConnectionError("gone")])

    with pytest.raises(LostConnectionError):
        run(dbt)

    assert dbt.commands[-1] == "build"
    assert saved[0].exit_code == 75


@pytest.mark.parametrize(
    "error, exit_code",
    [
        (ConfigError("dbt parse could not run"), 78),
        (TemporaryError("not now"), 75),
        (InterruptedRun("Interrupted by SIGINT"), 130),
        (ZeroDivisionError("a bug"), 1),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
@pytest.mark.parametrize("command", ["parse", "freshness", "build"])
def test_run_that_ends_early_is_recorded(saved, command, error, exit_code):
    with pytest.raises(type(error)):
        run(FakeDbt(**{command: error}))

    [recorded] = saved
    assert (recorded.exit_code, recorded.error) == (exit_code, error)
    assert recorded.docs is None


def test_interruption_keeps_what_was_built(saved, monkeypatch):
    dbt = FakeDbt()

    def interrupted():
        if "build" in dbt.commands:
            message = "Interrupted by SIGTERM"
            raise InterruptedRun(message)

    monkeypatch.setattr(transformer, "raise_if_interrupted", interrupted)

    with pytest.raises(InterruptedRun):
        run(dbt)

    assert saved[0].report.results == [FRESH, BUILT]


@pytest.mark.parametrize(
    "error", [ConfigError("no docs"), FileNotFoundError("index")], ids=repr
)
def test_run_without_docs_is_as_good(saved, log, error):
    run(FakeDbt(docs=error))

    assert (saved[0].exit_code, saved[0].docs) == (0, None)
    assert "failed to write docs" in [line["message"] for line in log()]


def test_selection_of_nothing_is_wrong_usage(saved):
    with pytest.raises(UsageError, match=r"--select film_rating\b"):
        run(FakeDbt(build=[]), select=["film_rating"])


def test_project_of_nothing_is_no_mistake(saved):
    run(FakeDbt(build=[]))

    assert saved[0].exit_code == 0


def test_stale_source_is_told(saved, log):
    stale = NodeResult(
        name="cinema.films",
        kind="source",
        status="error",
        message="loaded 3 d ago",
        seconds=0.1,
    )

    run(FakeDbt(freshness=[stale]))

    [line] = [line for line in log() if line["level"] == "warning"]
    assert line["message"] == "found source stale"
    assert (line["source"], line["reason"]) == ("cinema.films", "loaded 3 d ago")


def test_run_that_cannot_be_recorded_may_be_tried_again(saved, monkeypatch):
    def refuse(*_):
        message = "Cannot connect"
        raise TemporaryError(message)

    monkeypatch.setattr(transformer, "save_run", refuse)

    with pytest.raises(TemporaryError, match="Cannot connect"):
        run(FakeDbt())


def test_first_error_is_told_when_it_cannot_be_recorded(saved, monkeypatch, log):
    def refuse(*_):
        message = "Cannot connect"
        raise TemporaryError(message)

    monkeypatch.setattr(transformer, "save_run", refuse)

    with pytest.raises(DataError):
        run(FakeDbt(build=[FAILED]))

    [line] = [line for line in log() if line["level"] == "warning"]
    assert line["message"] == "failed to record the run of dbt"


# -------------------------------------------------------------------------- dbt itself


def test_missing_dbt_is_named_with_its_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "dbt.cli.main", None)

    with pytest.raises(ConfigError, match="dbt is not installed") as error:
        Dbt({}).parse()

    assert "elt[dbt]" in error.value.hint


def test_bug_of_dbt_is_no_matter_of_configuration():
    bug = KeyError("x")

    assert dbt_module._error_of("build", bug, []) is bug


def test_server_knows_better_why_dbt_could_not_run():
    lost = LostConnectionError("gone")

    assert dbt_module._error_of("build", KeyError("x"), [lost]) is lost
