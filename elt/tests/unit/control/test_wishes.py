"""What a person wishes for is obeyed once, and as soon as nothing is in the way."""

import pytest
from releases import (
    at,
    complete,
    failed_for_good,
    kinds,
    make_build,
    make_cronjob,
    make_demand,
    make_observed,
    make_replication,
)

from elt.control.actions import ClearRunNow, DeleteJob, StampDbt, StampReplicator
from elt.control.observed import Outcome
from elt.control.ordering import decide


def test_a_wish_for_a_build_is_a_demand_with_a_name_of_its_own():
    dbt = make_cronjob("elt-dbt", run_now="now", last_scheduled_at=at())

    decision = decide(make_observed(dbt=dbt), at())

    stamp, clear = decision.actions
    assert stamp.name.startswith("elt-dbt-now-")
    assert stamp.is_wish
    assert clear == ClearRunNow(cronjob=dbt, value="now")


def test_a_wish_for_a_build_is_obeyed_while_a_replication_is_running():
    dbt = make_cronjob("elt-dbt", run_now="now", last_scheduled_at=at())

    decision = decide(make_observed(make_replication(), dbt=dbt), at())

    assert kinds(decision) == [StampDbt, ClearRunNow]


def test_a_wish_that_was_obeyed_is_only_cleared():
    dbt = make_cronjob("elt-dbt", run_now="now", last_scheduled_at=at())
    [stamp, _] = decide(make_observed(dbt=dbt), at()).actions
    stamped = make_demand(stamp.name, annotations={"run-now": "7"})

    decision = decide(make_observed(make_replication(), stamped, dbt=dbt), at())

    assert kinds(decision) == [ClearRunNow]


def test_the_same_wish_can_be_made_again_and_again():
    dbt = make_cronjob("elt-dbt", run_now="now", last_scheduled_at=at())
    before = []
    for _ in range(3):
        [stamp, _] = decide(make_observed(*before, dbt=dbt), at()).actions
        before.append(make_build(stamp.name, outcome=Outcome.COMPLETE))

    assert len({job.name for job in before}) == 3


@pytest.mark.parametrize(
    "jobs",
    [
        pytest.param([], id="nothing was replicated yet"),
        pytest.param([complete()], id="the last replication is complete"),
        pytest.param([failed_for_good()], id="the last replication failed for good"),
    ],
)
def test_a_wish_for_a_replication_is_obeyed_when(jobs):
    template = make_cronjob(run_now="now")

    decision = decide(make_observed(*jobs, template=template), at(11))

    deletion = [DeleteJob] if jobs else []
    assert kinds(decision) == [*deletion, StampReplicator, ClearRunNow]
    assert decision.actions[-2].demands == ()


def test_a_wish_helps_demands_whose_replication_failed_for_good():
    template = make_cronjob(run_now="now")

    decision = decide(
        make_observed(failed_for_good(), make_demand(), template=template), at(11)
    )

    assert decision.actions[1].demands == (make_demand(),)


def test_a_wish_for_a_replication_waits_for_what_is_running():
    template = make_cronjob(run_now="now")

    decision = decide(make_observed(make_build(), template=template), at(11))

    assert decision.actions == ()


def test_a_wish_that_is_being_obeyed_is_cleared_and_not_stamped_again():
    template = make_cronjob(run_now="now", resource_version="7")
    running = make_replication(annotations={"run-now": "7", "for": ""})
    done = complete(annotations={"run-now": "7", "for": ""})

    while_running = decide(make_observed(running, template=template), at(11))
    afterwards = decide(make_observed(done, template=template), at(11))

    assert kinds(while_running) == [ClearRunNow]
    assert kinds(afterwards) == [ClearRunNow]


def test_a_wish_made_while_the_last_one_runs_is_another_one():
    template = make_cronjob(run_now="now", resource_version="9")
    running = make_replication(annotations={"run-now": "7", "for": ""})
    done = complete(annotations={"run-now": "7", "for": ""})

    while_running = decide(make_observed(running, template=template), at(11))
    afterwards = decide(make_observed(done, template=template), at(11))

    assert while_running.actions == ()
    assert kinds(afterwards) == [DeleteJob, StampReplicator, ClearRunNow]
