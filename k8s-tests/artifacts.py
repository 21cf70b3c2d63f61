"""All there is to know about a namespace, written to files when a test has failed."""

import re
from contextlib import suppress

from commands import ROOT, CommandError, run
from namespace import LABEL

FOLDER = ROOT / "artifacts"
_KINDS = (
    "all,configmaps,persistentvolumeclaims,serviceaccounts,roles,rolebindings,"
    "networkpolicies"
)


def collect(test):
    """Write logs, Events, objects and Helm's view of every namespace of the tests."""
    folder = FOLDER / re.sub(r"[^\w.-]+", "-", test)
    with suppress(CommandError):
        write(folder / "nodes.txt", "kubectl", "describe", "nodes")
        for name in namespaces():
            collect_namespace(folder / name, name)
    return folder


def collect_namespace(folder, name):
    kubectl = ("kubectl", "--namespace", name)
    write(folder / "objects.yaml", *kubectl, "get", _KINDS, "--output", "yaml")
    write(folder / "pods.txt", *kubectl, "describe", "pods,jobs,cronjobs")
    write(folder / "events.txt", *kubectl, "get", "events", "--sort-by=.lastTimestamp")
    write(folder / "status.yaml", *kubectl, "get", "configmap/elt-status", "-o", "yaml")
    write(folder / "helm.txt", "helm", "history", "elt", "--namespace", name)
    for pod in run(*kubectl, "get", "pods", "--output", "name").split():
        logs = (*kubectl, "logs", pod, "--all-containers", "--prefix", "--timestamps")
        file = pod.replace("/", "-")
        write(folder / f"{file}.log", *logs)
        write(folder / f"{file}-previous.log", *logs, "--previous")


def namespaces():
    """Return the names of the namespaces of the tests."""
    listed = run("kubectl", "get", "namespaces", f"--selector={LABEL}", "-o", "name")
    return [line.removeprefix("namespace/") for line in listed.split()]


def write(path, *command):
    """Keep what a program says; a failure is worth a line, too."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        output = run(*command)
    except CommandError as error:
        if "--previous" in command:
            return
        output = f"{error}\n"
    path.write_text(output)
