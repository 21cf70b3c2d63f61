"""Reads the API server's JSON into records; a field that is missing breaks nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from elt.control import keys
from elt.control.fields import Manifest, flag, items, mapping, number, text, texts
from elt.control.keys import CONTAINERS, Component, Names
from elt.control.moments import parse_moment
from elt.control.observed import (
    CronJob,
    Job,
    Observed,
    Outcome,
    Pod,
    Rules,
    Termination,
    Waiting,
)

_EPOCH = datetime.fromtimestamp(0, UTC)
#: Reasons that say no more than an exit code does.
_PLAIN_ENDINGS = {"Completed", "Error"}
#: Reasons of a container that is only on its way.
_ON_ITS_WAY = {"", "ContainerCreating", "PodInitializing"}


def observe(
    *,
    jobs: Iterable[Manifest],
    cronjobs: Iterable[Manifest],
    pods: Iterable[Manifest],
    names: Names,
    rules: Rules,
) -> Observed:
    """Return what three lists show of a release."""
    by_name = {cronjob.name: cronjob for cronjob in map(read_cronjob, cronjobs)}
    return Observed(
        names=names,
        rules=rules,
        jobs=tuple(filter(None, map(read_job, jobs))),
        template=by_name.get(names.replicator),
        dbt=by_name.get(names.dbt),
        pods=tuple(filter(None, map(read_pod, pods))),
    )


def read_job(manifest: Manifest) -> Job | None:
    """Return a Job, None for one that is no part of the chain."""
    component = _component(manifest)
    if component is None:
        return None
    outcome, condition = _ending(manifest)
    finished_at = parse_moment(text(manifest, "status", "completionTime"))
    if outcome is not None and finished_at is None:
        finished_at = parse_moment(text(condition, "lastTransitionTime"))
    return Job(
        name=text(manifest, "metadata", "name"),
        uid=text(manifest, "metadata", "uid"),
        component=component,
        created_at=_created_at(manifest),
        resource_version=text(manifest, "metadata", "resourceVersion"),
        started_at=parse_moment(text(manifest, "status", "startTime")),
        finished_at=finished_at,
        outcome=outcome,
        failure_reason=text(condition, "reason") if outcome is Outcome.FAILED else "",
        failure_message=text(condition, "message") if outcome is Outcome.FAILED else "",
        is_suspended=flag(manifest, "spec", "suspend"),
        is_terminating=bool(text(manifest, "metadata", "deletionTimestamp")),
        annotations=texts(manifest, "metadata", "annotations"),
        template_annotations=texts(
            manifest, "spec", "template", "metadata", "annotations"
        ),
    )


def read_cronjob(manifest: Manifest) -> CronJob:
    """Return a CronJob, with the manifest that Jobs are cloned from."""
    annotations = texts(manifest, "metadata", "annotations") or {}
    return CronJob(
        name=text(manifest, "metadata", "name"),
        uid=text(manifest, "metadata", "uid"),
        created_at=_created_at(manifest),
        resource_version=text(manifest, "metadata", "resourceVersion"),
        generation=str(number(manifest, "metadata", "generation") or ""),
        schedule=text(manifest, "spec", "schedule"),
        is_suspended=flag(manifest, "spec", "suspend"),
        last_scheduled_at=parse_moment(text(manifest, "status", "lastScheduleTime")),
        run_now=annotations.get(keys.RUN_NOW),
        manifest=manifest,
    )


def read_pod(manifest: Manifest) -> Pod | None:
    """Return a pod, None for one that is no part of the chain."""
    component = _component(manifest)
    if component is None:
        return None
    phase = text(manifest, "status", "phase")
    return Pod(
        name=text(manifest, "metadata", "name"),
        job_uid=_job_uid(manifest),
        component=component,
        created_at=_created_at(manifest),
        is_pending=phase in {"", "Pending"},
        is_finished=phase in {"Succeeded", "Failed"},
        waiting=_waiting(manifest),
        termination=_termination(manifest, CONTAINERS[component]),
        mounts=_mounts(manifest),
    )


def _component(manifest: Manifest) -> Component | None:
    label = mapping(manifest, "metadata", "labels").get(keys.COMPONENT_LABEL)
    return next((component for component in Component if component == label), None)


def _created_at(manifest: Manifest) -> datetime:
    return parse_moment(text(manifest, "metadata", "creationTimestamp")) or _EPOCH


def _ending(manifest: Manifest) -> tuple[Outcome | None, Manifest]:
    """Return how a Job ended, and the condition that says so."""
    outcomes = {"Complete": Outcome.COMPLETE, "Failed": Outcome.FAILED}
    for condition in items(manifest, "status", "conditions"):
        outcome = outcomes.get(text(condition, "type"))
        if outcome is not None and text(condition, "status") == "True":
            return outcome, condition
    return None, {}


def _job_uid(manifest: Manifest) -> str:
    owners = items(manifest, "metadata", "ownerReferences")
    jobs = [text(owner, "uid") for owner in owners if text(owner, "kind") == "Job"]
    # A pod whose Job was deleted with --cascade=orphan has only the label.
    label = text(manifest, "metadata", "labels", "batch.kubernetes.io/controller-uid")
    return jobs[0] if jobs else label


def _statuses(manifest: Manifest) -> list[Manifest]:
    return [
        *items(manifest, "status", "initContainerStatuses"),
        *items(manifest, "status", "containerStatuses"),
    ]


def _waiting(manifest: Manifest) -> Waiting | None:
    """Return why a pod cannot start, in the words of the kubelet or the scheduler."""
    for status in _statuses(manifest):
        waiting = mapping(status, "state", "waiting")
        if text(waiting, "reason") not in _ON_ITS_WAY:
            message = text(waiting, "message")
            return Waiting(reason=text(waiting, "reason"), message=message)
    for condition in items(manifest, "status", "conditions"):
        if text(condition, "reason") == "Unschedulable":
            return Waiting(reason="Unschedulable", message=text(condition, "message"))
    return None


def _termination(manifest: Manifest, container: str) -> Termination | None:
    """Return how the container of that name ended; without one, the first that did."""
    ended = {
        text(status, "name"): mapping(status, "state", "terminated")
        for status in reversed(_statuses(manifest))
        if mapping(status, "state", "terminated")
    }
    if not ended:
        return None
    terminated = ended.get(container) or list(ended.values())[-1]
    reason = text(terminated, "reason")
    return Termination(
        exit_code=number(terminated, "exitCode") or 0,
        message=text(terminated, "message"),
        reason="" if reason in _PLAIN_ENDINGS else reason,
        finished_at=parse_moment(text(terminated, "finishedAt")),
    )


def _mounts(manifest: Manifest) -> tuple[str, ...]:
    """Name what a pod mounts and cannot start without."""
    names = []
    for volume in items(manifest, "spec", "volumes"):
        sources = [volume, *items(volume, "projected", "sources")]
        for source in sources:
            for kind, field, name in (
                ("Secret", "secret", "secretName"),
                ("Secret", "secret", "name"),
                ("ConfigMap", "configMap", "name"),
            ):
                found = text(source, field, name)
                if found and not flag(source, field, "optional"):
                    names.append(f"{kind} {found}")
    return tuple(names)
