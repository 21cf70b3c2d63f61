"""A release that follows its source: changes at once, and builds in order as ever."""

import json

import pytest
from equality import assert_equal
from waiting import wait_until

FOLLOWING = {
    "config": {"sources": [{"mode": "logical"}]},
    "follower.enabled": True,
}
RENAME = "update films set title = '{}' where film_id = 1"
TITLE = "select title from raw.films where film_id = 1"
BUILT = "select film_title from film_ratings where film_id = 1"


@pytest.fixture(scope="module")
def following(make_release):
    """Return a release that was installed with a follower, after its first build."""
    release = make_release("follower", values=FOLLOWING)
    release.install()
    release.wait_for_success("elt-dbt-first")
    wait_until_followed(release)
    return release


def wait_until_followed(release):
    wait_until(
        lambda: (
            "began to follow" in [line["message"] for line in follower_log(release)]
        ),
        "a follower that follows",
    )


def follower_log(release):
    text = release.namespace.kubectl("logs", "deployment/elt-follower")
    return [json.loads(line) for line in text.splitlines()]


def replicator_messages(release):
    text = release.namespace.kubectl("logs", "job/elt-replicator")
    return [json.loads(line)["message"] for line in text.splitlines()]


def wait_for_title(release, title):
    wait_until(
        lambda: release.destination(TITLE) == [(title,)], f"the title {title}", 30
    )


def test_follower_waits_for_the_seed_without_a_restart(following):
    (pod,) = following.namespace.items("pods", "app.kubernetes.io/component=follower")

    assert [s["restartCount"] for s in pod["status"]["containerStatuses"]] == [0]
    assert_equal(following)


def test_change_is_visible_without_a_job(following):
    before = following.replicator_uid()

    following.source(RENAME.format("Followed"))
    wait_for_title(following, "Followed")

    assert following.replicator_uid() == before


def test_build_gets_a_run_of_the_follower(following):
    following.source(RENAME.format("Built"))

    demand = following.wait_for_success(following.demand())

    replicator = following.job("elt-replicator")
    messages = replicator_messages(following)
    assert "asked the follower for a run" in messages
    assert messages[-1] == "finished run"
    assert demand["status"]["startTime"] >= replicator["status"]["completionTime"]
    assert following.destination(BUILT) == [("Built",)]
    assert "of 8 streams" in following.namespace.notes_of("Job", "elt-replicator")


def test_build_needs_no_follower(following):
    scale(following, 0)
    following.source(RENAME.format("Alone"))

    following.wait_for_success(following.demand())
    scale(following, 1)
    wait_until_followed(following)
    following.source("update films set runtime_minutes = 99 where film_id = 1")

    assert following.destination(BUILT) == [("Alone",)]
    runtime = "select runtime_minutes from raw.films where film_id = 1"
    wait_until(lambda: following.destination(runtime) == [("99",)], "the runtime", 30)


def scale(release, replicas):
    release.namespace.kubectl(
        "scale", "deployment/elt-follower", f"--replicas={replicas}"
    )
    selector = "app.kubernetes.io/component=follower"

    def done():
        return len(release.namespace.items("pods", selector)) == replicas

    wait_until(done, f"{replicas} pods of the follower")
