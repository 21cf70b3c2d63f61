"""A release of the chart: what people do with helm and kubectl, and its databases."""

import csv
import json
import shlex
from dataclasses import dataclass, field
from itertools import count

import pytest
from commands import run
from namespace import Namespace, ending
from waiting import wait_until

CHART = "charts/elt"
#: Once a year: no test meets a tick that it did not ask for.
NEVER = "0 0 1 1 *"
VALUES = {
    "image.tag": "dev",
    "schedule": NEVER,
    # Several releases have to fit onto one node.
    "source.resources.requests.cpu": "10m",
    "destination.resources.requests.cpu": "10m",
}
#: Both versions of Helm that the chart is made for.
BOTH_HELMS = pytest.mark.parametrize(
    "helm", ["helm", "helm3"], ids=["Helm 4", "Helm 3"]
)
#: How long a replication and a build may take on a busy machine.
RUN_SECONDS = 240
_INSTALL_SECONDS = 300
_READ_METRICS = (
    "from urllib.request import urlopen;"
    "print(urlopen('http://127.0.0.1:8080/metrics').read().decode())"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Release:
    """One release in a namespace of its own, driven by one version of Helm."""

    namespace: Namespace
    helm: str = "helm"
    name: str = "elt"
    #: What every install and upgrade is given, by dotted paths.
    values: dict = field(default_factory=dict)
    _numbers: count = field(default_factory=lambda: count(1))

    # ------------------------------------------------------------------------ helm

    def run_helm(self, verb, *arguments, seconds=_INSTALL_SECONDS):
        return run(
            self.helm,
            verb,
            "--namespace",
            self.namespace.name,
            *arguments,
            seconds=seconds,
        )

    def make_install(self):
        """Install with `make install`, as a developer does."""
        arguments = shlex.join(value_arguments(self.values))
        run(
            "make",
            "install",
            f"NAMESPACE={self.namespace.name}",
            f"ARGS={arguments}",
            seconds=_INSTALL_SECONDS,
        )

    def install(self, values=None):
        return self._apply("install", values)

    def upgrade(self, values=None):
        return self._apply("upgrade", values)

    def _apply(self, verb, values):
        arguments = value_arguments(self.values | (values or {}))
        return self.run_helm(
            verb, self.name, CHART, "--wait", "--timeout", "4m", *arguments
        )

    # ------------------------------------------------------------------------ Jobs

    def jobs(self, component):
        """Return the Jobs of a component, oldest first."""
        return self.namespace.items(
            "jobs",
            f"app.kubernetes.io/instance={self.name},"
            f"app.kubernetes.io/component={component}",
        )

    def init_job(self):
        (job,) = self.jobs("init")
        return job

    def job(self, name):
        return self.namespace.get("job", name)

    def demand(self):
        """Ask for a build by hand, as the NOTES say, and return the Job's name."""
        name = f"by-hand-{next(self._numbers)}"
        self.namespace.kubectl("create", "job", "--from=cronjob/elt-dbt", name)
        return name

    def wish(self, cronjob):
        """Ask by annotation for what a CronJob makes."""
        self.namespace.kubectl(
            "annotate", f"cronjob/{cronjob}", f"elt/run-now=wish-{next(self._numbers)}"
        )

    def replicate(self):
        """Replicate without a build, and wait for the end."""
        before = self.replicator_uid()
        self.wish("elt-replicator")
        self.wait_for_replicator(other_than=before)
        self.wait_for_success("elt-replicator")

    def wait_for_end(self, name, seconds=RUN_SECONDS):
        """Wait until a Job has ended, and return it."""

        def ended():
            job = self.job(name)
            return job if ending(job) else None

        return wait_until(ended, f"the end of Job {name}", seconds)

    def wait_for_success(self, name, seconds=RUN_SECONDS):
        """Wait until a Job is complete, and return it."""
        job = self.wait_for_end(name, seconds)
        assert ending(job) == "Complete", job["status"]
        return job

    def wait_for_replicator(self, other_than=""):
        """Wait until a replicator Job other than that of this uid was stamped."""

        def stamped():
            job = self.job("elt-replicator")
            uid = job["metadata"]["uid"]
            is_new = uid != other_than and "deletionTimestamp" not in job["metadata"]
            return job if is_new else None

        return wait_until(stamped, "a new Job elt-replicator")

    def replicator_uid(self):
        return self.job("elt-replicator")["metadata"]["uid"]

    def is_suspended(self, name):
        return self.job(name)["spec"]["suspend"]

    def wait_until_released(self, name):
        wait_until(lambda: not self.is_suspended(name), f"the release of Job {name}")

    # ------------------------------------------------------------------------ pods

    def controller(self):
        """Return the controller's pod, as soon as there is just one that is ready."""
        selector = "app.kubernetes.io/component=controller"

        def ready():
            pods = self.namespace.items("pods", selector)
            return pods[0] if len(pods) == 1 and is_ready(pods[0]) else None

        return wait_until(ready, "one ready pod of the controller")

    def metrics(self):
        """Return the controller's metrics, by name and labels as they are written."""
        text = self.namespace.kubectl(
            "exec", "deployment/elt-controller", "--", "python3", "-c", _READ_METRICS
        )
        lines = (line for line in text.splitlines() if not line.startswith("#"))
        pairs = (line.rsplit(" ", 1) for line in lines if line)
        return {name: float(value) for name, value in pairs}

    def summary(self):
        """Return what ConfigMap elt-status says."""
        status = self.namespace.get("configmap", "elt-status")
        return status.get("data", {}).get("summary", "")

    # ------------------------------------------------------------------- databases

    def source(self, statement):
        return self._sql("elt-source-0", "source_db", statement)

    def destination(self, statement, database="destination_db"):
        return self._sql("elt-destination-0", database, statement)

    def _sql(self, pod, database, statement):
        """Run SQL in a database's pod and return its rows, as texts."""
        output = self.namespace.kubectl(
            "exec",
            pod,
            "--",
            "psql",
            "--no-psqlrc",
            "--quiet",
            "--csv",
            "--tuples-only",
            "--set=ON_ERROR_STOP=1",
            "--username=elt",
            f"--dbname={database}",
            "--command",
            statement,
        )
        return [tuple(row) for row in csv.reader(output.splitlines())]

    def wait_for_films(self):
        """Wait until the mart has rows; return how many."""

        def rows():
            ((number,),) = self.destination("select count(*) from film_ratings")
            return int(number)

        return wait_until(rows, "rows in film_ratings", RUN_SECONDS)

    def published_runs(self):
        """Return how many sync runs have published."""
        ((number,),) = self.destination(
            "select count(*) from elt.sync_runs where status = 'published'"
        )
        return int(number)


def is_ready(pod):
    """Return whether a pod is there to stay and serves."""
    conditions = pod.get("status", {}).get("conditions", [])
    ready = any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)
    return ready and "deletionTimestamp" not in pod["metadata"]


def value_arguments(values):
    """Return the arguments of helm for values that are named by dotted paths."""
    pairs = (f"{path}={json.dumps(value)}" for path, value in (VALUES | values).items())
    return [argument for pair in pairs for argument in ("--set-json", pair)]
