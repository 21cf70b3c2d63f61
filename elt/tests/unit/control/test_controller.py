"""Passes of the controller on a fake cluster: what it does, tells, and survives."""

import json
import threading
from datetime import timedelta

import pytest
from fake_cluster import FakeCluster

from elt.control.controller import Controller
from elt.control.failures import (
    ConflictError,
    ForbiddenError,
    RefusedError,
    UnreachableError,
)
from elt.control.keys import FOR, RUN_ID, Names, Resource
from elt.control.metrics import Metrics
from elt.control.observed import Rules
from elt.control.serving import Health

REPLICATED = {
    "level": "info",
    "message": "finished run",
    "run": 7,
    "streams": 8,
    "failed": 0,
    "read": 69006,
    "changed": 12,
    "seconds": 0.52,
}
FAILED = {
    "level": "error",
    "message": "Cannot log in to the source as reader",
    "hint": "Check SOURCE_PASSWORD_FILE.",
    "exit_code": 78,
}


class Killed(BaseException):
    """The controller was killed."""


def install(*, init=True, dbt=True):
    cluster = FakeCluster()
    if init:
        cluster.add_job("elt-init", "init")
    cluster.add_cronjob("elt-replicator", "replicator", namespace="test")
    if dbt:
        cluster.add_cronjob("elt-dbt", "dbt", born_suspended=True, namespace="test")
    return cluster


def start(cluster, *, init="elt-init", metrics=None, **rules):
    return Controller(
        cluster,
        Names(init_job=init),
        Rules(**rules),
        metrics=metrics or Metrics(),
        health=Health(),
    )


def settle(controller):
    """Make passes until nothing more is due at this moment; return the last pause."""
    while not (pause := controller.run_pass()):
        pass
    return pause


@pytest.fixture
def cluster():
    cluster = install()
    cluster.finish("elt-init")
    return cluster


@pytest.fixture
def controller(cluster):
    return start(cluster)


def writes(cluster):
    """Return the verbs and names of what was changed, but for telling about it."""
    told = {"events", "configmaps"}
    return [
        (verb, name)
        for verb, resource, name in cluster.requests
        if verb not in {"list", "get"} and resource not in told
    ]


# ---------------------------------------------------------------------- the story


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


# ----------------------------------------------------------------- killed anywhere


class Fragile:
    """A cluster whose client is killed before or after its n-th change."""

    def __init__(self, cluster, *, at, before):
        self._cluster = cluster
        self._left = at
        self._before = before

    def __getattr__(self, name):
        attribute = getattr(self._cluster, name)
        if not name.startswith(("create", "delete", "patch")):
            return attribute

        def call(*arguments):
            self._left -= 1
            if self._left == 0 and self._before:
                raise Killed
            result = attribute(*arguments)
            if self._left == 0:
                raise Killed
            return result

        return call


def run_chain(cluster, make_controller):
    """Bring a first build, a tick and a wish to their ends."""
    cluster.finish("elt-init")
    controller = make_controller()
    for happening in (
        lambda: None,
        cluster.tick,
        lambda: cluster.wish("elt-replicator"),
    ):
        cluster.pass_time(60)
        happening()
        for _ in range(4):
            controller = pass_or_restart(controller, make_controller)
            for job in cluster.jobs:
                is_live = not job["status"].get("conditions")
                if is_live and not job["spec"].get("suspend"):
                    cluster.finish(job["metadata"]["name"])
            cluster.pass_time(5)


def pass_or_restart(controller, make_controller):
    try:
        settle(controller)
    except Killed:
        controller = make_controller()
        settle(controller)
    return controller


def outcome_of(cluster):
    return sorted(
        (
            job["metadata"]["name"],
            [c["type"] for c in job["status"].get("conditions", [])],
            job["spec"].get("suspend"),
        )
        for job in cluster.jobs
    )


def count_changes():
    cluster = install()
    run_chain(cluster, lambda: start(cluster))
    changes = [r for r in cluster.requests if r[0] in {"create", "delete", "patch"}]
    return len(changes), outcome_of(cluster), sorted(cluster.told("elt-replicator"))


CHANGES, OUTCOME, TOLD = count_changes()


@pytest.mark.parametrize("is_before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("change", range(1, CHANGES + 1))
def test_a_controller_killed_at_any_request_ends_where_the_others_do(change, is_before):
    cluster = install()
    clients = [Fragile(cluster, at=change, before=is_before)]

    def make_controller():
        return start(clients.pop() if clients else cluster)

    run_chain(cluster, make_controller)

    assert not clients
    assert outcome_of(cluster) == OUTCOME
    assert sorted(set(cluster.told("elt-replicator"))) == sorted(set(TOLD))


# ------------------------------------------------------------------------ telling


def test_the_events_of_the_replication_tell_its_story(cluster, controller):
    settle(controller)
    cluster.finish("elt-replicator", said=REPLICATED)
    settle(controller)

    assert cluster.told("elt-replicator") == ["Stamped", "Replicated"]
    notes = [e["note"] for e in cluster.events if e["reason"] == "Replicated"]
    assert notes == ["Replicated 69,006 rows of 8 streams in 0.5 seconds; 12 changed."]


def test_nothing_is_told_twice(cluster, controller):
    settle(controller)
    told = [event["metadata"]["name"] for event in cluster.events]
    asked = len(cluster.requests)

    settle(controller)

    assert [event["metadata"]["name"] for event in cluster.events] == told
    assert all(verb == "list" for verb, _, _ in cluster.requests[asked:])


def test_a_restarted_controller_does_not_repeat_itself(cluster, controller):
    settle(controller)
    told = [event["metadata"]["name"] for event in cluster.events]

    settle(start(cluster))

    assert [event["metadata"]["name"] for event in cluster.events] == told


def test_what_is_long_ago_is_not_told_by_a_restarted_controller(cluster, controller):
    settle(controller)
    cluster.finish("elt-replicator")
    settle(controller)
    cluster.finish("elt-dbt-first")
    settle(controller)
    # As the API server does after an hour.
    cluster.objects[Resource.EVENTS].clear()
    cluster.pass_time(7200)

    settle(start(cluster))

    assert cluster.events == []


def test_what_still_holds_is_told_again_after_an_hour(cluster):
    del cluster.objects[Resource.CRONJOBS]["elt-replicator"]
    controller = start(cluster, start_deadline=timedelta(days=1))
    settle(controller)
    cluster.objects[Resource.EVENTS].clear()

    cluster.pass_time(3601)
    settle(controller)

    assert cluster.told("elt-dbt-first") == ["TemplateMissing"]


def test_events_of_one_second_keep_their_order(cluster, controller):
    settle(controller)
    cluster.finish("elt-replicator", "Failed", "PodFailurePolicy", said=FAILED)
    settle(controller)

    times = [event["eventTime"] for event in cluster.events]

    assert sorted(set(times)) == times


def test_an_event_that_cannot_be_posted_does_no_harm(cluster, controller, monkeypatch):
    def refuse(_):
        raise ForbiddenError("Cannot create events: no")

    monkeypatch.setattr(cluster, "create_event", refuse)

    settle(controller)

    assert "elt-replicator" in cluster.objects[Resource.JOBS]


def test_a_silent_api_server_is_asked_for_one_event_only(
    cluster, controller, monkeypatch
):
    asked = []

    def refuse(manifest):
        asked.append(manifest)
        raise UnreachableError("Cannot create events: no answer")

    settle(controller)
    cluster.finish("elt-replicator", "Failed", "PodFailurePolicy", said=FAILED)
    monkeypatch.setattr(cluster, "create_event", refuse)
    controller.run_pass()

    assert len(asked) == 1


def test_an_event_that_could_not_be_posted_is_posted_later(
    cluster, controller, monkeypatch
):
    def refuse(_):
        raise UnreachableError("Cannot create events: no answer")

    with monkeypatch.context() as patch:
        patch.setattr(cluster, "create_event", refuse)
        settle(controller)
    settle(controller)

    assert "Stamped" in cluster.told("elt-replicator")


def test_the_status_says_what_is_happening(cluster, controller):
    settle(controller)

    assert cluster.status["summary"] == (
        "Job elt-replicator is running. Job elt-dbt-first waits for a replication."
    )


def test_the_status_keeps_the_runs_of_jobs_that_are_gone(cluster, controller):
    settle(controller)
    cluster.finish("elt-replicator", said=REPLICATED)
    settle(controller)
    cluster.finish("elt-dbt-first")
    cluster.pass_time(10)
    cluster.wish("elt-replicator")

    settle(start(cluster))
    cluster.finish("elt-replicator", "Failed", "PodFailurePolicy", said=FAILED)
    settle(start(cluster))

    runs = json.loads(cluster.status["runs.json"])
    assert [(run["kind"], run["result"]) for run in runs] == [
        ("replicator", "failed"),
        ("replicator", "complete"),
        ("init", "complete"),
        ("dbt", "complete"),
    ]
    assert runs[1]["sentence"].startswith("Replicated 69,006 rows")


def test_the_status_is_written_only_when_it_changed(cluster, controller):
    settle(controller)
    asked = len(cluster.requests)

    settle(controller)

    assert "configmaps" not in {resource for _, resource, _ in cluster.requests[asked:]}


def test_a_missing_status_page_does_no_harm(cluster, controller):
    cluster.objects[Resource.CONFIGMAPS].clear()

    settle(controller)

    assert "elt-replicator" in cluster.objects[Resource.JOBS]


def test_runs_are_not_lost_when_the_status_cannot_be_read(cluster, monkeypatch):
    written = cluster.status

    def refuse(_):
        raise UnreachableError("Cannot get configmaps: no answer")

    monkeypatch.setattr(cluster, "read_config_map", refuse)
    with pytest.raises(UnreachableError):
        start(cluster).run_pass()

    assert cluster.status == written


def test_metrics_count_what_ended_once_over_restarts(cluster, controller):
    settle(controller)
    cluster.finish("elt-replicator")
    settle(controller)
    metrics = Metrics()

    settle(start(cluster, metrics=metrics))
    cluster.finish("elt-dbt-first", "Failed", "BackoffLimitExceeded")
    settle(start(cluster, metrics=metrics))

    text = metrics.render().decode()
    assert 'elt_job_runs_total{component="dbt",result="failed"} 1.0' in text
    assert 'elt_job_runs_total{component="replicator"' not in text
    assert 'elt_job_failed{component="dbt"} 1.0' in text
    assert 'elt_job_failed{component="replicator"} 0.0' in text


def test_metrics_say_how_long_a_demand_waits(cluster):
    metrics = Metrics()
    controller = start(cluster, metrics=metrics)
    settle(controller)
    cluster.pass_time(45)

    settle(controller)

    assert "elt_demand_age_seconds 45.0" in metrics.render().decode()


# -------------------------------------------------------------------------- pauses


def test_an_idle_controller_looks_once_a_minute(cluster, controller):
    settle(controller)
    cluster.finish("elt-replicator")
    settle(controller)
    cluster.finish("elt-dbt-first")

    assert settle(controller) == timedelta(seconds=60)


def test_a_pod_that_has_not_started_is_looked_at_soon(cluster, controller):
    settle(controller)
    cluster.add_pod(cluster.job("elt-replicator"), phase="Pending")

    assert settle(controller) == timedelta(seconds=5)


def test_a_running_pod_is_not_looked_at_soon(cluster, controller):
    settle(controller)
    cluster.add_pod(cluster.job("elt-replicator"), phase="Running")

    assert settle(controller) == timedelta(seconds=60)


def test_a_deadline_that_is_due_this_second_is_waited_for(cluster, controller):
    settle(controller)
    cluster.finish("elt-replicator", "Failed", "PodFailurePolicy")
    cluster.pass_time(2999)

    assert settle(controller) == timedelta(seconds=1)


# ------------------------------------------------------------------------ refusals


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


# ------------------------------------------------------------------------ the loop


class Stop(threading.Event):
    """Stops the loop after some waits, instead of waiting."""

    def __init__(self, rounds):
        super().__init__()
        self.waits = []
        self._rounds = rounds

    def wait(self, timeout=None):
        self.waits.append(timeout)
        if len(self.waits) >= self._rounds:
            self.set()
        return self.is_set()


class Wake:
    def __init__(self):
        self.waits = []

    def wait(self, timeout):
        self.waits.append(timeout)

    def clear(self):
        pass


def test_the_loop_waits_for_the_bell_and_for_a_burst_to_end(cluster, controller):
    stop, wake = Stop(rounds=3), Wake()

    controller.run(wake, stop)

    assert wake.waits == [0, 0, 5]
    assert stop.waits == [0.2, 0.2, 0.2]


@pytest.mark.parametrize(
    "error",
    [
        ForbiddenError("Cannot list jobs: no"),
        UnreachableError("Cannot list jobs: no answer"),
        ConflictError("Cannot create jobs: it exists"),
        KeyError("a bug"),
    ],
    ids=["403", "no answer", "409", "a bug"],
)
def test_the_loop_waits_longer_and_longer_when_passes_fail(
    cluster, controller, monkeypatch, error
):
    def fail(_):
        raise error

    monkeypatch.setattr(cluster, "list_objects", fail)
    stop, wake = Stop(rounds=10), Wake()

    controller.run(wake, stop)

    longest = [0.5, 1, 2, 4, 8, 16, 30, 30, 30, 30]
    assert all(w <= most for w, most in zip(stop.waits, longest, strict=True))
    assert all(w >= most / 2 for w, most in zip(stop.waits, longest, strict=True))
    assert wake.waits == []


def test_the_same_failure_is_logged_once_until_it_is_over(
    cluster, controller, monkeypatch, caplog
):
    caplog.set_level("INFO", logger="elt")
    list_objects, failures = cluster.list_objects, [3]

    def fail_three_times(resource):
        if failures[0]:
            failures[0] -= 1
            raise ForbiddenError("Cannot list jobs: no", hint="Allow the verb list.")
        return list_objects(resource)

    monkeypatch.setattr(cluster, "list_objects", fail_three_times)

    controller.run(Wake(), Stop(rounds=4))

    said = [r.getMessage() for r in caplog.records if r.name.endswith("controller")]
    assert said == ["failed pass", "recovered"]
