"""Says what the controller sees and would do: `elt control --once --dry-run`."""

from __future__ import annotations

from datetime import datetime

from elt.control.actions import (
    Action,
    ClearRunNow,
    Decision,
    DeleteJob,
    GiveUp,
    Release,
    StampDbt,
    StampReplicator,
)
from elt.control.keys import RUN_NOW
from elt.control.moments import moment
from elt.control.observed import CronJob, Job, Observed, names_of


def format_plan(observed: Observed, decision: Decision, now: datetime) -> str:
    """Return what is there, what would be done, and why."""
    would = [f"Would {describe(action)}." for action in decision.actions]
    if not would and decision.again_at is not None:
        would = [f"Would do nothing before {moment(decision.again_at)}."]
    return "\n".join(
        [
            f"Release {observed.names.release} at {moment(now)}",
            "",
            *_sights(observed),
            "",
            decision.summary,
            *(would or ["Would do nothing now."]),
        ]
    )


def describe(action: Action) -> str:
    """Return what an action does, as the rest of a sentence."""
    match action:
        case StampReplicator(template=template, demands=demands):
            cause = f" for {names_of(demands)}" if demands else ""
            return (
                f"stamp a replicator Job from CronJob {template.name}{cause},"
                f" as run {action.run_id}, attempt {action.attempt}"
            )
        case StampDbt(cronjob=cronjob, name=name):
            return f"stamp the suspended Job {name} from CronJob {cronjob.name}"
        case DeleteJob(job=job):
            return f"delete the finished Job {job.name}, whose name the next one needs"
        case Release(job=job, replication=replication):
            return f"release Job {job.name}, as Job {replication.name} is complete"
        case GiveUp(job=job, why=why):
            return f"delete the suspended Job {job.name}: {why}"
        case ClearRunNow(cronjob=cronjob):
            return f"remove {RUN_NOW} from CronJob {cronjob.name}, as it is obeyed"


def _sights(observed: Observed) -> list[str]:
    cronjobs = [
        _sight_of_cronjob(cronjob)
        for cronjob in (observed.template, observed.dbt)
        if cronjob is not None
    ]
    jobs = sorted(observed.jobs, key=lambda job: (job.created_at, job.name))
    return [*cronjobs, *map(_sight_of_job, jobs)] or ["Sees no Job and no CronJob."]


def _sight_of_cronjob(cronjob: CronJob) -> str:
    wish = f" with {RUN_NOW}={cronjob.run_now}" if cronjob.run_now is not None else ""
    return f"Sees CronJob {cronjob.name}, schedule {cronjob.schedule!r}{wish}."


def _sight_of_job(job: Job) -> str:
    if job.is_terminating:
        state = "being deleted"
    elif job.is_complete:
        state = f"complete since {moment(job.finished_at or job.created_at)}"
    elif job.is_failed:
        state = (
            f"failed since {moment(job.finished_at or job.created_at)}"
            f" ({job.failure_reason})"
        )
    elif job.is_suspended:
        state = f"suspended since {moment(job.created_at)}"
    else:
        state = f"running since {moment(job.started_at or job.created_at)}"
    return f"Sees Job {job.name}, {state}."
