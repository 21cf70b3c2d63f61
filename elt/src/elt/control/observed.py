"""What one pass sees of the cluster, as records that decisions are made from.

All times are the API server's, with whole seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from elt.control import keys
from elt.control.keys import Component, Names

#: The reason that the Job controller gives for exit codes that a retry cannot help.
_PERMANENT_REASON = "PodFailurePolicy"


class Outcome(StrEnum):
    """How a Job ended: which of its final conditions is true, never what it counts."""

    COMPLETE = "complete"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """A Job of the release."""

    name: str
    uid: str
    component: Component
    created_at: datetime
    resource_version: str = ""
    started_at: datetime | None = None
    finished_at: datetime | None = None
    outcome: Outcome | None = None
    failure_reason: str = ""
    failure_message: str = ""
    is_suspended: bool = False
    is_terminating: bool = False
    annotations: Mapping[str, str] | None = None
    template_annotations: Mapping[str, str] | None = None

    @property
    def is_complete(self) -> bool:
        """The Job did its work."""
        return self.outcome is Outcome.COMPLETE

    @property
    def is_failed(self) -> bool:
        """The Job gave up."""
        return self.outcome is Outcome.FAILED

    @property
    def is_finished(self) -> bool:
        """No pod of the Job will run any more."""
        return self.outcome is not None

    @property
    def is_permanently_failed(self) -> bool:
        """The Job failed with an exit code after which a retry cannot help."""
        return self.is_failed and self.failure_reason == _PERMANENT_REASON

    @property
    def run_id(self) -> str | None:
        """The replication that this is, or that released it; None before that."""
        return self._annotation(keys.RUN_ID)

    @property
    def demand_uids(self) -> frozenset[str]:
        """The demands that a replicator Job was stamped for."""
        return frozenset(filter(None, (self._annotation(keys.FOR) or "").split(",")))

    @property
    def attempt(self) -> int:
        """How often the demands of a replicator Job were tried, with this one."""
        text = self._annotation(keys.ATTEMPT) or ""
        return max(int(text), 1) if text.isdecimal() else 1

    @property
    def template_generation(self) -> str | None:
        """The generation of the template that a replicator Job was stamped from."""
        return self._annotation(keys.TEMPLATE_GENERATION)

    @property
    def wish(self) -> str | None:
        """The version of the CronJob whose `elt/run-now` this Job obeys."""
        return self._annotation(keys.RUN_NOW)

    def _annotation(self, key: str) -> str | None:
        return (self.annotations or {}).get(key)


@dataclass(frozen=True, kw_only=True, slots=True)
class CronJob:
    """A CronJob of the release, with the manifest that Jobs are cloned from.

    The manifest is the API server's own JSON: typed models would drop the fields they
    do not know.
    """

    name: str
    uid: str
    created_at: datetime
    resource_version: str = ""
    generation: str = ""
    schedule: str = ""
    is_suspended: bool = False
    last_scheduled_at: datetime | None = None
    run_now: str | None = None
    manifest: Mapping[str, object] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """Why a pod has not started, in the words of the kubelet or the scheduler."""

    reason: str
    message: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Termination:
    """How the container that does the work ended."""

    exit_code: int
    message: str
    #: What the kubelet calls it, such as `OOMKilled`; nothing where it just ended.
    reason: str = ""
    finished_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Pod:
    """A pod of one of the Jobs."""

    name: str
    job_uid: str
    component: Component
    created_at: datetime
    is_pending: bool = False
    is_finished: bool = False
    waiting: Waiting | None = None
    termination: Termination | None = None
    #: Secrets and ConfigMaps that the pod cannot start without.
    mounts: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """What a user may set about the order."""

    #: How long a demand waits for its replication before it is given up.
    start_deadline: timedelta = timedelta(seconds=3000)
    #: A replication at most this old is fresh for any demand; zero: it never is.
    max_staleness: timedelta = timedelta()


@dataclass(frozen=True, kw_only=True, slots=True)
class Observed:
    """The release, as one pass of the controller found it."""

    names: Names = field(default_factory=Names)
    rules: Rules = field(default_factory=Rules)
    jobs: tuple[Job, ...] = ()
    template: CronJob | None = None
    dbt: CronJob | None = None
    pods: tuple[Pod, ...] = ()
    #: The last init Job that was complete, as elt-status has it; it may be gone by now.
    completed_init: str | None = None

    def jobs_of(self, component: Component) -> tuple[Job, ...]:
        """Return the Jobs of a component, oldest first."""
        jobs = (job for job in self.jobs if job.component is component)
        return tuple(sorted(jobs, key=_age))

    def job_named(self, name: str | None) -> Job | None:
        """Return the Job of this name."""
        return next((job for job in self.jobs if job.name == name), None)

    def pods_of(self, job: Job) -> tuple[Pod, ...]:
        """Return the pods of a Job, oldest first."""
        pods = (pod for pod in self.pods if pod.job_uid == job.uid)
        return tuple(sorted(pods, key=_pod_age))


def names_of(jobs: Iterable[Job]) -> str:
    """Return `Job a` or `Jobs a, b`, for a sentence."""
    names = [job.name for job in jobs]
    return f"{'Job' if len(names) == 1 else 'Jobs'} {', '.join(names)}"


def _age(job: Job) -> tuple[datetime, str]:
    return job.created_at, job.name


def _pod_age(pod: Pod) -> tuple[datetime, str]:
    return pod.created_at, pod.name
