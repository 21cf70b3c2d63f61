"""What `elt control --once --dry-run` prints."""

import pytest
from releases import (
    at,
    complete,
    failed,
    failed_for_good,
    make_build,
    make_cronjob,
    make_demand,
    make_observed,
    make_replication,
)

from elt.control.ordering import decide
from elt.control.plan import format_plan


def plan(*jobs, **fields):
    observed = make_observed(*jobs, **fields)
    return format_plan(observed, decide(observed, at(60)), at(60))


def test_a_plan_says_what_it_sees_what_it_would_do_and_why():
    before = complete(created=-60, started=-60, annotations={"for": ""})

    demand = make_demand(created=5)
    run_id = decide(make_observed(before, demand), at(60)).actions[-1].run_id

    assert plan(before, demand).splitlines() == [
        "Release elt at 2026-03-01 12:01:00 UTC",
        "",
        "Sees CronJob elt-replicator, schedule '0 * * * *'.",
        "Sees CronJob elt-dbt, schedule '0 * * * *'.",
        "Sees Job elt-replicator, complete since 2026-03-01 12:00:10 UTC.",
        "Sees Job elt-dbt-1, suspended since 2026-03-01 12:00:05 UTC.",
        "",
        "Job elt-replicator is stamped for Job elt-dbt-1.",
        "Would delete the finished Job elt-replicator, whose name the next one needs.",
        (
            "Would stamp a replicator Job from CronJob elt-replicator"
            f" for Job elt-dbt-1, as run {run_id}, attempt 1."
        ),
    ]


@pytest.mark.parametrize(
    "jobs, fields, expected",
    [
        pytest.param(
            [complete(), make_demand()],
            {},
            "Would release Job elt-dbt-1, as Job elt-replicator is complete.",
            id="release",
        ),
        pytest.param(
            [],
            {"dbt": make_cronjob("elt-dbt")},
            "Would stamp the suspended Job elt-dbt-first from CronJob elt-dbt.",
            id="first build",
        ),
        pytest.param(
            [failed_for_good(), make_demand(created=-3000)],
            {},
            "Would delete the suspended Job elt-dbt-1: no replication for it was"
            " complete before its deadline, 2026-03-01 12:00:00 UTC.",
            id="giving up",
        ),
        pytest.param(
            [],
            {"template": make_cronjob(run_now="x")},
            "Would remove elt/run-now from CronJob elt-replicator, as it is obeyed.",
            id="a wish",
        ),
        pytest.param(
            [failed(annotations={"attempt": "2"}), make_demand()],
            {},
            "Would do nothing before 2026-03-01 12:01:10 UTC.",
            id="a pause",
        ),
        pytest.param(
            [make_replication()], {}, "Would do nothing now.", id="a running Job"
        ),
        pytest.param(
            [],
            {"dbt": None, "template": None},
            "Sees no Job and no CronJob.",
            id="none",
        ),
        pytest.param(
            [failed()],
            {},
            "Sees Job elt-replicator, failed since 2026-03-01 12:00:10 UTC"
            " (BackoffLimitExceeded).",
            id="a failed Job",
        ),
        pytest.param(
            [make_build(is_terminating=True)],
            {},
            "Sees Job elt-dbt-1, being deleted.",
            id="a terminating Job",
        ),
        pytest.param(
            [],
            {"template": make_cronjob(run_now="x")},
            "Sees CronJob elt-replicator, schedule '0 * * * *' with elt/run-now=x.",
            id="a CronJob with a wish",
        ),
    ],
)
def test_a_plan_has_a_sentence_for(jobs, fields, expected):
    assert expected in plan(*jobs, **fields).splitlines()
