"""What is happening and why, in a sentence or two."""

import pytest
from releases import (
    INIT,
    at,
    failed_for_good,
    init_job,
    make_cronjob,
    make_demand,
    make_observed,
    make_pod,
    make_replication,
)

from elt.control.observed import Outcome, Termination, Waiting
from elt.control.ordering import decide


def test_the_summary_says_what_keeps_a_job_from_starting():
    stuck = make_pod(waiting=Waiting(reason="ErrImagePull", message="long"))

    decision = decide(make_observed(make_replication(), pods=(stuck,)), at())

    assert decision.summary == (
        "Job elt-replicator is running."
        " Pod elt-replicator-abc cannot start: ErrImagePull."
    )


def test_the_summary_names_a_pod_that_waits_without_a_reason():
    observed = make_observed(make_replication(), pods=(make_pod(is_pending=True),))

    early = decide(observed, at(60)).summary
    late = decide(observed, at(61)).summary

    assert early == "Job elt-replicator is running."
    assert late == (
        "Job elt-replicator is running."
        " Pod elt-replicator-abc has not started for more than a minute."
    )


def test_the_summary_says_how_a_try_failed_while_the_next_one_runs():
    said = Termination(exit_code=75, message="cannot connect")
    pods = (
        make_pod(termination=said, is_finished=True),
        make_pod("elt-replicator-def", created_at=at(40)),
    )

    decision = decide(make_observed(make_replication(), pods=pods), at(60))

    assert decision.summary == (
        "Job elt-replicator is running."
        " A pod of Job elt-replicator failed. Cannot connect. Exit code 75."
    )


@pytest.mark.parametrize("pods, said", [((), 1), ((make_pod(),), 0)])
def test_the_summary_says_that_a_job_has_no_pod(pods, said):
    observed = make_observed(make_replication(started=1), pods=pods)
    sentence = (
        "Job elt-replicator has no pod: kubectl describe job elt-replicator says why."
    )

    decision = decide(observed, at(62))

    assert decision.summary.count(sentence) == said


@pytest.mark.parametrize(
    "job, sentence",
    [
        pytest.param(init_job(), "is not complete yet", id="is running"),
        pytest.param(
            init_job(outcome=Outcome.FAILED, failure_message="it took too long"),
            "It took too long.",
            id="failed",
        ),
    ],
)
def test_the_summary_says_why_nothing_starts_when_the_init_job(job, sentence):
    observed = make_observed(job, init_job=INIT)

    assert sentence in decide(observed, at()).summary


def test_the_summary_says_what_brings_the_init_job_back():
    decision = decide(make_observed(init_job=INIT), at())

    assert decision.summary == (
        f"Job {INIT} does not exist; nothing is replicated before it is complete."
        " helm upgrade brings it back."
    )


def test_the_summary_says_that_the_schedule_is_suspended():
    dbt = make_cronjob("elt-dbt", last_scheduled_at=at(), is_suspended=True)

    assert (
        "CronJob elt-dbt is suspended" in decide(make_observed(dbt=dbt), at()).summary
    )


def test_the_summary_says_what_failed():
    said = Termination(exit_code=78, message="no such role")
    pods = (make_pod(termination=said),)

    waiting = decide(make_observed(failed_for_good(), make_demand(), pods=pods), at())
    idle = decide(make_observed(failed_for_good(), pods=pods), at())

    assert "No such role. Exit code 78." in waiting.summary
    assert "No such role. Exit code 78." in idle.summary


@pytest.mark.parametrize(
    "jobs, fields, until",
    [
        ([make_demand()], {}, "for the same demand"),
        ([], {"dbt": None}, "before the next tick of the schedule"),
    ],
    ids=["a dbt Job waits", "without dbt"],
)
def test_the_summary_says_until_when_a_failure_for_good_rests(jobs, fields, until):
    observed = make_observed(failed_for_good(), *jobs, **fields)

    decision = decide(observed, at(60))

    assert f"It is not tried again {until}: a retry cannot help." in decision.summary


def test_in_an_empty_namespace_the_summary_asks_for_the_release():
    decision = decide(make_observed(dbt=None, template=None), at())

    assert "is the release in this namespace?" in decision.summary
