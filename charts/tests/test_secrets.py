"""Passwords: where they come from, that they last, and that nothing else shows them."""

import base64
import json

import pytest
from installing import deployment, install, secret
from rendering import EXAMPLES, FOLLOWING, RefusedError, render


def passwords(release):
    """Return the password of each side."""
    return {
        name.removeprefix("elt-"): base64.b64decode(item["data"]["password"]).decode()
        for name, item in release.all("Secret").items()
    }


def test_passwords_are_long_and_made_by_chance(default):
    # The same values would be the same rendering, which tests share.
    first, second = passwords(default), passwords(render({"suspend": True}))

    assert set(first) == {"source", "destination"}
    assert len({*first.values(), *second.values()}) == 4
    assert {len(password) for password in first.values()} == {32}


def test_passwords_last_as_long_as_the_data(default):
    for item in default.all("Secret").values():
        assert item["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep"


def test_a_password_that_is_there_is_kept(helm):
    """An upgrade and a new installation on kept volumes find it in the cluster."""
    output = install(secret("elt-source", password="kept"), helm=helm)

    assert base64.b64encode(b"kept").decode() in output


def test_a_password_may_be_given():
    release = render({"source": {"auth": {"password": "given"}}})

    assert passwords(release)["source"] == "given"


def test_a_password_for_an_external_database_goes_with_the_release():
    release = render(
        {
            "init": {"enabled": False},
            "source": {
                "external": {"enabled": True, "host": "db"},
                "auth": {"password": "given"},
            },
        }
    )

    item = release.get("Secret", "elt-source")

    assert passwords(release)["source"] == "given"
    assert "helm.sh/resource-policy" not in item["metadata"].get("annotations", {})


def test_a_secret_of_somebody_else_is_used_and_none_is_made():
    auth = {"existingSecret": "mine", "passwordKey": "pw"}
    release = render({"source": {"auth": auth}})

    assert "elt-source" not in release.all("Secret")
    volume = release.pod("source").volume("password")["secret"]
    assert volume["secretName"] == "mine"
    assert volume["items"] == [{"key": "pw", "path": "password"}]
    mounted = release.pod("init").volume("source")["projected"]["sources"]
    assert mounted[0]["secret"]["name"] == "mine"


@pytest.mark.parametrize("side", ["source", "destination"])
def test_nothing_but_its_secret_shows_a_password(side):
    text = "correct-horse-battery-staple"
    values = EXAMPLES["everything"] | {side: {"auth": {"password": text}}}
    release = render(values)

    showing = [
        (item["kind"], item["metadata"]["name"])
        for item in release.objects
        if text in json.dumps(item) or _encoded(text) in json.dumps(item)
    ]

    assert showing == [("Secret", f"elt-{side}")]


def test_whatever_reads_the_source_has_the_key_of_hashes():
    """The tests of Helm too: `elt check` and `elt verify` ask for it."""
    release = render(
        FOLLOWING | {"maskKey": {"existingSecret": "elt-mask", "key": "hmac"}}
    )

    having = {
        pod.owner: pod.mounts["/run/secrets/elt/mask-key"]
        for pod in release.pods()
        if pod.env.get("ELT_MASK_KEY_FILE") == "/run/secrets/elt/mask-key/key"
    }

    assert having == dict.fromkeys(
        [
            "CronJob/elt-replicator",
            "Deployment/elt-follower",
            "Pod/elt-test-connection",
            "Pod/elt-test-equality",
        ],
        "mask-key",
    )
    volume = release.pod("replicator").volume("mask-key")["secret"]
    assert volume["secretName"] == "elt-mask"
    assert volume["items"] == [{"key": "hmac", "path": "key"}]


def test_nobody_has_a_key_of_hashes_by_default(default):
    assert not any("ELT_MASK_KEY_FILE" in pod.env for pod in default.pods())


def _encoded(text):
    return base64.b64encode(text.encode()).decode()


def test_no_container_gets_a_secret_as_a_variable(example):
    for pod in example.pods():
        for variable in pod.container["env"]:
            assert "valueFrom" not in variable, pod.owner


# ---------------------------------------------------------- what the cluster says


@pytest.mark.parametrize(
    "values, name",
    [
        (
            {"source": {"auth": {"existingSecret": "mine"}}},
            "source.auth.existingSecret",
        ),
        (
            {"destination": {"tls": {"caSecret": "mine"}}},
            "destination.tls.caSecret",
        ),
        (
            {"destination": {"tls": {"serverSecret": "mine"}}},
            "destination.tls.serverSecret",
        ),
        ({"source": {"tls": {"clientSecret": "mine"}}}, "source.tls.clientSecret"),
        ({"maskKey": {"existingSecret": "mine"}}, "maskKey.existingSecret"),
    ],
)
def test_a_missing_secret_stops_the_installation(helm, values, name):
    with pytest.raises(RefusedError) as refused:
        install(values=values, helm=helm)

    sentence = f'{name} names the Secret "mine", which namespace elt does not have.'
    assert sentence in str(refused.value)


def test_a_missing_key_of_a_secret_stops_the_installation(helm):
    values = {"source": {"auth": {"existingSecret": "mine"}}}

    with pytest.raises(RefusedError) as refused:
        install(secret("mine", pw="x"), values=values, helm=helm)

    sentence = 'source.auth.existingSecret names the Secret "mine", which has no key'
    assert f'{sentence} "password".' in str(refused.value)


def test_a_secret_that_is_there_is_taken(helm):
    values = {"source": {"auth": {"existingSecret": "mine"}}}

    assert "STATUS" in install(secret("mine", password="x"), values=values, helm=helm)


def test_a_secret_that_further_objects_may_make_is_not_missed():
    external = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}}
    values = {
        "source": {"auth": {"existingSecret": "mine"}},
        "extraObjects": [external],
    }

    assert "STATUS" in install(values=values)


def test_a_second_release_in_a_namespace_is_refused(helm):
    with pytest.raises(RefusedError) as refused:
        install(deployment("other"), helm=helm)

    sentence = (
        'Namespace elt already has the release "other" of elt. '
        'Upgrade that one, or install "elt" into a namespace of its own.'
    )
    assert sentence in str(refused.value)


def test_a_release_may_meet_itself(helm):
    assert "STATUS" in install(deployment("elt"), helm=helm)
