"""When a controller looks again: after a pause, a bell, or a pass that failed."""

import threading
from datetime import timedelta

import pytest
from controllers import settle

from elt.control.failures import ConflictError, ForbiddenError, UnreachableError

# ------------------------------------------------------------------------------- pauses


def test_an_idle_controller_looks_once_a_minute(cluster, controller):
    settle(controller)
    cluster.finish("elt-replicator")
    settle(controller)
    cluster.finish("elt-dbt-first")

    assert settle(controller) == timedelta(seconds=60)


def test_a_pod_that_has_not_started_is_looked_at_soon(cluster, controller):
    settle(controller)
    cluster.add_pod(cluster.job("elt-replicator"), phase="Pending")

    assert settle(controller) == timedelta(seconds=5)


def test_a_running_pod_is_not_looked_at_soon(cluster, controller):
    settle(controller)
    cluster.add_pod(cluster.job("elt-replicator"), phase="Running")

    assert settle(controller) == timedelta(seconds=60)


def test_a_deadline_that_is_due_this_second_is_waited_for(cluster, controller):
    settle(controller)
    cluster.finish("elt-replicator", "Failed", "PodFailurePolicy")
    cluster.pass_time(2999)

    assert settle(controller) == timedelta(seconds=1)


# ----------------------------------------------------------------------------- the loop


class Stop(threading.Event):
    """Stops the loop after some waits, instead of waiting."""

    def __init__(self, rounds):
        super().__init__()
        self.waits = []
        self._rounds = rounds

    def wait(self, timeout=None):
        self.waits.append(timeout)
        if len(self.waits) >= self._rounds:
            self.set()
        return self.is_set()


class Wake:
    def __init__(self):
        self.waits = []

    def wait(self, timeout):
        self.waits.append(timeout)

    def clear(self):
        pass


def test_the_loop_waits_for_the_bell_and_for_a_burst_to_end(cluster, controller):
    stop, wake = Stop(rounds=3), Wake()

    controller.run(wake, stop)

    assert wake.waits == [0, 0, 5]
    assert stop.waits == [0.2, 0.2, 0.2]


@pytest.mark.parametrize(
    "error",
    [
        ForbiddenError("Cannot list jobs: no"),
        UnreachableError("Cannot list jobs: no answer"),
        ConflictError("Cannot create jobs: it exists"),
        KeyError("a bug"),
    ],
    ids=["403", "no answer", "409", "a bug"],
)
def test_the_loop_waits_longer_and_longer_when_passes_fail(
    cluster, controller, monkeypatch, error
):
    def fail(_):
        raise error

    monkeypatch.setattr(cluster, "list_objects", fail)
    stop, wake = Stop(rounds=10), Wake()

    controller.run(wake, stop)

    longest = [0.5, 1, 2, 4, 8, 16, 30, 30, 30, 30]
    assert all(w <= most for w, most in zip(stop.waits, longest, strict=True))
    assert all(w >= most / 2 for w, most in zip(stop.waits, longest, strict=True))
    assert wake.waits == []


def test_the_same_failure_is_logged_once_until_it_is_over(
    cluster, controller, monkeypatch, caplog
):
    caplog.set_level("INFO", logger="elt")
    list_objects, failures = cluster.list_objects, [3]

    def fail_three_times(resource):
        if failures[0]:
            failures[0] -= 1
            raise ForbiddenError("Cannot list jobs: no", hint="Allow the verb list.")
        return list_objects(resource)

    monkeypatch.setattr(cluster, "list_objects", fail_three_times)

    controller.run(Wake(), Stop(rounds=4))

    said = [r.getMessage() for r in caplog.records if r.name.endswith("controller")]
    assert said == ["failed pass", "recovered"]
