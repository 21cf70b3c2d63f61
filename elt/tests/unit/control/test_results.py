"""What a pod said at its end, in a sentence."""

import json

import pytest
from releases import at, complete, failed, failed_for_good, make_observed, make_pod

from elt.control.observed import Termination
from elt.control.results import describe_result, describe_termination


def describe(message, exit_code=0):
    text = message if isinstance(message, str) else json.dumps(message)
    return describe_termination(Termination(exit_code=exit_code, message=text))


@pytest.mark.parametrize(
    "result, sentence",
    [
        pytest.param(
            {"message": "finished run", "read": 69006, "streams": 8, "changed": 1,
             "seconds": 0.54},
            "Replicated 69,006 rows of 8 streams in 0.5 seconds; 1 changed.",
            id="replication",
        ),
        pytest.param(
            {"message": "finished run", "read": 1, "streams": 1, "changed": 0},
            "Replicated 1 row of 1 stream; 0 changed.",
            id="replication of one row, in no time",
        ),
        pytest.param(
            {"message": "finished dbt", "models": 20, "tests": 154, "warned": 5,
             "failed": 0, "seconds": 4.2},
            "Built 20 models and ran 154 tests in 4.2 seconds; 5 warned.",
            id="dbt with warnings",
        ),
        pytest.param(
            {"message": "finished dbt", "models": 20, "tests": 154, "warned": 0},
            "Built 20 models and ran 154 tests.",
            id="dbt without",
        ),
        pytest.param(
            {"message": "seeded database", "rows": 69006, "tables": 8, "seconds": 0.8},
            "Seeded 69,006 rows in 8 tables in 0.8 seconds.",
            id="seeder",
        ),
        pytest.param(
            {"message": "found database seeded", "scale": 1},
            "Found database seeded: scale 1.",
            id="a message of another kind",
        ),
        pytest.param(
            {"message": "finished run", "streams": 8, "failed": 0},
            "Finished run: streams 8, failed 0.",
            id="a known message without its facts",
        ),
    ],
)  # fmt: skip
def test_a_success_is_told_with_its_facts(result, sentence):
    assert describe({"time": "t", "level": "info", **result}) == sentence


def test_an_error_is_told_with_its_hint_and_exit_code():
    error = {
        "level": "error",
        "message": "Cannot log in to the source",
        "hint": "Check SOURCE_PASSWORD_FILE.",
        "exit_code": 78,
    }

    assert describe(error, 78) == (
        "Cannot log in to the source. Check SOURCE_PASSWORD_FILE. Exit code 78."
    )


def test_an_error_without_a_hint_takes_the_exit_code_of_the_container():
    error = {"level": "error", "message": "failed unexpectedly"}

    assert describe(error, 1) == "Failed unexpectedly. Exit code 1."


def test_the_last_json_line_of_a_log_counts():
    log = '{"message": "cut o\n{"message": "synced stream"}\n{"message": "ended"}\n'

    assert describe(log) == "Ended."


@pytest.mark.parametrize(
    "text, sentence",
    [
        pytest.param("Killed", "Killed. Exit code 137.", id="text"),
        pytest.param("a\nb\n  c\n", "C. Exit code 137.", id="the last line of it"),
        pytest.param("", "Exit code 137.", id="nothing"),
        pytest.param("[1, 2]", "[1, 2]. Exit code 137.", id="JSON of another kind"),
        pytest.param('{"a": 1}', '{"a": 1}. Exit code 137.', id="no message in it"),
    ],
)
def test_anything_else_is_told_as_it_is(text, sentence):
    assert describe(text, 137) == sentence


def test_what_the_kubelet_calls_it_is_told_where_the_program_could_not():
    killed = Termination(exit_code=137, message="", reason="OOMKilled")

    assert describe_termination(killed) == "OOMKilled. Exit code 137."


def test_the_end_of_a_log_is_no_success_of_what_was_killed():
    log = {"level": "info", "message": "synced stream", "stream": "films"}

    assert describe(log, 137) == "Its last words: synced stream. Exit code 137."


def test_a_long_text_is_cut():
    assert len(describe("x" * 5000, 1)) < 400


def test_a_job_is_told_in_the_words_of_its_last_pod():
    pods = (
        make_pod(
            "late",
            created_at=at(9),
            termination=Termination(exit_code=1, message="late"),
        ),
        make_pod(
            "early",
            created_at=at(1),
            termination=Termination(exit_code=1, message="early"),
        ),
    )
    observed = make_observed(pods=pods)

    assert describe_result(observed, failed_for_good()) == "Late. Exit code 1."


def test_a_job_whose_pods_are_gone_is_told_by_its_condition():
    job = failed(failure_reason="DeadlineExceeded", failure_message="It took too long")

    assert describe_result(make_observed(), job) == (
        "DeadlineExceeded: It took too long."
    )


def test_a_job_that_says_nothing_is_told_all_the_same():
    assert describe_result(make_observed(), complete()) == "Complete."
    assert describe_result(make_observed(), failed(failure_reason="")) == "Failed."


def test_lines_become_one_as_a_list_of_events_shows_the_first_alone():
    message = (
        "2 nodes of dbt failed:\n  films: Got 1 result\n  users: No column.\n  See x"
    )
    result = {
        "level": "error",
        "message": message,
        "hint": "GRANT a;\nGRANT b;",
        "exit_code": 65,
    }

    assert describe(result, 65) == (
        "2 nodes of dbt failed: films: Got 1 result; users: No column. See x."
        " GRANT a; GRANT b; Exit code 65."
    )
