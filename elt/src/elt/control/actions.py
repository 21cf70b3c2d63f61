"""What the controller may do, each as a record that names all it needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from elt.control.observed import CronJob, Job


@dataclass(frozen=True, kw_only=True, slots=True)
class StampReplicator:
    """Make Job elt-replicator from the template."""

    template: CronJob
    run_id: str
    demands: tuple[Job, ...] = ()
    attempt: int = 1
    is_wish: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class StampDbt:
    """Make a suspended dbt Job from CronJob elt-dbt: a demand."""

    cronjob: CronJob
    name: str
    is_wish: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class DeleteJob:
    """Delete a finished replicator Job, whose name the next one needs."""

    job: Job


@dataclass(frozen=True, kw_only=True, slots=True)
class Release:
    """Let a suspended dbt Job run."""

    job: Job
    replication: Job
    run_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class GiveUp:
    """Delete a suspended dbt Job that waited too long for its replication."""

    job: Job
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ClearRunNow:
    """Remove the annotation by which a person wished for a Job: it was obeyed."""

    cronjob: CronJob
    value: str


Action = StampReplicator | StampDbt | DeleteJob | Release | GiveUp | ClearRunNow


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """What to do now, why, and when time alone would change the answer."""

    summary: str
    actions: tuple[Action, ...] = ()
    again_at: datetime | None = None
