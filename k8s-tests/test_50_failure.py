"""Whatever is killed, cut off or misconfigured: it recovers, and nothing is doubled."""

import json
import time
from contextlib import contextmanager

import pytest
from equality import assert_equal
from gate import closed_gate, wait_for_copy
from namespace import ending
from node import kill_container, paused_api_server
from waiting import wait_until

#: Longer than the reads of a watch wait for an answer.
PAUSE_SECONDS = 90


@pytest.fixture(scope="module")
def release(make_release):
    """Return a built release that the tests of this file break."""
    # One table is enough of a build to see that it ran, once.
    values = {"dbt.extraArgs": ["--select", "stg_elt__sync_runs"]}
    release = make_release("failure", values=values)
    release.install()
    release.wait_for_success("elt-dbt-first")
    return release


@contextmanager
def held_build(release):
    """Ask for a build, and hold its replicator in mid-copy.

    Yields the demand's name, and a function that lets the replicator go on.

    After the block it goes on, and has to end as if nothing had been: one publish, one
    build, and an exact copy.
    """
    runs = release.published_runs()
    before = release.replicator_uid()
    with closed_gate(release) as open_gate:
        name = release.demand()
        release.wait_for_replicator(other_than=before)
        wait_for_copy(release)
        yield name, open_gate
    release.wait_for_success(name)
    assert ending(release.job("elt-replicator")) == "Complete"
    assert release.published_runs() == runs + 1
    assert len(release.namespace.pods_of(name)) == 1
    assert_equal(release)


def replicator_pod(release):
    """Return the youngest pod of the replicator."""
    return release.namespace.pods_of("elt-replicator")[-1]


def test_deleted_replicator_is_tried_again(release):
    with held_build(release):
        name = replicator_pod(release)["metadata"]["name"]
        release.namespace.kubectl("delete", f"pod/{name}", "--wait")

    assert release.job("elt-replicator")["status"]["failed"] == 1


def test_eviction_is_no_failure(release):
    """As when a node is drained: it does not count as a try."""
    with held_build(release):
        name = replicator_pod(release)["metadata"]["name"]
        evict(release.namespace, name)
        release.namespace.kubectl(
            "wait", "--for=delete", "--timeout=60s", f"pod/{name}", seconds=90
        )

    assert not release.job("elt-replicator")["status"].get("failed")


def evict(namespace, pod):
    path = f"/api/v1/namespaces/{namespace.name}/pods/{pod}/eviction"
    eviction = {
        "apiVersion": "policy/v1",
        "kind": "Eviction",
        "metadata": {"name": pod, "namespace": namespace.name},
    }
    namespace.kubectl("create", "--raw", path, "-f", "-", stdin=json.dumps(eviction))


def test_killed_controller_stamps_nothing_twice(release):
    """It dies twice while the replicator runs, and is not there when that ends."""
    with held_build(release) as (demand, open_gate):
        stamped = release.replicator_uid()
        before = restarts(release)
        kill_container(release.controller())
        wait_until(lambda: restarts(release) > before, "a restart of the controller")
        delete_at_once(release, release.controller())
        release.controller()
        release.namespace.kubectl("scale", "deployment/elt-controller", "--replicas=0")
        open_gate()
        release.wait_for_success("elt-replicator")
        assert release.replicator_uid() == stamped
        assert release.is_suspended(demand)
        release.namespace.kubectl("scale", "deployment/elt-controller", "--replicas=1")


def delete_at_once(release, pod):
    name = pod["metadata"]["name"]
    release.namespace.kubectl("delete", f"pod/{name}", "--grace-period=0", "--force")


def restarts(release):
    (status,) = release.controller()["status"]["containerStatuses"]
    return status["restartCount"]


def test_destination_that_restarts_during_a_load_gets_everything(release):
    with held_build(release):
        release.namespace.kubectl("delete", "pod/elt-destination-0", "--wait")
        wait_for_destination(release)


def wait_for_destination(release):
    wait_until(lambda: release.destination("select 1"), "the destination")


def test_wrong_password_stops_at_once_and_is_explained(release):
    """Nothing is tried again until somebody says so; then all of it is made up for."""
    release.source("alter role elt password 'another'")
    before = release.replicator_uid()
    demand = release.demand()
    release.wait_for_replicator(other_than=before)
    failed = release.wait_for_end("elt-replicator")

    assert ending(failed) == "Failed"
    assert failed["status"]["failed"] == 1
    assert exit_code(replicator_pod(release)) == 78
    wait_until(
        lambda: (
            says_why(release, "Job", "elt-replicator")
            and says_why(release, "CronJob", "elt-dbt")
        ),
        "Warnings that say why",
    )
    wait_until(
        lambda: "retry cannot help" in release.namespace.notes_of("Job", demand),
        f"an Event on Job {demand}",
    )
    assert release.is_suspended(demand)

    secret = release.namespace.kubectl(
        "get",
        "secret/elt-source",
        "--output",
        "go-template={{.data.password | base64decode}}",
    )
    release.source(f"alter role elt password '{secret}'")
    release.wish("elt-replicator")
    release.wait_for_success(demand)
    assert_equal(release)


def exit_code(pod):
    (status,) = pod["status"]["containerStatuses"]
    return status["state"]["terminated"]["exitCode"]


def says_why(release, kind, name):
    notes = release.namespace.notes_of(kind, name, "Warning")
    return "password" in notes or "log in" in notes


def test_lost_right_is_waited_for_without_hurry(release):
    """Between deleting the finished Job and making the next it may not make Jobs."""
    runs = release.published_runs()
    verbs = job_verbs(release)
    change_job_verbs(release, [verb for verb in verbs if verb != "create"])
    try:
        demand = release.demand()
        wait_until(
            lambda: not release.namespace.exists("job", "elt-replicator"),
            "the end of the finished Job",
        )
        killed, before = time.monotonic(), restarts(release)
        kill_container(release.controller())
        wait_until(lambda: restarts(release) > before, "a restart of the controller")
        wait_until(lambda: refusals(release) >= 3, "the third try of the new one")
        # A hot loop would ask many times a second.
        assert refusals(release) <= 5 + time.monotonic() - killed
        assert not release.namespace.exists("job", "elt-replicator")
        warned = release.namespace.notes_of("CronJob", "elt-replicator", "Warning")
        assert "create" in warned
    finally:
        change_job_verbs(release, verbs)
    release.wait_for_success(demand)

    assert release.published_runs() == runs + 1
    assert_equal(release)


def refusals(release):
    """Return how often the API server has refused since the controller started."""
    return sum(
        value
        for name, value in release.metrics().items()
        if name.startswith("elt_controller_api_requests_total") and '"403"' in name
    )


def job_verbs(release):
    return release.namespace.get("role", "elt-controller")["rules"][0]["verbs"]


def change_job_verbs(release, verbs):
    patch = [{"op": "replace", "path": "/rules/0/verbs", "value": verbs}]
    release.namespace.kubectl(
        "patch", "role/elt-controller", "--type=json", f"--patch={json.dumps(patch)}"
    )


@pytest.mark.alone
def test_api_server_that_hangs_is_survived(release):
    """Connections stay open and nothing answers; the controller is not restarted."""
    runs = release.published_runs()
    uid = release.controller()["metadata"]["uid"]
    before = restarts(release)
    demand = release.demand()
    release.wait_for_replicator()

    with paused_api_server():
        time.sleep(PAUSE_SECONDS)
    release.wait_for_success(demand)

    assert release.controller()["metadata"]["uid"] == uid
    assert restarts(release) == before
    assert release.published_runs() == runs + 1
    assert_equal(release)
