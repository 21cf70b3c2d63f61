"""What is made of dbt's results."""

from types import SimpleNamespace

import psycopg2
import pytest
from psycopg2 import errors

from elt.errors import (
    ConfigError,
    DataError,
    LostConnectionError,
    TemporaryError,
)
from elt.transformation.results import (
    BuildReport,
    NodeResult,
    error_of,
    read_results,
)


def make_node(name="films", status="success", kind="model", message=None, **facts):
    return NodeResult(
        name=name, kind=kind, status=status, message=message, seconds=0.1, **facts
    )


def caused_by(error, cause):
    error.__cause__ = cause
    return error


# ------------------------------------------------------------------------- the records


def test_result_of_a_node_becomes_a_record():
    result = SimpleNamespace(
        node=SimpleNamespace(name="a_test", resource_type="test"),
        status="warn",
        message="Got 2 results",
        execution_time=0.12345,
        failures=2,
    )

    assert read_results([result]) == [
        NodeResult(
            name="a_test",
            kind="test",
            status="warn",
            message="Got 2 results",
            seconds=0.123,
            failures=2,
        )
    ]


@pytest.mark.parametrize(
    "age, message",
    [
        pytest.param(7200.0, "loaded 2 h ago", id="some time ago"),
        pytest.param(63_000_000_000.0, "never loaded", id="dbt counts from year 1"),
    ],
)
def test_source_tells_its_age(age, message):
    node = SimpleNamespace(name="films", source_name="cinema", resource_type="source")
    result = SimpleNamespace(
        node=node,
        status="error",
        message=None,
        execution_time=0.1,
        failures=None,
        age=age,
    )

    [source] = read_results([result])

    assert (source.name, source.message) == ("cinema.films", message)


# -------------------------------------------------------------------------- the report


@pytest.mark.parametrize(
    "nodes, status",
    [
        pytest.param([], "success", id="nothing to do"),
        pytest.param([make_node()], "success", id="all is well"),
        pytest.param([make_node(status="warn", kind="test")], "warn", id="a warning"),
        pytest.param([make_node(status="warn", kind="source")], "warn", id="old"),
        pytest.param([make_node(status="error", kind="source")], "warn", id="stale"),
        pytest.param([make_node(status="fail", kind="test")], "error", id="a failure"),
        pytest.param([make_node(status="error")], "error", id="an error"),
        pytest.param(
            [make_node(status="warn", kind="test"), make_node(status="error")],
            "error",
            id="the worst of all",
        ),
    ],
)
def test_status_is_the_worst_of_all(nodes, status):
    assert BuildReport(results=nodes).status == status


def test_nodes_that_were_skipped_do_not_count():
    nodes = [make_node(), make_node(status="skipped"), make_node(kind="test")]

    assert BuildReport(results=nodes).counts == {"model": 1, "test": 1}


def test_stale_source_is_a_warning_and_no_failure():
    report = BuildReport(results=[make_node(status="error", kind="source")])

    assert (len(report.warnings), len(report.failures)) == (1, 0)


# --------------------------------------------------------------------------- the error


def test_without_failures_there_is_no_error():
    lost = LostConnectionError("gone, and back again")

    assert (
        error_of([make_node(), make_node(status="warn", kind="test")], [lost]) is None
    )


def test_failed_nodes_are_named():
    nodes = [
        make_node(),
        make_node("films_have_a_title", "fail", "test", "Got 2 results"),
    ]

    error = error_of(nodes, [])

    assert type(error) is DataError
    assert error.message == (
        "1 node of dbt failed:\n  films_have_a_title: Got 2 results"
    )


def test_of_many_failed_nodes_the_first_are_named():
    error = error_of([make_node(f"model_{n}", "error") for n in range(12)], [])

    assert error.message.startswith("12 nodes of dbt failed:\n  model_0: ")
    assert "model_4" in error.message
    assert "model_5" not in error.message


@pytest.mark.parametrize(
    "problem, kind",
    [
        pytest.param(LostConnectionError("x"), LostConnectionError, id="lost"),
        pytest.param(
            caused_by(TemporaryError("x"), errors.DiskFull()), TemporaryError, id="full"
        ),
        pytest.param(
            caused_by(TemporaryError("x"), errors.UndefinedTable()),
            DataError,
            id="a model that names a table that is not there",
        ),
        pytest.param(
            caused_by(ConfigError("x"), psycopg2.DataError()), DataError, id="a value"
        ),
    ],
)
def test_server_tells_whether_a_failure_may_pass(problem, kind, monkeypatch):
    monkeypatch.setattr(
        "elt.transformation.results.sqlstate_of",
        lambda error: {"DiskFull": "53100", "UndefinedTable": "42P01"}.get(
            type(error.__cause__).__name__
        ),
    )

    error = error_of([make_node(status="error")], [problem])

    assert type(error) is kind
