"""Every pod: restricted, without a token, with resources, explained when it fails."""

import copy
import itertools

import pytest
from rendering import EXAMPLES, render

SENTENCE = "FallbackToLogsOnError"


def containers(pod):
    return [*pod.spec.get("initContainers", []), *pod.spec["containers"]]


def test_every_pod_is_restricted(example):
    for pod in example.pods():
        context = pod.spec["securityContext"]
        assert context["runAsNonRoot"] is True, pod.owner
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}, pod.owner
        assert context.get("runAsUser") != 0, pod.owner
        assert not {"hostNetwork", "hostPID", "hostIPC"} & set(pod.spec), pod.owner
        for volume in pod.spec["volumes"]:
            kinds = {"emptyDir", "secret", "configMap", "projected"}
            assert set(volume) - {"name"} <= kinds | {"persistentVolumeClaim"}
        for container in containers(pod):
            own = container["securityContext"]
            assert own["allowPrivilegeEscalation"] is False, pod.owner
            assert own["readOnlyRootFilesystem"] is True, pod.owner
            assert own["capabilities"] == {"drop": ["ALL"]}, pod.owner


def test_only_the_controller_has_a_token(example):
    with_token = [
        pod.component
        for pod in example.pods()
        if pod.spec["automountServiceAccountToken"]
    ]

    assert with_token == ["controller"]


def test_no_pod_learns_of_services_by_variables(example):
    # A Service called `source` would set SOURCE_PORT.
    assert {pod.spec["enableServiceLinks"] for pod in example.pods()} == {False}


def test_every_container_says_why_it_failed(default):
    policies = {pod.container["terminationMessagePolicy"] for pod in default.pods()}

    assert policies == {SENTENCE}


def test_every_container_has_requests_and_a_limit_of_memory(example):
    for pod in example.pods():
        for container in containers(pod):
            resources = container["resources"]
            assert set(resources["requests"]) == {"cpu", "memory"}, pod.owner
            assert "memory" in resources["limits"], pod.owner


def test_what_runs_all_the_time_beside_the_databases_asks_for_little(default):
    resources = default.pod("controller").container["resources"]

    assert resources["requests"] == {"cpu": "25m", "memory": "96Mi"}
    assert resources["limits"] == {"memory": "192Mi"}
    deployments = [o for o in default.objects if o["kind"] == "Deployment"]
    assert len(deployments) == 1


def test_programs_run_as_the_user_of_their_image(default):
    for pod in default.pods():
        user = 999 if pod.component in ("source", "destination") else 10001
        ids = ("runAsUser", "runAsGroup", "fsGroup")
        assert [pod.spec["securityContext"][i] for i in ids] == [user] * 3, pod.owner


def test_a_platform_may_choose_the_users():
    for pod in render(EXAMPLES["openshift"]).pods():
        context = pod.spec["securityContext"]
        assert not {"runAsUser", "runAsGroup", "fsGroup"} & set(context), pod.owner


def test_every_mount_has_its_volume(example):
    claims = [
        claim["metadata"]["name"]
        for statefulset in example.all("StatefulSet").values()
        for claim in statefulset["spec"].get("volumeClaimTemplates", [])
    ]

    for pod in example.pods():
        names = [volume["name"] for volume in pod.spec["volumes"]]
        assert len(names) == len(set(names)), pod.owner
        assert set(pod.mounts.values()) <= {*names, *claims}, pod.owner


def test_everything_is_in_the_namespace_of_the_release(example):
    assert {o["metadata"]["namespace"] for o in example.objects} == {"elt"}


def test_every_object_has_the_labels_of_the_release(default):
    for item in default.objects:
        labels = item["metadata"]["labels"]
        assert labels["app.kubernetes.io/name"] == "elt"
        assert labels["app.kubernetes.io/instance"] == "elt"
        assert labels["app.kubernetes.io/part-of"] == "elt"
        assert labels["app.kubernetes.io/managed-by"] == "Helm"
        assert "app.kubernetes.io/component" in labels


def test_no_pod_and_no_selector_has_a_label_that_changes_with_the_version(example):
    """What a Job, a selector or a claim cannot change must not depend on a version."""
    places = [
        pod.metadata["labels"] for pod in example.pods() if "Pod/" not in pod.owner
    ]
    for item in example.objects:
        spec = item.get("spec", {})
        match item["kind"]:
            case "StatefulSet" | "Deployment":
                places.append(spec["selector"]["matchLabels"])
                claims = spec.get("volumeClaimTemplates", [])
                places += [claim["metadata"]["labels"] for claim in claims]
            case "Service":
                places.append(spec["selector"])
            case "CronJob":
                places.append(spec["jobTemplate"]["metadata"]["labels"])

    for labels in places:
        assert not {"helm.sh/chart", "app.kubernetes.io/version"} & set(labels)


COMPONENTS = (
    "source",
    "destination",
    "init",
    "replicator",
    "dbt",
    "controller",
    "test",
)


@pytest.mark.parametrize("component", COMPONENTS)
def test_settings_of_every_pod_reach_each_component(component):
    values = {
        "pod": {
            "labels": {"a": "all"},
            "nodeSelector": {"a": "all"},
            "tolerations": [{"key": "all"}],
            "priorityClassName": "all",
        },
        component: {
            "pod": {
                "labels": {"b": "own"},
                "nodeSelector": {"b": "own"},
                "tolerations": [{"key": "own"}],
            }
        },
    }

    pods = [p for p in render(values).pods() if p.component == component]

    for pod in pods:
        assert pod.metadata["labels"]["a"] == "all"
        assert pod.metadata["labels"]["b"] == "own"
        assert pod.spec["nodeSelector"] == {"a": "all", "b": "own"}
        assert pod.spec["tolerations"] == [{"key": "own"}]
        assert pod.spec["priorityClassName"] == "all"
    assert pods


def test_labels_of_values_cannot_replace_those_that_selectors_use():
    values = {"pod": {"labels": {"app.kubernetes.io/component": "other"}}}

    components = {pod.component for pod in render(values).pods()}

    assert components == set(COMPONENTS)


def test_a_further_variable_replaces_the_one_of_the_chart():
    values = {
        "init": {"pod": {"extraEnv": [{"name": "ELT_MAX_RETRIES", "value": "9"}]}}
    }

    env = render(values).pod("init").container["env"]

    assert [e["value"] for e in env if e["name"] == "ELT_MAX_RETRIES"] == ["9"]


def test_no_variable_is_set_twice(example):
    for pod in example.pods():
        names = [e["name"] for e in pod.container["env"]]
        assert len(names) == len(set(names)), pod.owner


def test_an_image_is_found_by_registry_tag_and_digest():
    digest = f"sha256:{'0' * 64}"
    images = [
        ({}, "elt:0.1.0"),
        ({"image": {"tag": "dev"}}, "elt:dev"),
        ({"image": {"registry": "r.io/x"}}, "r.io/x/elt:0.1.0"),
        ({"global": {"imageRegistry": "g.io"}}, "g.io/elt:0.1.0"),
        (
            {"global": {"imageRegistry": "g.io"}, "image": {"registry": "r.io/"}},
            "r.io/elt:0.1.0",
        ),
        ({"image": {"tag": "dev", "digest": digest}}, f"elt@{digest}"),
    ]

    found = [
        render(values).pod("replicator").container["image"] for values, _ in images
    ]

    assert found == [image for _, image in images]


def test_both_images_have_one_tag_unless_two_are_named():
    one = render({"image": {"tag": "dev"}})
    two = render({"image": {"tag": "dev"}, "dbt": {"image": {"tag": "mine"}}})

    found = [release.pod("dbt").container["image"] for release in (one, two)]

    assert found == ["elt-dbt:dev", "elt-dbt:mine"]


def test_pull_secrets_reach_every_pod():
    values = {
        "global": {"imagePullSecrets": [{"name": "a"}]},
        "imagePullSecrets": [{"name": "b"}],
    }

    secrets = [pod.spec["imagePullSecrets"] for pod in render(values).pods()]

    assert all(s == [{"name": "a"}, {"name": "b"}] for s in secrets)


def test_both_versions_of_helm_render_the_same():
    def without_chance(release):
        objects = copy.deepcopy(release.objects)
        for item in objects:
            if item["kind"] == "Secret":
                item["data"] = sorted(item["data"])
            item["metadata"].get("annotations", {}).pop("helm.sh/hook-delete-policy", 0)
        return sorted(objects, key=lambda o: (o["kind"], o["metadata"]["name"]))

    for values in EXAMPLES.values():
        four, three = (
            without_chance(render(values, helm=h)) for h in ("helm", "helm3")
        )
        for a, b in itertools.zip_longest(four, three):
            assert a == b
