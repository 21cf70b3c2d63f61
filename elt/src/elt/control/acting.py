"""Does what was decided: one guarded request for each action, and a line in the log."""

from __future__ import annotations

from typing import Protocol

from elt import logs
from elt.control.actions import (
    Action,
    ClearRunNow,
    DeleteJob,
    GiveUp,
    Release,
    StampDbt,
    StampReplicator,
)
from elt.control.keys import Names
from elt.control.manifests import clear_patch, dbt_job, release_patch, replicator_job

log = logs.logger(__name__)

Document = dict[str, object]


class Jobs(Protocol):
    """The requests that actions need."""

    def create_job(self, manifest: Document) -> None:
        """Create a Job; ConflictError when there is one of its name."""

    def delete_job(self, name: str, uid: str, version: str | None = None) -> None:
        """Delete a Job if it is still this one, and still as it was in this version."""

    def patch_job(self, name: str, patch: list[Document]) -> None:
        """Change a Job; ConflictError when a test of the patch does not hold."""

    def patch_cronjob(self, name: str, patch: list[Document]) -> None:
        """Change a CronJob; ConflictError when a test of the patch does not hold."""


def act(jobs: Jobs, action: Action, names: Names) -> None:
    """Do one thing; the guards are UIDs and versions, so a late action does nothing."""
    match action:
        case StampReplicator():
            jobs.create_job(replicator_job(action, names))
            log.info(
                "stamped job",
                job=names.replicator,
                run=action.run_id,
                attempt=action.attempt,
                demands=len(action.demands),
            )
        case StampDbt():
            jobs.create_job(dbt_job(action, names))
            log.info("stamped job", job=action.name)
        case DeleteJob(job=job):
            jobs.delete_job(job.name, job.uid)
            log.info("deleted job", job=job.name)
        case Release(job=job):
            jobs.patch_job(job.name, release_patch(action))
            log.info("released job", job=job.name, run=action.run_id)
        case GiveUp(job=job):
            jobs.delete_job(job.name, job.uid, job.resource_version)
            log.warning("gave up job", job=job.name, reason=action.why)
        case ClearRunNow(cronjob=cronjob):
            jobs.patch_cronjob(cronjob.name, clear_patch(action))
            log.debug("cleared run-now", cronjob=cronjob.name, value=action.value)
