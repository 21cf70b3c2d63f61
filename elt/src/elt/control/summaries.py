"""Says in a sentence or two what is happening, why, and what comes next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from elt.control.keys import Component
from elt.control.moments import moment
from elt.control.observed import Job, Observed, names_of
from elt.control.obstacles import lacks_pod, starts_slowly
from elt.control.results import describe_failed_try, describe_result
from elt.control.retries import Attempt


def init_summary(observed: Observed, now: datetime) -> str:
    """Say why nothing starts before the init Job is complete."""
    name = observed.names.init_job
    job = observed.job_named(name or "")
    if job is None:
        state, detail = "does not exist", " helm upgrade brings it back."
    elif job.is_failed:
        state, detail = "failed", f" {describe_result(observed, job)}"
    else:
        state, detail = "is not complete yet", _stuck(observed, [job], now)
    return f"Job {name} {state}; nothing is replicated before it is complete.{detail}"


def running_summary(
    observed: Observed, running: Sequence[Job], demands: Sequence[Job], now: datetime
) -> str:
    """Say what runs, or cannot, and who waits for it."""
    verb = "is" if len(running) == 1 else "are"
    stuck = _stuck(observed, running, now)
    return f"{names_of(running)} {verb} running.{stuck}{waits(demands)}"


def stalled_summary(stalled: Sequence[str], demands: Sequence[Job]) -> str:
    """Say what stands in the way and may stay there."""
    return f"{' and '.join(stalled)} must end first.{waits(demands)}"


def failure_summary(
    observed: Observed, failed: Job, attempt: Attempt, demands: Sequence[Job]
) -> str:
    """Say why a replication failed, whether and when it is tried again."""
    if attempt.at is None:
        again = f"It is not tried again {until_when(demands)}: a retry cannot help"
    else:
        again = f"It is tried again at {moment(attempt.at)}"
    why = describe_result(observed, failed)
    return f"Job {failed.name} failed. {why} {again}.{waits(demands)}"


def until_when(demands: Sequence[Job]) -> str:
    """Return how long a replication rests that failed for good."""
    if not demands:
        return "before the next tick of the schedule"
    return "for the same demand"


def waits(demands: Sequence[Job]) -> str:
    """Return the sentence ` Job x waits.`, or nothing."""
    if not demands:
        return ""
    verb = "waits" if len(demands) == 1 else "wait"
    return f" {names_of(demands)} {verb} for a replication."


def idle_summary(observed: Observed) -> str:
    """Say how the last runs ended, and what starts the next one."""
    cronjob = observed.dbt or observed.template
    if cronjob is None:
        names = f"{observed.names.replicator} and no CronJob {observed.names.dbt}"
        return f"There is no CronJob {names}: is the release in this namespace?"
    last = [_last(observed, component) for component in Component]
    following = (
        f"CronJob {cronjob.name} is suspended: nothing starts by its schedule."
        if cronjob.is_suspended
        else f"Next comes CronJob {cronjob.name} on its schedule, {cronjob.schedule}."
    )
    return " ".join(filter(None, [*last, *_paused(observed), following]))


def _paused(observed: Observed) -> list[str]:
    return [
        f"Job {job.name} was suspended after its release, and is left alone."
        for job in observed.jobs_of(Component.DBT)
        if job.is_suspended and not job.is_finished and job.run_id is not None
    ]


def _last(observed: Observed, component: Component) -> str:
    finished = [job for job in observed.jobs_of(component) if job.is_finished]
    if component is Component.INIT or not finished:
        return ""
    last = max(finished, key=lambda job: job.finished_at or job.created_at)
    when = moment(last.finished_at or last.created_at)
    if last.is_complete:
        return f"Job {last.name} was complete at {when}."
    return f"Job {last.name} failed at {when}. {describe_result(observed, last)}"


def _stuck(observed: Observed, jobs: Sequence[Job], now: datetime) -> str:
    """Say of Jobs that should run what keeps their pods from it, or nothing."""
    said = (sentence for job in jobs for sentence in _obstacles(observed, job, now))
    return "".join(f" {sentence}" for sentence in said)


def _obstacles(observed: Observed, job: Job, now: datetime) -> Iterator[str]:
    if failure := describe_failed_try(observed, job):
        yield f"A pod of Job {job.name} failed. {failure}"
    if lacks_pod(observed, job, now):
        yield f"Job {job.name} has no pod: kubectl describe job {job.name} says why."
    for pod in observed.pods_of(job):
        if pod.waiting is not None:
            yield f"Pod {pod.name} cannot start: {pod.waiting.reason}."
        elif starts_slowly(pod, now):
            yield f"Pod {pod.name} has not started for more than a minute."
