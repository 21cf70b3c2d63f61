"""What the release costs while it is idle, and how fast the controller reacts.

Figures depend on the machine, so they are printed; only what cannot depend on it is
asserted.
"""

import re
import time
from statistics import median

from watching import reactions

IDLE_SECONDS = 60
DATABASES = ("source", "destination")
_UNITS = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30}


def test_idle_controller_asks_seldom(story, figures):
    """At most twenty requests a minute, which is what a machine at rest has to bear."""
    before, begun = requests(story), time.monotonic()
    time.sleep(IDLE_SECONDS)
    asked = requests(story) - before
    minutes = (time.monotonic() - begun) / 60

    figures["API requests a minute, idle"] = f"{asked / minutes:.1f}"
    assert asked / minutes <= 20


def requests(release):
    """Return how many requests the controller has made."""
    return sum(
        value
        for name, value in release.metrics().items()
        if name.startswith("elt_controller_api_requests_total")
    )


def test_memory_of_the_controller_is_printed(story, figures):
    status = story.namespace.kubectl(
        "exec", "deployment/elt-controller", "--", "cat", "/proc/1/status"
    )
    (kibibytes,) = re.findall(r"^VmRSS:\s+(\d+) kB$", status, re.MULTILINE)

    figures["memory of the controller"] = f"{int(kibibytes) / 1024:.0f} MiB"


def test_idle_release_requests_little(story, figures):
    """Without databases: what the scheduler keeps free while nothing is to be done."""
    pods = [
        pod
        for pod in story.namespace.items("pods", "app.kubernetes.io/name=elt")
        if pod["status"]["phase"] == "Running"
        and pod["metadata"]["labels"]["app.kubernetes.io/component"] not in DATABASES
    ]
    requested = [
        container["resources"]["requests"]
        for pod in pods
        for container in pod["spec"]["containers"]
    ]
    cpu = sum(millicores(request["cpu"]) for request in requested)
    memory = sum(mebibytes(request["memory"]) for request in requested)

    figures["CPU requests of the idle release"] = f"{cpu} m"
    figures["memory requests of the idle release"] = f"{memory} Mi"
    assert cpu <= 50
    assert memory <= 96


def millicores(text):
    return int(text[:-1]) if text.endswith("m") else int(float(text) * 1000)


def mebibytes(text):
    return int(text[:-2]) * _UNITS[text[-2:]] // 2**20


def test_reaction_times_are_printed(story, seen_jobs, figures):
    """From the end of each replication of the story to the release of its build."""
    times = reactions(seen_jobs, "elt-replicator")

    assert times
    figures["reactions seen"] = len(times)
    figures["reaction, median"] = f"{median(times) * 1000:.0f} ms"
    figures["reaction, longest"] = f"{max(times) * 1000:.0f} ms"
