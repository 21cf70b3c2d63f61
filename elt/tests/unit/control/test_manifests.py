"""What is sent: Jobs that are raw copies, and patches that are guarded."""

from dataclasses import replace

import pytest
from fake_cluster import apply_json_patch
from releases import complete, make_cronjob, make_demand

from elt.control.actions import ClearRunNow, Release, StampDbt, StampReplicator
from elt.control.failures import ConflictError
from elt.control.keys import Names, job_name, short_hash
from elt.control.manifests import clear_patch, dbt_job, release_patch, replicator_job

RUN_ID = "20260301-120000-abcde"
MANIFEST = {
    "metadata": {"name": "elt-replicator", "namespace": "analytics"},
    "spec": {
        "suspend": True,
        "jobTemplate": {
            "metadata": {"labels": {"team": "data"}, "annotations": {"note": "n"}},
            "spec": {
                "backoffLimit": 3,
                "fieldOfTomorrow": {"kept": [1, {"as": "it is"}]},
                "template": {
                    "metadata": {"annotations": {"proxy": "no"}},
                    "spec": {"containers": [{"name": "replicator"}]},
                },
            },
        },
    },
}


@pytest.fixture
def template():
    return make_cronjob(generation="4", manifest=MANIFEST)


@pytest.fixture
def stamped(template):
    demands = (make_demand("a"), make_demand("b"))
    stamp = StampReplicator(
        template=template, run_id=RUN_ID, demands=demands, attempt=2
    )
    return replicator_job(stamp, Names(release="shop"))


def test_a_stamped_job_is_a_raw_copy_of_its_template(stamped):
    spec = MANIFEST["spec"]["jobTemplate"]["spec"]

    assert stamped["spec"]["fieldOfTomorrow"] == spec["fieldOfTomorrow"]
    assert stamped["spec"]["backoffLimit"] == 3
    assert stamped["spec"]["template"]["spec"] == spec["template"]["spec"]
    assert "suspend" not in stamped["spec"]


def test_a_stamped_job_knows_what_it_is_for(stamped):
    assert stamped["metadata"]["annotations"] == {
        "note": "n",
        "cronjob.kubernetes.io/instantiate": "manual",
        "elt/run-id": RUN_ID,
        "elt/for": "uid-of-a,uid-of-b",
        "elt/attempt": "2",
        "elt/template-generation": "4",
    }
    assert stamped["spec"]["template"]["metadata"]["annotations"] == {
        "proxy": "no",
        "elt/run-id": RUN_ID,
    }


def test_a_stamped_job_can_be_found_again(stamped):
    labels = {
        "team": "data",
        "app.kubernetes.io/instance": "shop",
        "app.kubernetes.io/component": "replicator",
        "app.kubernetes.io/managed-by": "elt-controller",
    }

    assert stamped["metadata"]["labels"] == labels
    pod = stamped["spec"]["template"]["metadata"]["labels"]
    assert pod.items() <= labels.items()


def test_a_stamped_job_goes_with_its_cronjob(stamped, template):
    assert stamped["metadata"]["ownerReferences"] == [
        {
            "apiVersion": "batch/v1",
            "kind": "CronJob",
            "name": template.name,
            "uid": template.uid,
        }
    ]
    assert stamped["metadata"]["name"] == "elt-replicator"
    assert stamped["metadata"]["namespace"] == "analytics"


def test_stamping_leaves_the_template_alone(stamped):
    stamped["spec"]["fieldOfTomorrow"]["kept"].clear()

    spec = MANIFEST["spec"]["jobTemplate"]["spec"]
    assert spec["fieldOfTomorrow"]["kept"] == [1, {"as": "it is"}]


def test_a_stamped_dbt_job_is_suspended_in_any_case(template):
    stamp = StampDbt(cronjob=template, name="elt-dbt-first")

    assert dbt_job(stamp, Names())["spec"]["suspend"] is True


@pytest.mark.parametrize(
    "spec, seconds",
    [
        pytest.param({}, 604800, id="a week by default"),
        pytest.param({"ttlSecondsAfterFinished": 60}, 60, id="as the template says"),
    ],
)
def test_a_stamped_dbt_job_is_kept_for(spec, seconds):
    manifest = {"spec": {"jobTemplate": {"spec": spec}}}
    stamp = StampDbt(cronjob=make_cronjob(manifest=manifest), name="elt-dbt-first")

    assert dbt_job(stamp, Names())["spec"]["ttlSecondsAfterFinished"] == seconds


def test_a_template_may_be_empty():
    stamp = StampDbt(cronjob=make_cronjob(), name="elt-dbt-first")

    assert dbt_job(stamp, Names())["metadata"]["name"] == "elt-dbt-first"


# ------------------------------------------------------------------------- patches


def raw_job(annotations, template_annotations, **changes):
    metadata = {"uid": "uid-of-elt-dbt-1", "resourceVersion": "5"}
    template = {"metadata": {"labels": {}}}
    if annotations is not None:
        metadata["annotations"] = annotations
    if template_annotations is not None:
        template["metadata"]["annotations"] = template_annotations
    return {
        "metadata": metadata | changes,
        "spec": {"suspend": True, "template": template},
    }


def release(**fields):
    job = make_demand(resource_version="5", **fields)
    return Release(job=job, replication=complete(), run_id=RUN_ID)


@pytest.mark.parametrize("on_template", [None, {}, {"b": "2"}], ids=str)
@pytest.mark.parametrize("on_job", [None, {}, {"a": "1"}], ids=str)
def test_a_release_adds_the_run_id_to_what_is_there(on_job, on_template):
    job = replace(make_demand(), resource_version="5", annotations=on_job)
    job = replace(job, template_annotations=on_template)
    action = Release(job=job, replication=complete(), run_id=RUN_ID)

    patched = apply_json_patch(raw_job(on_job, on_template), release_patch(action))

    assert patched["spec"]["suspend"] is False
    annotations = (on_job or {}) | {"elt/run-id": RUN_ID}
    assert patched["metadata"]["annotations"] == annotations
    annotations = (on_template or {}) | {"elt/run-id": RUN_ID}
    assert patched["spec"]["template"]["metadata"]["annotations"] == annotations


@pytest.mark.parametrize(
    "change",
    [{"uid": "another"}, {"resourceVersion": "6"}],
    ids=["another Job", "a changed Job"],
)
def test_a_release_meant_for_what_was_listed_does_not_touch(change):
    with pytest.raises(ConflictError):
        apply_json_patch(raw_job(None, None, **change), release_patch(release()))


def test_the_pod_template_of_a_job_that_started_is_left_alone():
    patch = release_patch(release(started=1))

    assert not [op for op in patch if op["path"].startswith("/spec/template")]


@pytest.mark.parametrize(
    "metadata",
    [
        pytest.param({"uid": "x", "annotations": {"elt/run-now": "1"}}, id="uid"),
        pytest.param({"uid": "u", "annotations": {"elt/run-now": "2"}}, id="value"),
        pytest.param({"uid": "u", "annotations": {}}, id="gone"),
    ],
)
def test_only_the_wish_that_was_obeyed_is_cleared(metadata):
    patch = clear_patch(ClearRunNow(cronjob=make_cronjob(uid="u"), value="1"))
    same = {"metadata": {"uid": "u", "annotations": {"elt/run-now": "1", "a": "b"}}}

    assert apply_json_patch(same, patch)["metadata"]["annotations"] == {"a": "b"}
    with pytest.raises(ConflictError):
        apply_json_patch({"metadata": metadata}, patch)


# --------------------------------------------------------------------------- names


def test_names_of_jobs_fit():
    assert job_name("elt-dbt", "first") == "elt-dbt-first"
    assert len(job_name("x" * 52, "now-abcde")) == 62
    assert len(job_name("x" * 80, "now-abcde")) == 63
    assert job_name("x" * 52 + "-" * 20, "now-abcde") == "x" * 52 + "-now-abcde"


def test_hashes_depend_on_every_part():
    assert short_hash("a", "b") != short_hash("ab")
    assert len(short_hash()) == 5
