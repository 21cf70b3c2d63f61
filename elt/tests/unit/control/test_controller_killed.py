"""A controller that is killed at any request ends where the others do."""

import pytest
from controllers import install, settle, start


class Killed(BaseException):
    """The controller was killed."""


class Fragile:
    """A cluster whose client is killed before or after its n-th change."""

    def __init__(self, cluster, *, at, before):
        self._cluster = cluster
        self._left = at
        self._before = before

    def __getattr__(self, name):
        attribute = getattr(self._cluster, name)
        if not name.startswith(("create", "delete", "patch")):
            return attribute

        def call(*arguments):
            self._left -= 1
            if self._left == 0 and self._before:
                raise Killed
            result = attribute(*arguments)
            if self._left == 0:
                raise Killed
            return result

        return call


def run_chain(cluster, make_controller):
    """Bring a first build, a tick and a wish to their ends."""
    cluster.finish("elt-init")
    controller = make_controller()
    for happening in (
        lambda: None,
        cluster.tick,
        lambda: cluster.wish("elt-replicator"),
    ):
        cluster.pass_time(60)
        happening()
        for _ in range(4):
            controller = pass_or_restart(controller, make_controller)
            for job in cluster.jobs:
                is_live = not job["status"].get("conditions")
                if is_live and not job["spec"].get("suspend"):
                    cluster.finish(job["metadata"]["name"])
            cluster.pass_time(5)


def pass_or_restart(controller, make_controller):
    try:
        settle(controller)
    except Killed:
        controller = make_controller()
        settle(controller)
    return controller


def outcome_of(cluster):
    return sorted(
        (
            job["metadata"]["name"],
            [c["type"] for c in job["status"].get("conditions", [])],
            job["spec"].get("suspend"),
        )
        for job in cluster.jobs
    )


def count_changes():
    cluster = install()
    run_chain(cluster, lambda: start(cluster))
    changes = [r for r in cluster.requests if r[0] in {"create", "delete", "patch"}]
    return len(changes), outcome_of(cluster), sorted(cluster.told("elt-replicator"))


CHANGES, OUTCOME, TOLD = count_changes()


@pytest.mark.parametrize("is_before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("change", range(1, CHANGES + 1))
def test_a_controller_killed_at_any_request_ends_where_the_others_do(change, is_before):
    cluster = install()
    clients = [Fragile(cluster, at=change, before=is_before)]

    def make_controller():
        return start(clients.pop() if clients else cluster)

    run_chain(cluster, make_controller)

    assert not clients
    assert outcome_of(cluster) == OUTCOME
    assert sorted(set(cluster.told("elt-replicator"))) == sorted(set(TOLD))
