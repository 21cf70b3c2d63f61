"""Objects of the API server become records, whatever they lack."""

import pytest
from fake_cluster import labels_of
from releases import at

from elt.control.keys import Component, Names
from elt.control.observation import observe, read_cronjob, read_job, read_pod
from elt.control.observed import Outcome, Rules, Waiting


def job(status=None, spec=None, **metadata):
    return {
        "metadata": {"name": "a", "uid": "u", "labels": labels_of("dbt"), **metadata},
        "spec": spec or {},
        "status": status or {},
    }


def condition(kind, status="True", **fields):
    return {"type": kind, "status": status, **fields}


def pod(status=None, spec=None, component="replicator", **metadata):
    labels = labels_of(component) | metadata.pop("labels", {})
    return {
        "metadata": {"name": "a", "labels": labels, **metadata},
        "spec": spec or {},
        "status": status or {},
    }


# ------------------------------------------------------------------------------ jobs


@pytest.mark.parametrize(
    "conditions, outcome",
    [
        pytest.param([], None, id="none"),
        pytest.param([condition("Complete")], Outcome.COMPLETE, id="complete"),
        pytest.param([condition("Failed")], Outcome.FAILED, id="failed"),
        pytest.param([condition("Complete", "False")], None, id="not complete"),
        pytest.param([condition("Suspended")], None, id="suspended"),
        pytest.param([condition("FailureTarget")], None, id="about to fail"),
        pytest.param([condition("SuccessCriteriaMet")], None, id="about to end"),
    ],
)
def test_a_job_ends_by_its_final_conditions(conditions, outcome):
    assert read_job(job({"conditions": conditions})).outcome is outcome


def test_counters_of_failed_pods_mean_nothing():
    assert not read_job(job({"failed": 3, "succeeded": 1})).is_finished


def test_a_failed_job_ended_when_its_condition_became_true():
    failure = condition(
        "Failed",
        reason="PodFailurePolicy",
        message="exit code 78",
        lastTransitionTime="2026-03-01T12:00:07Z",
    )

    read = read_job(job({"conditions": [failure]}))

    assert read.finished_at == at(7)
    assert read.is_permanently_failed
    assert read.failure_message == "exit code 78"


def test_a_job_knows_its_times_and_state():
    read = read_job(
        job(
            {
                "startTime": "2026-03-01T12:00:01Z",
                "completionTime": "2026-03-01T12:00:09Z",
                "conditions": [condition("Complete")],
            },
            {"suspend": True},
            creationTimestamp="2026-03-01T12:00:00Z",
            deletionTimestamp="2026-03-01T12:01:00Z",
        )
    )

    assert (read.created_at, read.started_at, read.finished_at) == (at(), at(1), at(9))
    assert read.is_suspended
    assert read.is_terminating


@pytest.mark.parametrize(
    "annotations, attempt",
    [({}, 1), ({"elt/attempt": "3"}, 3), ({"elt/attempt": "x"}, 1)],
    ids=["none", "a number", "garbage"],
)
def test_a_job_counts_its_attempts(annotations, attempt):
    assert read_job(job(annotations=annotations)).attempt == attempt


def test_a_job_knows_its_demands():
    assert read_job(job(annotations={"elt/for": "a,b"})).demand_uids == {"a", "b"}
    assert read_job(job(annotations={"elt/for": ""})).demand_uids == set()
    assert read_job(job()).demand_uids == set()


@pytest.mark.parametrize(
    "labels",
    [None, {}, labels_of("source"), labels_of("")],
    ids=["none", "empty", "of another component", "of no component"],
)
def test_a_job_of_no_part_of_the_chain_is_left_out(labels):
    assert read_job(job(labels=labels)) is None
    assert read_pod(pod() | {"metadata": {"labels": labels}}) is None


# -------------------------------------------------------------------------- cronjobs


def test_a_cronjob_keeps_its_manifest_as_it_came():
    manifest = {"metadata": {"name": "a", "generation": 3}, "spec": {"unknown": 1}}

    read = read_cronjob(manifest)

    assert read.manifest is manifest
    assert read.generation == "3"


def test_a_cronjob_may_carry_a_wish():
    wished = {"metadata": {"annotations": {"elt/run-now": ""}}}

    assert read_cronjob(wished).run_now == ""
    assert read_cronjob({}).run_now is None


# ------------------------------------------------------------------------------ pods


@pytest.mark.parametrize(
    "phase, is_pending, is_finished",
    [
        (None, True, False),
        ("Pending", True, False),
        ("Running", False, False),
        ("Succeeded", False, True),
        ("Failed", False, True),
        ("Unknown", False, False),
    ],
)
def test_a_pod_is_where_its_phase_says(phase, is_pending, is_finished):
    read = read_pod(pod({"phase": phase}))

    assert (read.is_pending, read.is_finished) == (is_pending, is_finished)


@pytest.mark.parametrize(
    "reason", ["ErrImagePull", "CreateContainerConfigError", "InvalidImageName"]
)
@pytest.mark.parametrize("kind", ["initContainerStatuses", "containerStatuses"])
def test_a_container_that_cannot_start_says_why(reason, kind):
    waiting = {"waiting": {"reason": reason, "message": "because"}}

    read = read_pod(pod({kind: [{"name": "replicator", "state": waiting}]}))

    assert read.waiting == Waiting(reason=reason, message="because")


@pytest.mark.parametrize("reason", ["ContainerCreating", "PodInitializing", None])
def test_a_container_on_its_way_is_not_stuck(reason):
    waiting = {"waiting": {"reason": reason}}

    read = read_pod(pod({"containerStatuses": [{"name": "a", "state": waiting}]}))

    assert read.waiting is None


def test_a_pod_that_fits_nowhere_says_why():
    unschedulable = condition(
        "PodScheduled", "False", reason="Unschedulable", message="0/1 nodes"
    )

    read = read_pod(pod({"conditions": [unschedulable]}))

    assert read.waiting == Waiting(reason="Unschedulable", message="0/1 nodes")


def ended(name, exit_code, message=""):
    terminated = {"exitCode": exit_code, "message": message}
    return {"name": name, "state": {"terminated": terminated}}


@pytest.mark.parametrize(
    "statuses, exit_code",
    [
        pytest.param([ended("replicator", 75)], 75, id="alone"),
        pytest.param(
            [ended("proxy", 0), ended("replicator", 75)], 75, id="beside another"
        ),
        pytest.param([ended("proxy", 3)], 3, id="not at all"),
    ],
)
def test_the_container_that_does_the_work_counts(statuses, exit_code):
    read = read_pod(pod({"containerStatuses": statuses}))

    assert read.termination.exit_code == exit_code


@pytest.mark.parametrize(
    "reason, kept", [("OOMKilled", "OOMKilled"), ("Error", ""), ("Completed", "")]
)
def test_what_the_kubelet_calls_an_end_is_kept_where_it_says_something(reason, kept):
    status = ended("replicator", 137)
    status["state"]["terminated"]["reason"] = reason

    assert read_pod(pod({"containerStatuses": [status]})).termination.reason == kept


def test_a_pod_belongs_to_its_job():
    owned = pod(ownerReferences=[{"kind": "Job", "uid": "u"}])
    orphaned = pod(labels={"batch.kubernetes.io/controller-uid": "u"})

    assert read_pod(owned).job_uid == "u"
    assert read_pod(orphaned).job_uid == "u"


def test_a_pod_names_what_it_cannot_start_without():
    volumes = [
        {"secret": {"secretName": "elt-source"}},
        {"configMap": {"name": "elt-config"}},
        {"secret": {"secretName": "perhaps", "optional": True}},
        {"emptyDir": {}},
        {"projected": {"sources": [{"secret": {"name": "elt-tls"}}]}},
    ]

    assert read_pod(pod(spec={"volumes": volumes})).mounts == (
        "Secret elt-source",
        "ConfigMap elt-config",
        "Secret elt-tls",
    )


# --------------------------------------------------------------------- the whole of it


@pytest.mark.parametrize(
    "garbage",
    [
        {},
        {"metadata": None, "spec": None, "status": None},
        {"metadata": [], "spec": "x", "status": 7},
        {"metadata": {"labels": labels_of("dbt"), "annotations": "x", "uid": 7}},
        {
            "metadata": {"labels": labels_of("dbt"), "creationTimestamp": "yesterday"},
            "status": {"conditions": ["x", None, {"type": "Failed"}], "startTime": 7},
        },
        {
            "metadata": {"labels": labels_of("dbt"), "ownerReferences": [None]},
            "spec": {"volumes": [None, {"secret": None}]},
            "status": {"containerStatuses": [None, {"state": None}]},
        },
    ],
    ids=range(6),
)
def test_nothing_that_is_missing_breaks_anything(garbage):
    objects = [garbage]

    observed = observe(
        jobs=objects, cronjobs=objects, pods=objects, names=Names(), rules=Rules()
    )

    assert all(found.outcome is None for found in observed.jobs)


def test_the_cronjobs_are_told_apart_by_name():
    cronjobs = [{"metadata": {"name": name}} for name in ("x-dbt", "x-replicator")]

    observed = observe(
        jobs=[], cronjobs=cronjobs, pods=[], names=Names(fullname="x"), rules=Rules()
    )

    assert observed.template.name == "x-replicator"
    assert observed.dbt.name == "x-dbt"


def test_jobs_are_told_apart_by_component():
    jobs = [job(name="b"), job(name="a"), job(name="c", labels=labels_of("init"))]

    observed = observe(jobs=jobs, cronjobs=[], pods=[], names=Names(), rules=Rules())

    assert [j.name for j in observed.jobs_of(Component.DBT)] == ["a", "b"]
