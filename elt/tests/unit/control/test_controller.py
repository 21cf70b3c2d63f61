"""Passes of the controller on a fake cluster: what they do, and what may be refused."""

from datetime import timedelta

import pytest
from controllers import FAILED, REPLICATED, install, settle, start

from elt.control.failures import ConflictError, RefusedError
from elt.control.keys import FOR, RUN_ID, Resource


def writes(cluster):
    """Return the verbs and names of what was changed, but for telling about it."""
    told = {"events", "configmaps"}
    return [
        (verb, name)
        for verb, resource, name in cluster.requests
        if verb not in {"list", "get"} and resource not in told
    ]


def test_from_the_installation_to_the_first_build():
    cluster = install()
    controller = start(cluster)

    settle(controller)
    assert writes(cluster) == []
    cluster.finish("elt-init")
    settle(controller)
    assert cluster.job("elt-dbt-first")["spec"]["suspend"] is True
    cluster.finish("elt-replicator", said=REPLICATED)
    settle(controller)
    assert cluster.job("elt-dbt-first")["spec"]["suspend"] is False
    cluster.finish("elt-dbt-first")
    settle(controller)

    assert writes(cluster) == [
        ("create", "elt-dbt-first"),
        ("create", "elt-replicator"),
        ("patch", "elt-dbt-first"),
    ]


def test_each_tick_gets_a_replication_of_its_own(cluster, controller):
    uids = set()
    for _ in range(3):
        cluster.pass_time(3600)
        cluster.tick()
        settle(controller)
        uids.add(cluster.job("elt-replicator")["metadata"]["uid"])
        cluster.finish("elt-replicator")
        settle(controller)
        [build] = [j for j in cluster.jobs if j["spec"].get("suspend") is False]
        cluster.finish(build["metadata"]["name"])
        cluster.delete_job(build["metadata"]["name"], build["metadata"]["uid"])

    assert len(uids) == 3


def test_an_init_job_that_is_cleaned_up_stops_nothing(cluster, controller):
    for _ in range(25):
        cluster.pass_time(3600)
        cluster.tick()
        settle(controller)
        cluster.finish("elt-replicator")
        settle(controller)
        for build in [j for j in cluster.jobs if j["spec"].get("suspend") is False]:
            cluster.finish(build["metadata"]["name"])
    init = cluster.job("elt-init")
    cluster.delete_job("elt-init", init["metadata"]["uid"])
    # Another controller knows of it as well.
    other = start(cluster)
    cluster.pass_time(3600)
    cluster.tick()
    before = len(writes(cluster))

    settle(other)

    assert ("create", "elt-replicator") in writes(cluster)[before:]


def test_the_dbt_job_and_its_pod_know_the_replication(cluster, controller):
    settle(controller)
    run_id = cluster.job("elt-replicator")["metadata"]["annotations"][RUN_ID]
    cluster.finish("elt-replicator")

    settle(controller)

    build = cluster.job("elt-dbt-first")
    assert build["metadata"]["annotations"][RUN_ID] == run_id
    template = build["spec"]["template"]["metadata"]
    assert template["annotations"] == {RUN_ID: run_id}


def test_a_failed_replication_is_tried_again_and_then_releases(cluster, controller):
    settle(controller)
    cluster.finish("elt-replicator", "Failed", "BackoffLimitExceeded")

    pause = settle(controller)
    cluster.pass_time(30)
    settle(controller)
    annotations = cluster.job("elt-replicator")["metadata"]["annotations"]
    cluster.finish("elt-replicator")
    settle(controller)

    assert pause == timedelta(seconds=30)
    assert annotations["elt/attempt"] == "2"
    assert cluster.job("elt-dbt-first")["spec"]["suspend"] is False


def test_a_demand_whose_replication_fails_for_good_is_deleted(cluster, controller):
    settle(controller)
    cluster.finish("elt-replicator", "Failed", "PodFailurePolicy", said=FAILED)
    settle(controller)

    cluster.pass_time(3000)
    settle(controller)

    assert "elt-dbt-first" not in cluster.objects[Resource.JOBS]
    assert "GaveUp" in cluster.told("elt-dbt")


def test_a_wish_on_either_cronjob_is_obeyed_once(cluster, controller):
    for name, job in (("elt-replicator", "elt-replicator"), ("elt-dbt", None)):
        settle(controller)
        cluster.finish("elt-replicator")
        settle(controller)
        cluster.finish("elt-dbt-first")
        before = len(writes(cluster))

        cluster.wish(name)
        settle(controller)

        assert "elt/run-now" not in cluster.cronjob(name)["metadata"]["annotations"]
        stamped = [n for verb, n in writes(cluster)[before:] if verb == "create"]
        assert stamped[-1] == "elt-replicator"
        assert job is None or stamped == [job]


def test_without_dbt_one_replication_is_stamped():
    cluster = install(init=False, dbt=False)
    controller = start(cluster, init=None)

    settle(controller)
    cluster.finish("elt-replicator")
    settle(controller)

    assert writes(cluster) == [("create", "elt-replicator")]


# ----------------------------------------------------------------------------- refusals


def test_what_the_api_server_refuses_is_told_on_the_template(cluster, controller):
    def refuse(_):
        raise RefusedError("Cannot create jobs: spec.template is invalid")

    controller.run_pass()
    cluster.create_job = refuse

    with pytest.raises(RefusedError):
        controller.run_pass()

    assert cluster.told("elt-replicator") == ["Refused"]
    assert cluster.status["summary"] == (
        "Job elt-replicator is stamped for Job elt-dbt-first. It could not be done:"
        " Cannot create jobs: spec.template is invalid."
    )


def test_after_a_conflict_the_rest_is_left_to_the_next_pass(cluster, controller):
    settle(controller)
    cluster.finish("elt-replicator")
    cluster.wish("elt-replicator")
    cluster.finish("elt-dbt-first")
    delete_job = cluster.delete_job

    def refuse(*_):
        raise ConflictError("Cannot delete jobs: it changed")

    cluster.delete_job = refuse
    before = writes(cluster)

    with pytest.raises(ConflictError):
        controller.run_pass()

    assert writes(cluster) == before
    cluster.delete_job = delete_job
    settle(controller)
    assert cluster.job("elt-replicator")["metadata"]["annotations"][FOR] == ""
