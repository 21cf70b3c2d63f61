"""What comes next, as tables of situations: init, a replication, then dbt."""

from dataclasses import replace

import pytest
from releases import (
    INIT,
    at,
    complete,
    failed,
    init_job,
    kinds,
    make_build,
    make_cronjob,
    make_demand,
    make_job,
    make_observed,
    make_pod,
    make_replication,
)

from elt.control.actions import DeleteJob, StampDbt, StampReplicator
from elt.control.keys import Component
from elt.control.observed import Outcome
from elt.control.ordering import decide

# --------------------------------------------------------------------------------- init


@pytest.mark.parametrize(
    "jobs",
    [
        pytest.param([], id="there is no init Job"),
        pytest.param([init_job()], id="the init Job is running"),
        pytest.param([init_job(outcome=Outcome.FAILED)], id="the init Job failed"),
    ],
)
def test_nothing_starts_before_the_init_job_is_complete(jobs):
    observed = make_observed(*jobs, make_demand(), init_job=INIT)

    decision = decide(observed, at())

    assert decision.actions == ()
    assert INIT in decision.summary


def test_the_order_starts_when_the_init_job_is_complete():
    init = init_job(outcome=Outcome.COMPLETE)

    decision = decide(make_observed(init, make_demand(), init_job=INIT), at())

    assert kinds(decision) == [StampReplicator]


def test_an_init_job_that_was_complete_may_be_deleted():
    observed = make_observed(make_demand(), init_job=INIT)

    assert kinds(decide(replace(observed, completed_init=INIT), at())) == [
        StampReplicator
    ]


@pytest.mark.parametrize("jobs", [[], [init_job()]], ids=["not made yet", "running"])
def test_one_that_was_complete_says_nothing_of_another(jobs):
    observed = make_observed(*jobs, make_demand(), init_job=INIT)
    former = INIT if jobs else "elt-init-before"

    assert decide(replace(observed, completed_init=former), at()).actions == ()


def test_without_an_init_job_the_order_starts_at_once():
    assert kinds(decide(make_observed(make_demand()), at())) == [StampReplicator]


# -------------------------------------------------------------------------- first build


def unscheduled(*jobs, **fields):
    return make_observed(*jobs, dbt=make_cronjob("elt-dbt"), **fields)


def test_after_the_installation_a_first_dbt_job_is_stamped():
    decision = decide(unscheduled(), at())

    [action] = decision.actions
    assert action == StampDbt(cronjob=make_cronjob("elt-dbt"), name="elt-dbt-first")


@pytest.mark.parametrize(
    "observed",
    [
        pytest.param(make_observed(), id="the schedule has begun"),
        pytest.param(unscheduled(make_demand()), id="there is a dbt Job"),
        pytest.param(unscheduled(complete()), id="there was a replication"),
        pytest.param(make_observed(complete(), dbt=None), id="there is no dbt"),
    ],
)
def test_no_first_dbt_job_is_stamped_when(observed):
    assert StampDbt not in kinds(decide(observed, at()))


# ----------------------------------------------------------------------------- stamping


def test_a_demand_gets_a_replication():
    decision = decide(make_observed(make_demand()), at(5))

    [stamp] = decision.actions
    assert stamp.demands == (make_demand(),)
    assert stamp.attempt == 1
    assert stamp.run_id.startswith("20260301-120005-")


def test_all_demands_get_the_same_replication():
    first, second = make_demand("b", created=0), make_demand("a", created=1)

    [stamp] = decide(make_observed(second, first), at(5)).actions

    assert stamp.demands == (first, second)


def test_the_finished_replication_makes_way_for_the_next():
    before = complete(annotations={"for": ""}, started=-60)

    decision = decide(make_observed(before, make_demand()), at())

    assert kinds(decision) == [DeleteJob, StampReplicator]
    assert decision.actions[0].job == before


@pytest.mark.parametrize(
    "obstacle",
    [
        pytest.param(make_replication(), id="a stamped replication"),
        pytest.param(make_job("by-hand"), id="a replication made by hand"),
        pytest.param(
            make_job("by-hand", is_terminating=True), id="a terminating replication"
        ),
        pytest.param(make_build("elt-dbt-0"), id="a released dbt Job"),
        pytest.param(
            make_build("elt-dbt-0", is_terminating=True),
            id="a terminating released dbt Job",
        ),
        pytest.param(make_job("elt-dbt-0", Component.DBT), id="a dbt Job never gated"),
    ],
)
def test_nothing_is_stamped_or_released_beside(obstacle):
    decision = decide(make_observed(obstacle, make_demand()), at(60))

    assert decision.actions == ()
    assert obstacle.name in decision.summary
    assert "elt-dbt-1 waits" in decision.summary


def test_a_fresh_demand_is_not_released_beside_a_running_replication():
    by_hand = make_job("by-hand", started=20)

    decision = decide(make_observed(complete(), by_hand, make_demand()), at(60))

    assert decision.actions == ()


def test_a_replication_that_is_being_deleted_is_waited_for():
    going = complete(is_terminating=True, annotations={"for": ""}, started=-60)

    decision = decide(make_observed(going, make_demand()), at())

    assert decision.actions == ()


def test_nothing_is_stamped_beside_a_pod_that_outlives_its_job():
    pod = make_pod(job="deleted")

    decision = decide(make_observed(make_demand(), pods=(pod,)), at(1))

    assert decision.actions == ()
    assert pod.name in decision.summary


def test_a_pod_that_ended_after_its_job_was_deleted_is_no_obstacle():
    pod = make_pod(job="deleted", is_finished=True)

    decision = decide(make_observed(make_demand(), pods=(pod,)), at(1))

    assert kinds(decision) == [StampReplicator]


def test_a_pod_of_no_job_is_no_obstacle():
    pod = make_pod(job_uid="")

    decision = decide(make_observed(make_demand(), pods=(pod,)), at(1))

    assert kinds(decision) == [StampReplicator]


def test_without_a_template_the_demand_waits():
    decision = decide(make_observed(make_demand(), template=None), at())

    assert decision.actions == ()
    assert "There is no CronJob elt-replicator" in decision.summary


def test_nothing_is_done_when_nothing_waits():
    build = make_build(outcome=Outcome.COMPLETE, finished=20)

    decision = decide(make_observed(complete(), build), at(60))

    assert decision.actions == ()
    assert decision.again_at is None
    assert "Next comes CronJob elt-dbt" in decision.summary


# -------------------------------------------------------------------------- without dbt


def test_without_dbt_the_first_replication_is_stamped():
    decision = decide(make_observed(dbt=None), at())

    [stamp] = decision.actions
    assert stamp.demands == ()


@pytest.mark.parametrize(
    "observed",
    [
        pytest.param(make_observed(complete(), dbt=None), id="it replicated"),
        pytest.param(
            make_observed(dbt=None, template=make_cronjob(last_scheduled_at=at())),
            id="its schedule has begun",
        ),
        pytest.param(make_observed(dbt=None, template=None), id="nothing is there"),
    ],
)
def test_without_dbt_nothing_is_stamped_once(observed):
    assert decide(observed, at(60)).actions == ()


def test_without_dbt_the_first_replication_is_tried_again():
    observed = make_observed(failed(annotations={"for": ""}), dbt=None)

    assert decide(observed, at(39)).actions == ()
    assert kinds(decide(observed, at(40))) == [DeleteJob, StampReplicator]
