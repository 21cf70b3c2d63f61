"""What there is to tell, and on which object."""

import re
from pathlib import Path

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

from elt.control import keys
from elt.control.actions import (
    ClearRunNow,
    Decision,
    DeleteJob,
    GiveUp,
    Release,
    StampDbt,
    StampReplicator,
)
from elt.control.events import WARNINGS, Note, Reason, event_manifest
from elt.control.failures import ForbiddenError, RefusedError
from elt.control.keys import Component
from elt.control.observed import Outcome, Waiting
from elt.control.story import find_notes, give_up_notes, refusal_note

LATER = at(60)


def tell(*jobs, now=LATER, **fields):
    """Return what is told, as (name, reason)."""
    notes = find_notes(make_observed(*jobs, **fields), now)
    return [(note.about.name, note.reason) for note in notes]


def sentences(reason, *jobs, now=LATER, **fields):
    notes = find_notes(make_observed(*jobs, **fields), now)
    return [note.sentence for note in notes if note.reason is reason]


# ---------------------------------------------------------------------------- init


@pytest.mark.parametrize(
    "outcome, told",
    [
        (None, []),
        (Outcome.COMPLETE, [("elt-init", Reason.SEEDED)]),
        (Outcome.FAILED, [("elt-init", Reason.INIT_FAILED)]),
    ],
)
def test_the_end_of_the_init_job_is_told_on_it(outcome, told):
    init = make_job("elt-init", Component.INIT, outcome=outcome)

    assert tell(init, init_job="elt-init") == told


# --------------------------------------------------------------------- replication


@pytest.mark.parametrize(
    "jobs, annotations, cause",
    [
        pytest.param([make_demand()], {}, "for Job elt-dbt-1;", id="a demand"),
        pytest.param([], {}, "for a dbt Job that is gone by now;", id="a lost demand"),
        pytest.param([], {"for": ""}, "as the first replication;", id="nobody"),
        pytest.param(
            [], {"for": "", "run-now": "7"}, "as elt/run-now asked for it;", id="a wish"
        ),
    ],
)
def test_a_stamped_job_says_what_it_is_for(jobs, annotations, cause):
    replication = make_replication(annotations=annotations)

    [sentence] = sentences(Reason.STAMPED, replication, *jobs)

    assert sentence == (
        f"Stamped from CronJob elt-replicator {cause}"
        " run 20260301-120000-abcde, attempt 1."
    )


def test_a_replication_made_by_hand_is_told_when_it_ended():
    by_hand = complete(make_job, name="by-hand")

    assert tell(by_hand) == [("by-hand", Reason.REPLICATED)]


def test_a_failed_replication_is_told_where_people_look():
    assert tell(failed_for_good(), make_demand()) == [
        ("elt-replicator", Reason.STAMPED),
        ("elt-replicator", Reason.REPLICATION_FAILED),
        ("elt-dbt", Reason.REPLICATION_FAILED),
        ("elt-replicator", Reason.WILL_NOT_RETRY),
        ("elt-dbt-1", Reason.WILL_NOT_RETRY),
        ("elt-dbt-1", Reason.WAITING_FOR_REPLICATION),
    ]


def test_without_dbt_a_failed_replication_is_told_on_its_cronjob():
    notes = find_notes(make_observed(failed(), dbt=None), at(60))

    assert [n.about for n in notes if n.reason is Reason.REPLICATION_FAILED] == [
        failed(),
        make_cronjob(),
    ]


def test_the_next_try_is_announced_with_its_time():
    assert set(sentences(Reason.WILL_RETRY, failed(), make_demand())) == {
        (
            "Job elt-replicator failed, attempt 1."
            " It is tried again at 2026-03-01 12:00:40 UTC."
        )
    }


def test_a_failure_for_good_comes_with_the_command_for_later():
    told = sentences(Reason.WILL_NOT_RETRY, failed_for_good(), make_demand())

    assert all(
        "kubectl annotate cronjob elt-replicator elt/run-now=" in s for s in told
    )


def test_without_dbt_it_is_told_whether_the_first_replication_is_tried_again():
    again = sentences(Reason.WILL_RETRY, failed(), dbt=None)
    never = sentences(Reason.WILL_NOT_RETRY, failed_for_good(), dbt=None)

    assert again == [
        (
            "Job elt-replicator failed, attempt 1."
            " It is tried again at 2026-03-01 12:00:40 UTC."
        )
    ]
    assert never == [
        (
            "Job elt-replicator failed, attempt 1. A retry cannot help, so it is not"
            " tried again before the next tick of the schedule. When the cause is"
            " removed: kubectl annotate cronjob elt-replicator elt/run-now=now"
        )
    ]


@pytest.mark.parametrize(
    "jobs, fields",
    [
        pytest.param([failed()], {}, id="nobody waits for it"),
        pytest.param([failed(), make_demand("new")], {}, id="a new demand waits"),
        pytest.param(
            [failed(), make_demand()],
            {"template": make_cronjob(generation="2")},
            id="the template changed",
        ),
        pytest.param([complete(), make_demand()], {}, id="it did not fail"),
    ],
)
def test_no_next_try_is_announced_when(jobs, fields):
    told = {reason for _, reason in tell(*jobs, **fields)}

    assert not told & {Reason.WILL_RETRY, Reason.WILL_NOT_RETRY}


# ----------------------------------------------------------------------------- dbt


def test_a_demand_says_what_it_waits_for():
    assert sentences(Reason.WAITING_FOR_REPLICATION, make_demand()) == [
        (
            "Waits for a replication that starts after 2026-03-01 12:00:00 UTC;"
            " the controller releases it then."
        )
    ]


def test_a_fresh_demand_waits_for_nothing():
    told = {reason for _, reason in tell(complete(), make_demand())}

    assert Reason.WAITING_FOR_REPLICATION not in told


def test_a_demand_without_a_template_says_what_is_missing():
    assert ("elt-dbt-1", Reason.TEMPLATE_MISSING) in tell(make_demand(), template=None)


@pytest.mark.parametrize(
    "outcome, told",
    [
        (None, []),
        (Outcome.COMPLETE, [("elt-dbt-1", Reason.DBT_SUCCEEDED)]),
        (
            Outcome.FAILED,
            [("elt-dbt-1", Reason.DBT_FAILED), ("elt-dbt", Reason.DBT_FAILED)],
        ),
    ],
)
def test_a_dbt_job_tells_its_release_and_its_end(outcome, told):
    build = make_build(outcome=outcome, started=1)

    assert tell(build) == [("elt-dbt-1", Reason.RELEASED), *told]


def test_a_demand_that_is_given_up_is_told_on_its_cronjob_as_well():
    decision = Decision(summary="", actions=(GiveUp(job=make_demand(), why="why"),))

    notes = list(give_up_notes(make_observed(), decision))

    assert [note.about.name for note in notes] == ["elt-dbt-1", "elt-dbt"]
    assert {note.sentence for note in notes} == {
        "Deleted the suspended Job elt-dbt-1: why."
    }


# ---------------------------------------------------------------------------- pods


STUCK = Waiting(reason="ImagePullBackOff", message='Back-off pulling image "elt:x"')


def test_a_pod_that_cannot_start_is_told_on_its_job():
    pod = make_pod(is_pending=True, waiting=STUCK)

    assert sentences(Reason.POD_CANNOT_START, make_replication(), pods=(pod,)) == [
        (
            "Pod elt-replicator-abc cannot start."
            ' ImagePullBackOff: Back-off pulling image "elt:x"'
        )
    ]


def test_a_pod_that_waits_without_a_reason_names_what_it_needs():
    pod = make_pod(is_pending=True, mounts=("Secret elt-source",))
    job = make_replication()

    early = sentences(Reason.POD_CANNOT_START, job, pods=(pod,), now=at(60))
    late = sentences(Reason.POD_CANNOT_START, job, pods=(pod,), now=at(61))

    assert early == []
    assert late == [
        (
            "Pod elt-replicator-abc has not started for more than a minute."
            " It needs Secret elt-source."
            " kubectl describe pod elt-replicator-abc says what it waits for."
        )
    ]


def test_a_job_of_which_no_pod_may_be_made_is_told_after_a_minute():
    job = make_replication(started=1)

    early = sentences(Reason.POD_CANNOT_START, job, now=at(61))
    late = sentences(Reason.POD_CANNOT_START, job, now=at(62))

    assert early == []
    assert late == [
        (
            "Job elt-replicator started more than a minute ago and has no pod."
            " kubectl describe job elt-replicator says why:"
            " a quota or a policy, perhaps."
        )
    ]


def test_a_job_that_kubernetes_has_not_seen_is_not_told_to_lack_a_pod():
    assert sentences(Reason.POD_CANNOT_START, make_build(), now=at(3600)) == []


@pytest.mark.parametrize(
    "job",
    [complete(), make_replication(is_suspended=True)],
    ids=["that is finished", "that is suspended"],
)
def test_nothing_is_told_of_pods_of_a_job(job):
    pod = make_pod(is_pending=True, waiting=STUCK)

    assert sentences(Reason.POD_CANNOT_START, job, pods=(pod,)) == []


# ------------------------------------------------------------------------ refusals


@pytest.mark.parametrize(
    "action, about",
    [
        (StampReplicator(template=make_cronjob(), run_id=""), "elt-replicator"),
        (StampDbt(cronjob=make_cronjob("elt-dbt"), name="x"), "elt-dbt"),
        (ClearRunNow(cronjob=make_cronjob("elt-dbt"), value=""), "elt-dbt"),
        (DeleteJob(job=complete()), "elt-replicator"),
        (Release(job=make_demand(), replication=complete(), run_id=""), "elt-dbt-1"),
        (GiveUp(job=make_demand(), why=""), "elt-dbt-1"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_refusal_is_told_on_what_a_person_can_look_at(action, about):
    error = ForbiddenError("Cannot create jobs: no", hint="Allow it.")

    note = refusal_note(action, error)

    assert note.about.name == about
    assert note.sentence == "Cannot create jobs: no. Allow it."


def test_a_refusal_without_a_hint_is_told():
    action = DeleteJob(job=complete())

    assert refusal_note(action, RefusedError("No")).sentence == "No."


# -------------------------------------------------------------------------- events


def make_note(**fields):
    defaults = {
        "about": make_demand(),
        "reason": Reason.RELEASED,
        "sentence": "Released.",
        "at": at(),
    }
    return Note(**(defaults | fields))


def event(note):
    return event_manifest(note, namespace="test", reporter="pod", now=at())


def test_an_event_is_about_its_object():
    assert event(make_note())["regarding"] == {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "namespace": "test",
        "name": "elt-dbt-1",
        "uid": "uid-of-elt-dbt-1",
    }
    assert event(make_note(about=make_cronjob()))["regarding"]["kind"] == "CronJob"


def test_an_event_has_a_time_with_a_fraction():
    assert event(make_note())["eventTime"] == "2026-03-01T12:00:00.000000Z"


def test_a_long_sentence_is_cut_to_what_the_api_server_takes():
    note = event(make_note(sentence="é" * 2000))["note"]

    assert len(note.encode()) <= 1024
    assert set(note) == {"é"}


@pytest.mark.parametrize("reason", Reason)
def test_every_event_is_a_warning_or_not(reason):
    expected = "Warning" if reason in WARNINGS else "Normal"

    assert event(make_note(reason=reason))["type"] == expected


@pytest.mark.parametrize(
    "other, is_same",
    [
        pytest.param({"sentence": "In other words."}, True, id="wording"),
        pytest.param({"at": at(5)}, False, id="time"),
        pytest.param({"reason": Reason.GAVE_UP}, False, id="reason"),
        pytest.param({"detail": "x"}, False, id="detail"),
        pytest.param({"about": make_demand(uid="y")}, False, id="object"),
    ],
)
def test_what_makes_two_notes_one(other, is_same):
    names = make_note().event_name, make_note(**other).event_name

    assert (names[0] == names[1]) == is_same


def test_events_are_named_in_the_order_of_their_story():
    told = [
        make_note(at=at(second), reason=reason)
        for second, reason in [
            (0, Reason.WAITING_FOR_REPLICATION),
            (1, Reason.STAMPED),
            (1, Reason.REPLICATION_FAILED),
            (1, Reason.WILL_RETRY),
            (2, Reason.RELEASED),
            (2, Reason.DBT_FAILED),
        ]
    ]

    names = [note.event_name for note in told]

    assert sorted(names) == names
    # As the Job controller names its own: with nanoseconds, in hexadecimal digits.
    assert re.fullmatch(r"elt-dbt-1\.18[0-9a-f]{14}", names[0])


# ---------------------------------------------------------------------------- docs


REFERENCE = Path(__file__).parents[3] / "docs" / "reference" / "kubernetes.md"


@pytest.mark.parametrize(
    "key", [value for value in vars(keys).values() if str(value).startswith("elt/")]
)
def test_every_annotation_is_described(key):
    assert f"| `{key}` |" in REFERENCE.read_text()


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_described_with_its_type(reason):
    kind = "Warning" if reason in WARNINGS else "Normal"

    assert f"| `{reason.value}` | {kind} |" in REFERENCE.read_text()
