"""Which replication releases which dbt Job, and which comes too early for it."""

from datetime import timedelta

import pytest
from releases import (
    at,
    complete,
    failed,
    kinds,
    make_build,
    make_demand,
    make_job,
    make_observed,
)

from elt.control.actions import DeleteJob, Release, StampReplicator
from elt.control.observed import Outcome
from elt.control.ordering import decide


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
