"""Controllers of a release on a fake cluster, pass by pass."""

from fake_cluster import FakeCluster

from elt.control.controller import Controller
from elt.control.keys import Names
from elt.control.metrics import Metrics
from elt.control.observed import Rules
from elt.control.serving import Health

REPLICATED = {
    "level": "info",
    "message": "finished run",
    "run": 7,
    "streams": 8,
    "failed": 0,
    "read": 69006,
    "changed": 12,
    "seconds": 0.52,
}
FAILED = {
    "level": "error",
    "message": "Cannot log in to the source as reader",
    "hint": "Check SOURCE_PASSWORD_FILE.",
    "exit_code": 78,
}


def install(*, init=True, dbt=True):
    """Return a cluster with a release that has just been installed."""
    cluster = FakeCluster()
    if init:
        cluster.add_job("elt-init", "init")
    cluster.add_cronjob("elt-replicator", "replicator", namespace="test")
    if dbt:
        cluster.add_cronjob("elt-dbt", "dbt", born_suspended=True, namespace="test")
    return cluster


def initialized():
    """Install a release and let its init Job be complete; return the cluster."""
    cluster = install()
    cluster.finish("elt-init")
    return cluster


def start(cluster, *, init="elt-init", metrics=None, **rules):
    """Return a controller of the release."""
    return Controller(
        cluster,
        Names(init_job=init),
        Rules(**rules),
        metrics=metrics or Metrics(),
        health=Health(),
    )


def settle(controller):
    """Make passes until nothing more is due at this moment; return the last pause."""
    while not (pause := controller.run_pass()):
        pass
    return pause
