"""Finds what there is to tell of what was observed: the same at every pass."""

from __future__ import annotations

from collections.abc import Iterator
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
from elt.control.demands import never_replicated, waiting_demands
from elt.control.events import Note, Reason
from elt.control.failures import RefusedError
from elt.control.freshness import deadline_of, fresh_replication
from elt.control.keys import Component
from elt.control.moments import moment
from elt.control.observed import CronJob, Job, Observed, Pod, names_of
from elt.control.obstacles import lacks_pod, starts_slowly
from elt.control.results import describe_result
from elt.control.retries import has_changed, retry_time, was_tried
from elt.control.summaries import until_when


def find_notes(observed: Observed, now: datetime) -> list[Note]:
    """Return everything worth an Event, told before or not."""
    return [
        *_init_notes(observed),
        *_replicator_notes(observed),
        *_outlook_notes(observed),
        *_dbt_notes(observed, now),
        *_pod_notes(observed, now),
    ]


def give_up_notes(observed: Observed, decision: Decision) -> Iterator[Note]:
    """Tell of Jobs that are about to be deleted, and cannot be asked afterwards."""
    for action in decision.actions:
        if not isinstance(action, GiveUp):
            continue
        about: tuple[Job | CronJob | None, ...] = (action.job, observed.dbt)
        for subject in about:
            if subject is not None:
                yield Note(
                    about=subject,
                    reason=Reason.GAVE_UP,
                    sentence=f"Deleted the suspended Job {action.job.name}:"
                    f" {action.why}.",
                    at=deadline_of(observed, action.job),
                    detail=action.job.uid,
                    is_lasting=True,
                )


def refusal_note(action: Action, error: RefusedError) -> Note:
    """Tell of what the API server did not allow, on the object it is a copy of."""
    match action:
        case StampReplicator(template=cronjob) | StampDbt(cronjob=cronjob):
            about: Job | CronJob = cronjob
        case ClearRunNow(cronjob=cronjob):
            about = cronjob
        case DeleteJob(job=job) | Release(job=job) | GiveUp(job=job):
            about = job
    return Note(
        about=about,
        reason=Reason.REFUSED,
        sentence=f"{error.message}. {error.hint or ''}".rstrip(),
        at=about.created_at,
        detail=error.message,
        is_lasting=True,
    )


def _init_notes(observed: Observed) -> Iterator[Note]:
    job = observed.job_named(observed.names.init_job or "")
    if job is None or not job.is_finished:
        return
    reason = Reason.SEEDED if job.is_complete else Reason.INIT_FAILED
    yield _ending(observed, job, reason)


def _replicator_notes(observed: Observed) -> Iterator[Note]:
    for job in observed.jobs_of(Component.REPLICATOR):
        if job.run_id is not None:
            yield Note(
                about=job,
                reason=Reason.STAMPED,
                sentence=_stamped_sentence(observed, job),
                at=job.created_at,
            )
        if job.is_complete:
            yield _ending(observed, job, Reason.REPLICATED)
        if job.is_failed:
            yield from _failure_notes(observed, job, Reason.REPLICATION_FAILED)


def _dbt_notes(observed: Observed, now: datetime) -> Iterator[Note]:
    for demand in waiting_demands(observed):
        if fresh_replication(observed, demand, now) is not None:
            continue
        yield Note(
            about=demand,
            reason=Reason.WAITING_FOR_REPLICATION,
            sentence="Waits for a replication that starts after"
            f" {moment(demand.created_at)}; the controller releases it then.",
            at=demand.created_at,
        )
        if observed.template is None:
            yield Note(
                about=demand,
                reason=Reason.TEMPLATE_MISSING,
                sentence=f"There is no CronJob {observed.names.replicator} to stamp"
                " a replication from; helm upgrade brings it back.",
                at=demand.created_at,
                is_lasting=True,
            )
    for job in observed.jobs_of(Component.DBT):
        if job.run_id is not None and job.started_at is not None:
            yield Note(
                about=job,
                reason=Reason.RELEASED,
                sentence=f"Released, as replication {job.run_id} is complete.",
                at=job.started_at,
            )
        if job.is_complete:
            yield _ending(observed, job, Reason.DBT_SUCCEEDED)
        if job.is_failed:
            yield from _failure_notes(observed, job, Reason.DBT_FAILED)


def _failure_notes(observed: Observed, job: Job, reason: Reason) -> Iterator[Note]:
    """Tell of a failure on the Job, and on the CronJob that a person looks at."""
    note = _ending(observed, job, reason)
    yield note
    cronjob = observed.dbt or observed.template
    if cronjob is not None:
        yield Note(
            about=cronjob,
            reason=reason,
            sentence=f"Job {job.name} failed. {note.sentence}",
            at=note.at,
            detail=job.uid,
        )


def _outlook_notes(observed: Observed) -> Iterator[Note]:
    """Tell of a failed replication whether it is tried again, on all that wait."""
    failed = observed.job_named(observed.names.replicator)
    template = observed.template
    demands = waiting_demands(observed)
    if failed is None or template is None or not was_tried(failed, demands):
        return
    is_due = demands or never_replicated(observed)
    if not is_due or has_changed(template, failed):
        return
    reason = Reason.WILL_RETRY
    outlook = f"It is tried again at {moment(retry_time(failed))}."
    if failed.is_permanently_failed:
        reason = Reason.WILL_NOT_RETRY
        outlook = (
            f"A retry cannot help, so it is not tried again {until_when(demands)}."
            " When the cause is removed:"
            f" kubectl annotate cronjob {template.name} elt/run-now=now"
        )
    for job in (failed, *demands):
        yield Note(
            about=job,
            reason=reason,
            sentence=f"Job {failed.name} failed, attempt {failed.attempt}. {outlook}",
            at=failed.finished_at or failed.created_at,
            detail=failed.uid,
        )


def _pod_notes(observed: Observed, now: datetime) -> Iterator[Note]:
    for job in observed.jobs:
        if job.is_finished or job.is_suspended:
            continue
        if lacks_pod(observed, job, now):
            yield _podless_note(job)
        for pod in observed.pods_of(job):
            if pod.waiting is not None:
                said = f"{pod.waiting.reason}: {pod.waiting.message}".strip(": ")
                yield _pod_note(job, pod, f"Pod {pod.name} cannot start. {said}")
            elif starts_slowly(pod, now):
                yield _pod_note(job, pod, _slow_sentence(pod))


def _ending(observed: Observed, job: Job, reason: Reason) -> Note:
    return Note(
        about=job,
        reason=reason,
        sentence=describe_result(observed, job),
        at=job.finished_at or job.created_at,
    )


def _pod_note(job: Job, pod: Pod, sentence: str) -> Note:
    return Note(
        about=job,
        reason=Reason.POD_CANNOT_START,
        sentence=sentence,
        at=pod.created_at,
        detail=pod.waiting.reason if pod.waiting else "",
    )


def _podless_note(job: Job) -> Note:
    return Note(
        about=job,
        reason=Reason.POD_CANNOT_START,
        sentence=f"Job {job.name} started more than a minute ago and has no pod."
        f" kubectl describe job {job.name} says why: a quota or a policy, perhaps.",
        at=job.started_at or job.created_at,
    )


def _slow_sentence(pod: Pod) -> str:
    needs = f" It needs {', '.join(pod.mounts)}." if pod.mounts else ""
    return (
        f"Pod {pod.name} has not started for more than a minute.{needs}"
        f" kubectl describe pod {pod.name} says what it waits for."
    )


def _stamped_sentence(observed: Observed, job: Job) -> str:
    known = [other for other in observed.jobs if other.uid in job.demand_uids]
    if known:
        cause = f"for {names_of(known)}"
    elif job.demand_uids:
        cause = "for a dbt Job that is gone by now"
    elif job.wish is not None:
        cause = "as elt/run-now asked for it"
    else:
        cause = "as the first replication"
    name = observed.names.replicator
    return (
        f"Stamped from CronJob {name} {cause}; run {job.run_id}, attempt {job.attempt}."
    )
