"""What a controller tells in events, on the status page and in metrics."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from controllers import FAILED, REPLICATED, settle, start

from elt.control.failures import ForbiddenError, UnreachableError
from elt.control.keys import Resource
from elt.control.metrics import Metrics

# ------------------------------------------------------------------------------- events


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


# ---------------------------------------------------------------------- the status page


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


# ------------------------------------------------------------------------------ metrics


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


def test_metrics_say_since_when_there_could_have_been_a_replication(cluster):
    metrics = Metrics()
    made = cluster.objects[Resource.CRONJOBS]["elt-replicator"]["metadata"]
    made["creationTimestamp"] = "2026-03-01T12:00:00Z"

    start(cluster, metrics=metrics).run_pass()

    name = "elt_release_installed_timestamp_seconds"
    told = metrics.registry.get_sample_value(name)
    assert told == datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp()


def test_metrics_say_how_long_a_demand_waits(cluster):
    metrics = Metrics()
    controller = start(cluster, metrics=metrics)
    settle(controller)
    cluster.pass_time(45)

    settle(controller)

    assert "elt_demand_age_seconds 45.0" in metrics.render().decode()
