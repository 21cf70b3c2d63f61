"""The controller's rights: what its rules need, in its namespace, and no more."""

import re

import yaml
from rendering import CHART, EXAMPLES, render

READ = ["get", "list", "watch"]


def test_the_role_is_the_least_that_is_needed(default):
    rules = default.get("Role", "elt-controller")["rules"]

    assert rules == [
        {
            "apiGroups": ["batch"],
            "resources": ["jobs"],
            "verbs": [*READ, "create", "delete", "patch"],
        },
        {"apiGroups": ["batch"], "resources": ["cronjobs"], "verbs": READ},
        {
            "apiGroups": ["batch"],
            "resources": ["cronjobs"],
            "resourceNames": ["elt-replicator", "elt-dbt"],
            "verbs": ["patch"],
        },
        {"apiGroups": [""], "resources": ["pods"], "verbs": READ},
        {
            "apiGroups": ["events.k8s.io"],
            "resources": ["events"],
            "verbs": ["create", "patch"],
        },
        {
            "apiGroups": [""],
            "resources": ["configmaps"],
            "resourceNames": ["elt-status"],
            "verbs": ["get", "patch"],
        },
    ]


def test_nothing_reaches_beyond_the_namespace(example):
    kinds = {item["kind"] for item in example.objects}

    assert not [kind for kind in kinds if kind.startswith("Cluster")]
    for binding in example.all("RoleBinding").values():
        assert binding["roleRef"]["kind"] == "Role"
        assert {s["namespace"] for s in binding["subjects"]} == {"elt"}


def test_the_role_is_bound_to_the_controllers_account(default):
    account = default.pod("controller").spec["serviceAccountName"]
    [subject] = default.get("RoleBinding", "elt-controller")["subjects"]

    assert account == subject["name"] == "elt-controller"
    made = default.get("ServiceAccount", "elt-controller")
    assert made["automountServiceAccountToken"] is False


def test_account_and_rights_may_come_from_somebody_else():
    release = render(EXAMPLES["ephemeral"])

    kinds = {item["kind"] for item in release.objects}

    assert not {"Role", "RoleBinding", "ServiceAccount"} & kinds
    assert release.pod("controller").spec["serviceAccountName"] == "somebody"


def test_an_account_that_is_made_may_have_a_name_and_annotations():
    values = {"serviceAccount": {"name": "mine", "annotations": {"a": "b"}}}
    release = render(values)

    assert release.get("ServiceAccount", "mine")["metadata"]["annotations"] == {
        "a": "b"
    }
    [subject] = release.get("RoleBinding", "elt-controller")["subjects"]
    assert (
        subject["name"]
        == release.pod("controller").spec["serviceAccountName"]
        == "mine"
    )


def test_every_rule_has_a_reason():
    text = (CHART / "templates" / "controller-rbac.yaml").read_text()
    rules = re.split(r"^rules:\n", text, flags=re.MULTILINE)[1].split("---")[0]

    with_reason = re.findall(
        r"^  # .*\n(?:  # .*\n)*  - apiGroups", rules, re.MULTILINE
    )

    assert len(with_reason) == rules.count("- apiGroups")
    assert yaml.safe_load(rules.partition("- apiGroups")[0]) is None
