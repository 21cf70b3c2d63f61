"""The words that the chart and the controller share: names, labels, annotations."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum

#: Who we are, to the API server: manager of fields, reporter of Events.
CONTROLLER = "elt-controller"

INSTANCE_LABEL = "app.kubernetes.io/instance"
COMPONENT_LABEL = "app.kubernetes.io/component"
MANAGED_BY_LABEL = "app.kubernetes.io/managed-by"

#: One per replication; copied to the dbt Jobs that it releases.
RUN_ID = "elt/run-id"
#: On a stamped replicator Job: UIDs of the demands that were there when it was stamped.
FOR = "elt/for"
#: On a stamped replicator Job: how often these demands were tried by now.
ATTEMPT = "elt/attempt"
#: On a stamped replicator Job: generation of the CronJob it was stamped from.
TEMPLATE_GENERATION = "elt/template-generation"
#: On a CronJob: a person's wish for a Job now. On the Job that was stamped for it: the
#: resourceVersion of the CronJob, by which the same wish is known again.
RUN_NOW = "elt/run-now"
#: As kubectl marks the Jobs that it makes from a CronJob.
INSTANTIATE = "cronjob.kubernetes.io/instantiate"

#: Kubernetes copies the name of a Job into a label of its pods.
_LONGEST_JOB_NAME = 63


class Component(StrEnum):
    """Which part of the chain a Job is, by its label."""

    INIT = "init"
    REPLICATOR = "replicator"
    DBT = "dbt"


class Resource(StrEnum):
    """What the controller reads and writes, as a Role names it."""

    JOBS = "jobs"
    CRONJOBS = "cronjobs"
    PODS = "pods"
    CONFIGMAPS = "configmaps"
    EVENTS = "events"


#: The container that does the work; others may have been injected beside it.
CONTAINERS = {
    Component.INIT: "seeder",
    Component.REPLICATOR: "replicator",
    Component.DBT: "dbt",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Names:
    """The names of a release's objects."""

    release: str = "elt"
    fullname: str = "elt"
    init_job: str | None = None

    @property
    def replicator(self) -> str:
        """Name of the CronJob that is the template, and of the Job stamped from it."""
        return f"{self.fullname}-replicator"

    @property
    def dbt(self) -> str:
        """Name of the CronJob whose Jobs are born suspended."""
        return f"{self.fullname}-dbt"

    @property
    def status(self) -> str:
        """Name of the ConfigMap that says what is happening."""
        return f"{self.fullname}-status"

    @property
    def selector(self) -> str:
        """Labels by which Jobs, CronJobs and pods of the release are found."""
        components = ",".join(Component)
        return f"{INSTANCE_LABEL}={self.release},{COMPONENT_LABEL} in ({components})"


def job_name(cronjob: str, suffix: str) -> str:
    """Return the name of a Job stamped from a CronJob, cut to what Jobs may have."""
    kept = cronjob[: _LONGEST_JOB_NAME - len(suffix) - 1].rstrip("-.")
    return f"{kept}-{suffix}"


def short_hash(*parts: str) -> str:
    """Return five hexadecimal digits that depend on all parts."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:5]
