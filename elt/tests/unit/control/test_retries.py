"""When a failed replication is tried again, and when a demand for one is given up."""

import pytest
from releases import (
    INIT,
    at,
    complete,
    failed,
    failed_for_good,
    init_job,
    kinds,
    make_build,
    make_cronjob,
    make_demand,
    make_job,
    make_observed,
    make_replication,
)

from elt.control.actions import DeleteJob, GiveUp, Release, StampReplicator
from elt.control.observed import Outcome
from elt.control.ordering import decide

# ------------------------------------------------------------------------- trying again


@pytest.mark.parametrize(
    "attempt, delay",
    [(1, 30), (2, 60), (3, 120), (4, 240), (5, 480), (6, 600), (7, 600), (99, 600)],
)
def test_a_passing_failure_is_tried_again_after_longer_and_longer(attempt, delay):
    before = failed(finished=10, annotations={"attempt": str(attempt)})
    observed = make_observed(before, make_demand())

    early = decide(observed, at(10 + delay - 1))
    due = decide(observed, at(10 + delay))

    assert early.actions == ()
    assert early.again_at == at(10 + delay)
    assert kinds(due) == [DeleteJob, StampReplicator]
    assert due.actions[1].attempt == attempt + 1


@pytest.mark.parametrize("reason", ["BackoffLimitExceeded", "DeadlineExceeded", ""])
def test_any_other_reason_is_a_passing_one(reason):
    before = failed(failure_reason=reason)

    assert decide(make_observed(before, make_demand()), at(39)).again_at == at(40)


def test_a_failure_for_good_is_not_tried_again_for_the_same_demand():
    decision = decide(make_observed(failed_for_good(), make_demand()), at(2000))

    assert decision.actions == ()
    assert decision.again_at == at(3000)
    assert "a retry cannot help" in decision.summary


@pytest.mark.parametrize(
    "make_failed",
    [
        pytest.param(failed, id="passing"),
        pytest.param(failed_for_good, id="for good"),
    ],
)
def test_a_changed_template_is_tried_at_once(make_failed):
    changed = make_cronjob(generation="2")

    decision = decide(
        make_observed(make_failed(), make_demand(), template=changed), at(11)
    )

    assert kinds(decision) == [DeleteJob, StampReplicator]
    assert decision.actions[1].attempt == 1


def test_a_new_demand_is_tried_at_once():
    new = make_demand("elt-dbt-2", created=11)

    decision = decide(make_observed(failed_for_good(), make_demand(), new), at(12))

    assert kinds(decision) == [DeleteJob, StampReplicator]
    assert decision.actions[1].demands == (make_demand(), new)


def test_a_failure_of_somebody_elses_job_does_not_count():
    by_hand = failed(make_job, name="elt-replicator")

    decision = decide(make_observed(by_hand, make_demand()), at(11))

    assert kinds(decision) == [DeleteJob, StampReplicator]


# ---------------------------------------------------------------------------- giving up


@pytest.mark.parametrize(
    "jobs",
    [
        pytest.param([failed_for_good()], id="it failed for good"),
        pytest.param([failed(finished=2990)], id="it would be tried again later"),
        pytest.param([], id="it could not even be stamped"),
    ],
)
def test_a_demand_is_given_up_at_its_deadline_when(jobs):
    demand = make_demand(created=0)
    observed = make_observed(*jobs, demand)

    early = decide(observed, at(2999))
    [action] = decide(observed, at(3000)).actions

    assert GiveUp not in kinds(early)
    assert isinstance(action, GiveUp)
    assert action.job == demand


def test_a_demand_is_given_up_without_a_template():
    observed = make_observed(make_demand(), template=None)

    assert decide(observed, at(0)).again_at == at(3000)
    assert kinds(decide(observed, at(3000))) == [GiveUp]


@pytest.mark.parametrize(
    "job",
    [
        pytest.param(make_replication(), id="its replication is running"),
        pytest.param(make_build("elt-dbt-0"), id="another dbt Job is running"),
    ],
)
def test_a_demand_is_not_given_up_while(job):
    assert decide(make_observed(job, make_demand()), at(9000)).actions == ()


def test_a_demand_is_released_rather_than_given_up():
    replication = complete(finished=3100)

    decision = decide(make_observed(replication, make_demand()), at(3200))

    assert kinds(decision) == [Release]


def test_the_deadline_counts_from_the_end_of_the_init_job():
    init = init_job(outcome=Outcome.COMPLETE, finished=5000)
    observed = make_observed(init, make_demand(created=0), init_job=INIT)

    assert kinds(decide(observed, at(5001))) == [StampReplicator]
    assert kinds(decide(observed, at(8000))) == [GiveUp]


def test_the_deadline_counts_from_the_end_of_a_run_that_was_not_for_it():
    long = complete(started=-10, finished=4000, annotations={"for": "another"})

    decision = decide(make_observed(long, make_demand(created=0)), at(4001))

    assert kinds(decision) == [DeleteJob, StampReplicator]


def test_the_deadline_does_not_count_anew_with_each_try():
    last = failed(finished=2999, annotations={"attempt": "9"})

    decision = decide(make_observed(last, make_demand(created=0)), at(3000))

    assert kinds(decision) == [GiveUp]


def test_a_demand_is_given_up_behind_a_suspended_replication():
    paused = make_job("by-hand", is_suspended=True)
    observed = make_observed(complete(), paused, make_demand())

    early = decide(observed, at(60))
    late = decide(observed, at(3000))

    assert early.actions == ()
    assert "by-hand, which is suspended, must end first" in early.summary
    assert early.again_at == at(3000)
    assert kinds(late) == [GiveUp]


def test_only_overdue_demands_are_given_up():
    old, new = make_demand("old", created=0), make_demand("new", created=2000)
    before = failed_for_good(annotations={"for": f"{old.uid},{new.uid}"})

    [action] = decide(make_observed(before, old, new), at(3000)).actions

    assert action.job == old
