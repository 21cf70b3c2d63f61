"""Decides what must end before anything else may start: one thing at a time."""

from __future__ import annotations

from datetime import datetime, timedelta

from elt.control.keys import Component
from elt.control.observed import Job, Observed, Pod

#: A pod that mounts a Secret which is not there waits without giving a reason, and what
#: keeps a pod from being made is told in Events alone, which are not for us to read.
_SLOW_START = timedelta(seconds=60)


def is_initialized(observed: Observed) -> bool:
    """Tell whether the source has what is replicated from it.

    An init Job that was complete counts also when somebody has deleted it since, as
    those who clean up do with all that are.
    """
    name = observed.names.init_job
    if name is None:
        return True
    job = observed.job_named(name)
    return observed.completed_init == name if job is None else job.is_complete


def running_work(observed: Observed) -> tuple[Job, ...]:
    """Return the Jobs that run or are about to."""
    replicators = (
        job
        for job in observed.jobs_of(Component.REPLICATOR)
        if not job.is_finished and (job.is_terminating or not job.is_suspended)
    )
    builds = (
        job
        for job in observed.jobs_of(Component.DBT)
        if not job.is_finished and not job.is_suspended
    )
    return (*replicators, *builds)


def stalled_work(observed: Observed) -> tuple[str, ...]:
    """Return what stands in the way and may never end by itself.

    That is a replicator Job which a person suspended, and a pod which outlives its
    Job and may still be writing.
    """
    suspended = (
        f"Job {job.name}, which is suspended,"
        for job in observed.jobs_of(Component.REPLICATOR)
        if job.is_suspended and not job.is_finished and not job.is_terminating
    )
    uids = {job.uid for job in observed.jobs}
    orphans = (
        f"Pod {pod.name}, whose Job is gone,"
        for pod in observed.pods
        if pod.component is not Component.INIT
        and not pod.is_finished
        and pod.job_uid
        and pod.job_uid not in uids
    )
    return (*suspended, *orphans)


def is_starting(observed: Observed, job: Job) -> bool:
    """Tell whether a Job should run, but none of its pods does."""
    if job.is_finished or job.is_suspended:
        return False
    return all(pod.is_pending for pod in observed.pods_of(job))


def starts_slowly(pod: Pod, now: datetime) -> bool:
    """Tell whether a pod was made more than a minute ago, and has not started."""
    return pod.is_pending and now - pod.created_at > _SLOW_START


def lacks_pod(observed: Observed, job: Job, now: datetime) -> bool:
    """Tell whether a Job was to run for more than a minute, and has no pod."""
    if job.is_finished or job.is_suspended or job.started_at is None:
        return False
    return now - job.started_at > _SLOW_START and not observed.pods_of(job)
