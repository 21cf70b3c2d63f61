"""Processes of the cluster's one node, which is a container of the local engine."""

import os
from contextlib import contextmanager

from commands import run

_NODE = f"{os.environ.get('CLUSTER_NAME', 'elt')}-control-plane"
_BY_NAME = 'grep -lx "$1" /proc/[0-9]*/comm'
_BY_CONTAINER = 'grep -ls "$1" /proc/[0-9]*/cgroup'


@contextmanager
def paused_api_server():
    """Stop the API server as if it hung: connections stay, nothing answers."""
    processes = _processes(_BY_NAME, "kube-apiserver")
    _send("STOP", processes)
    try:
        yield
    finally:
        _send("CONT", processes)


def kill_container(pod):
    """Kill a pod's container without a warning, as the kernel does for memory."""
    (container,) = pod["status"]["containerStatuses"]
    _, identifier = container["containerID"].split("://")
    _send("KILL", _processes(_BY_CONTAINER, identifier))


def _processes(find, argument):
    """Return the ids of the processes that a script finds."""
    script = f"{find} 2>/dev/null || true"
    found = run("docker", "exec", _NODE, "sh", "-c", script, "sh", argument)
    processes = [path.split("/")[2] for path in found.split()]
    assert processes, f"no process of {argument} on {_NODE}"
    return processes


def _send(signal, processes):
    run("docker", "exec", _NODE, "kill", f"-{signal}", *processes)
