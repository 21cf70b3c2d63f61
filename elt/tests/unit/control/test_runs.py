"""The newest runs, over the life of the Jobs that they were."""

import pytest
from releases import (
    INIT,
    at,
    complete,
    failed,
    init_job,
    make_build,
    make_demand,
    make_observed,
    make_pod,
    make_replication,
)

from elt.control.observed import Outcome, Termination
from elt.control.results import Slot
from elt.control.runs import (
    find_completed_init,
    merge_runs,
    read_runs,
    write_runs,
)


def results(runs):
    return [(run.job, run.result) for run in runs]


def test_a_run_is_told_as_soon_as_it_starts():
    [run] = merge_runs((), make_observed(make_replication(started=3)))

    assert run.is_running
    assert run.started_at == at(3)
    assert run.seconds is None


def test_a_job_that_never_started_is_no_run():
    assert merge_runs((), make_observed(make_demand())) == ()


def test_a_run_that_ended_says_how():
    pod = make_pod(termination=Termination(exit_code=1, message="no room"))

    [run] = merge_runs((), make_observed(failed(), pods=(pod,)))

    assert run.result == "failed"
    assert run.seconds == 9
    assert run.sentence.startswith("No room. Exit code 1.")


def test_what_a_run_said_is_kept_when_its_pods_are_gone():
    pod = make_pod(termination=Termination(exit_code=0, message="All copied"))
    known = merge_runs((), make_observed(complete(), pods=(pod,)))

    [run] = merge_runs(known, make_observed(complete()))

    assert run.sentence == "All copied."


def test_what_a_run_measured_is_kept_with_it():
    message = '{"message": "x", "retained_bytes": 7, "wal_budget": 9}'
    pod = make_pod(termination=Termination(exit_code=75, message=message))
    runs = merge_runs((), make_observed(failed(), pods=(pod,)))

    [run] = read_runs(write_runs(runs))

    assert run.slot == Slot(retained_bytes=7, wal_budget=9)
    assert merge_runs((), make_observed(failed()))[0].slot is None


def test_a_run_is_kept_when_its_job_is_deleted():
    known = merge_runs((), make_observed(complete()))

    assert results(merge_runs(known, make_observed())) == [
        ("elt-replicator", "complete")
    ]


def test_a_job_that_was_deleted_while_it_ran_is_told():
    known = merge_runs((), make_observed(make_replication(started=1)))

    assert results(merge_runs(known, make_observed())) == [
        ("elt-replicator", "deleted")
    ]


def test_the_newest_twenty_runs_are_kept_newest_first():
    builds = [
        make_build(f"elt-dbt-{i}", outcome=Outcome.COMPLETE, started=i, finished=i)
        for i in range(25)
    ]

    runs = merge_runs((), make_observed(*builds))

    assert [run.job for run in runs] == [f"elt-dbt-{i}" for i in range(24, 4, -1)]


def test_the_last_init_run_stays_behind_them():
    inits = [
        init_job(uid=f"init-{i}", outcome=Outcome.COMPLETE, started=i, finished=i)
        for i in range(2)
    ]
    known = merge_runs((), make_observed(*inits))
    builds = [make_build(f"elt-dbt-{i}", started=10 + i) for i in range(25)]

    runs = merge_runs(known, make_observed(*builds))

    assert [run.uid for run in runs[20:]] == ["init-1"]
    assert find_completed_init(runs) == INIT


def test_runs_survive_writing_and_reading():
    runs = merge_runs((), make_observed(complete(), make_build(started=20)))

    assert read_runs(write_runs(runs)) == runs


@pytest.mark.parametrize(
    "written",
    [
        "",
        "{",
        "{}",
        "[null, 7]",
        '[{"start": "2026-03-01T12:00:00Z", "kind": "unknown"}]',
        '[{"kind": "dbt"}]',
    ],
)
def test_what_makes_no_sense_is_left_out(written):
    assert read_runs(written) == ()
