"""The Deployment that follows a source, where one is wanted."""

import pytest
from rendering import FOLLOWING, RefusedError, render

SEVERAL = [
    {"name": "shop", "mode": "logical"},
    {"name": "crm", "connection": "CRM"},
]


def refusal(config, **follower):
    with pytest.raises(RefusedError) as refused:
        render({"config": config, "follower": {"enabled": True, **follower}})
    return str(refused.value)


def test_nobody_follows_by_default(default):
    assert set(default.all("Deployment")) == {"elt-controller"}


def test_there_is_one_follower_and_never_two():
    spec = render(FOLLOWING).get("Deployment", "elt-follower")["spec"]

    assert spec["replicas"] == 1
    assert spec["strategy"] == {"type": "Recreate"}


def test_it_follows_as_the_replicator_replicates():
    release = render(FOLLOWING)
    follower, replicator = release.pod("follower"), release.pod("replicator")

    assert follower.container["args"] == ["replicate", "--follow", "--every", "1h"]
    assert follower.container["image"] == replicator.container["image"]
    assert follower.env == replicator.env
    assert follower.mounts == replicator.mounts
    assert follower.spec["automountServiceAccountToken"] is False
    assert follower.spec["terminationGracePeriodSeconds"] == 60


def test_its_values_reach_it():
    follower = {
        "enabled": True,
        "source": "shop",
        "every": "15m",
        "extraArgs": ["--full"],
        "terminationGracePeriodSeconds": 5,
        "pod": {"labels": {"a": "b"}},
    }

    pod = render({"config": {"sources": SEVERAL}, "follower": follower}).pod("follower")

    assert pod.container["args"] == [
        *("replicate", "--follow", "--every", "15m"),
        *("--source", "shop", "--full"),
    ]
    assert pod.spec["terminationGracePeriodSeconds"] == 5
    assert pod.metadata["labels"]["a"] == "b"


def test_a_changed_configuration_starts_it_anew():
    other = {"sources": [{"mode": "logical", "exclude": ["public.films"]}]}

    before = render(FOLLOWING).pod("follower").metadata["annotations"]
    after = render(FOLLOWING | {"config": other}).pod("follower").metadata

    assert before != after["annotations"]


@pytest.mark.parametrize(
    "stream", [{"public.films": {"mode": "logical"}}, None], ids=["stream", "source"]
)
def test_a_logical_stream_is_enough(stream):
    source = {"streams": stream} if stream else {"mode": "logical"}

    release = render({"config": {"sources": [source]}, "follower": {"enabled": True}})

    assert "elt-follower" in release.all("Deployment")


@pytest.mark.parametrize(
    "config", [{}, {"sources": [{"mode": "incremental"}]}], ids=["empty", "incremental"]
)
def test_nothing_to_follow_is_refused(config):
    assert "config.sources[].mode=logical" in refusal(config)


def test_one_of_several_sources_must_be_named():
    config = {"sources": SEVERAL}

    assert "follower.source: config has the sources shop, crm" in refusal(config)
    assert "no source of that name" in refusal(config, source="shops")
    assert "config.sources[].mode=logical" in refusal(config, source="crm")


@pytest.mark.parametrize("every", ["1", "hourly", "1h30m"])
def test_every_is_a_duration(every):
    assert "follower/every" in refusal({}, every=every)
