"""What comes next, as tables of situations."""

from datetime import timedelta

import pytest
from releases import (
    at,
    complete,
    failed,
    failed_for_good,
    make_build,
    make_cronjob,
    make_demand,
    make_job,
    make_observed,
    make_pod,
    make_replication,
)

from elt.control.actions import (
    ClearRunNow,
    DeleteJob,
    GiveUp,
    Release,
    StampDbt,
    StampReplicator,
)
from elt.control.keys import Component
from elt.control.observed import Outcome, Termination, Waiting
from elt.control.ordering import decide

INIT = "elt-init-12345678"


def kinds(decision):
    return [type(action) for action in decision.actions]


def init_job(**fields):
    return make_job(INIT, Component.INIT, **fields)


# --------------------------------------------------------------------------- init


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


def test_without_an_init_job_the_order_starts_at_once():
    assert kinds(decide(make_observed(make_demand()), at())) == [StampReplicator]


# -------------------------------------------------------------------- first build


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


# ------------------------------------------------------------------------ stamping


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


# ----------------------------------------------------------------------- releasing


def test_a_demand_is_released_by_the_replication_stamped_for_it():
    replication = complete(started=0)

    [release] = decide(
        make_observed(replication, make_demand(created=0)), at(11)
    ).actions

    assert release == Release(
        job=make_demand(), replication=replication, run_id="20260301-120000-abcde"
    )


@pytest.mark.parametrize(
    "started, is_fresh",
    [
        pytest.param(-1, False, id="before the demand"),
        pytest.param(0, False, id="in the same second"),
        pytest.param(1, True, id="in the next second"),
    ],
)
def test_a_replication_made_by_hand_is_fresh_by_its_start(started, is_fresh):
    by_hand = complete(make_job, name="by-hand", started=started)

    decision = decide(make_observed(by_hand, make_demand(created=0)), at(11))

    assert kinds(decision) == [Release if is_fresh else StampReplicator]


def test_a_release_by_hand_made_replication_has_a_run_id_of_its_own():
    by_hand = complete(make_job, name="by-hand", started=1)

    [release] = decide(make_observed(by_hand, make_demand()), at(11)).actions

    assert release.run_id.startswith("20260301-120001-")


def test_a_failed_replication_is_fresh_for_nobody():
    decision = decide(make_observed(failed(), make_demand()), at(11))

    assert Release not in kinds(decision)


def test_demands_are_released_oldest_first_and_one_at_a_time():
    older, newer = make_demand("z", created=0), make_demand("a", created=1)
    replication = complete(annotations={"for": f"{older.uid},{newer.uid}"})

    [first] = decide(make_observed(replication, newer, older), at(11)).actions
    building = make_build("z", created=0)
    while_building = decide(make_observed(replication, newer, building), at(12))
    built = make_build("z", created=0, outcome=Outcome.COMPLETE)
    [second] = decide(make_observed(replication, newer, built), at(13)).actions

    assert first.job == older
    assert while_building.actions == ()
    assert second.job == newer


def test_a_demand_made_while_the_replication_ran_waits_for_the_next_one():
    replication = complete(started=1, annotations={"for": "uid-of-elt-dbt-1"})
    late = make_demand("elt-dbt-2", created=5)

    decision = decide(make_observed(replication, late), at(11))

    assert kinds(decision) == [DeleteJob, StampReplicator]
    assert decision.actions[1].demands == (late,)


def test_a_dbt_job_suspended_after_its_release_is_left_alone():
    paused = make_build(is_suspended=True)

    decision = decide(make_observed(complete(), paused), at(60))

    assert decision.actions == ()
    assert "is left alone" in decision.summary


@pytest.mark.parametrize(
    "demand",
    [
        pytest.param(make_demand(is_terminating=True), id="that is being deleted"),
        pytest.param(make_demand(outcome=Outcome.FAILED), id="that is finished"),
    ],
)
def test_nothing_is_done_for_a_suspended_dbt_job(demand):
    assert decide(make_observed(demand), at()).actions == ()


@pytest.mark.parametrize(
    "age, is_fresh",
    [pytest.param(600, True, id="in it"), pytest.param(601, False, id="beyond it")],
)
def test_max_staleness_lets_an_older_replication_release(age, is_fresh):
    older = complete(annotations={"for": ""}, created=-900, started=60 - age)
    staleness = timedelta(seconds=600)

    observed = make_observed(older, make_demand(created=55), max_staleness=staleness)

    assert (kinds(decide(observed, at(60))) == [Release]) == is_fresh


# ------------------------------------------------------------------- trying again


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


# ----------------------------------------------------------------------- giving up


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


# -------------------------------------------------------------------------- wishes


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


# ----------------------------------------------------------------------- summaries


def test_the_summary_says_what_keeps_a_job_from_starting():
    stuck = make_pod(waiting=Waiting(reason="ErrImagePull", message="long"))

    decision = decide(make_observed(make_replication(), pods=(stuck,)), at())

    assert decision.summary == (
        "Job elt-replicator is running."
        " Pod elt-replicator-abc cannot start: ErrImagePull."
    )


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


# --------------------------------------------------------------------- without dbt


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


def test_in_an_empty_namespace_the_summary_asks_for_the_release():
    decision = decide(make_observed(dbt=None, template=None), at())

    assert "is the release in this namespace?" in decision.summary
