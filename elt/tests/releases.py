"""Builders of what the controller observes, which show only what matters to a test."""

from datetime import timedelta

from fake_cluster import NOON

from elt.control.keys import Component, Names
from elt.control.observed import CronJob, Job, Observed, Outcome, Pod, Rules

#: The name of the init Job, where a release has one.
INIT = "elt-init-12345678"


def at(seconds=0):
    """Return a time, counted from noon."""
    return NOON + timedelta(seconds=seconds)


def make_job(name="elt-replicator", component=Component.REPLICATOR, **fields):
    """Return a Job; `created`, `started`, `finished` are seconds from noon.

    `annotations` may leave out the prefix of the keys: `{"for": "a,b"}`.
    """
    times = {
        f"{key}_at": at(fields.pop(key))
        for key in ("created", "started", "finished")
        if key in fields
    }
    annotations = {
        f"elt/{key}": value for key, value in fields.pop("annotations", {}).items()
    }
    defaults = {
        "uid": f"uid-of-{name}",
        "created_at": at(),
        "annotations": annotations or None,
    }
    return Job(name=name, component=component, **(defaults | times | fields))


def init_job(**fields):
    """Return the init Job of a release that has one."""
    return make_job(INIT, Component.INIT, **fields)


def make_replication(name="elt-replicator", **fields):
    """Return a replicator Job as the controller stamps it."""
    annotations = {
        "run-id": "20260301-120000-abcde",
        "for": "uid-of-elt-dbt-1",
        "attempt": "1",
        "template-generation": "1",
    }
    annotations |= fields.pop("annotations", {})
    return make_job(name, annotations=annotations, **fields)


def complete(make=make_replication, **fields):
    defaults = {"created": 0, "started": 1, "finished": 10}
    return make(outcome=Outcome.COMPLETE, **(defaults | fields))


def failed(make=make_replication, **fields):
    defaults = {"created": 0, "started": 1, "finished": 10}
    defaults["failure_reason"] = "BackoffLimitExceeded"
    return make(outcome=Outcome.FAILED, **(defaults | fields))


def failed_for_good(make=make_replication, **fields):
    return failed(make, failure_reason="PodFailurePolicy", **fields)


def make_demand(name="elt-dbt-1", **fields):
    """Return a dbt Job that waits."""
    return make_job(name, Component.DBT, is_suspended=True, **fields)


def make_build(name="elt-dbt-1", **fields):
    """Return a dbt Job that was released."""
    annotations = {"run-id": "20260301-120000-abcde"}
    return make_job(name, Component.DBT, annotations=annotations, **fields)


def make_cronjob(name="elt-replicator", **fields):
    defaults = {
        "uid": f"uid-of-{name}",
        "created_at": at(-3600),
        "resource_version": "7",
        "generation": "1",
        "schedule": "0 * * * *",
    }
    return CronJob(name=name, **(defaults | fields))


def make_pod(name="elt-replicator-abc", job="elt-replicator", **fields):
    defaults = {
        "job_uid": f"uid-of-{job}",
        "component": Component.REPLICATOR,
        "created_at": at(),
    }
    return Pod(name=name, **(defaults | fields))


def make_observed(*jobs, **fields):
    """Return a release with both CronJobs, whose schedule has begun."""
    names = Names(init_job=fields.pop("init_job", None))
    rules = Rules(**{k: fields.pop(k) for k in list(fields) if k in Rules.__slots__})
    defaults = {
        "template": make_cronjob(),
        "dbt": make_cronjob("elt-dbt", last_scheduled_at=at(-3600)),
    }
    return Observed(names=names, rules=rules, jobs=jobs, **(defaults | fields))


def kinds(decision):
    """Return the types of what was decided."""
    return [type(action) for action in decision.actions]
