"""`helm install`, then nothing: the source is seeded, replicated, and built."""

import json
import re

import pytest
from commands import CommandError, fails, run
from namespace import Namespace, ending
from release import BOTH_HELMS, CHART, value_arguments


def test_install_ends_with_everything_built(story):
    """Nobody did anything but install."""
    ((films,),) = story.source("select count(*) from films")
    ((built,),) = story.destination("select count(*) from film_ratings")

    assert int(built) > 0
    assert int(built) <= int(films)
    assert ending(story.init_job()) == "Complete"
    assert ending(story.job("elt-replicator")) == "Complete"


def test_objects_have_the_names_of_the_documentation(story):
    listed = story.namespace.kubectl(
        "get", "statefulsets,services,cronjobs,deployments,secrets", "--output", "name"
    )

    assert {
        "statefulset.apps/elt-source",
        "statefulset.apps/elt-destination",
        "service/elt-source",
        "service/elt-destination",
        "cronjob.batch/elt-replicator",
        "cronjob.batch/elt-dbt",
        "deployment.apps/elt-controller",
        "secret/elt-source",
        "secret/elt-destination",
    } <= set(listed.split())


def test_notes_name_commands_that_work(story):
    """The commands that only look are run; the test hooks have a file of their own."""
    shown = json.loads(story.run_helm("status", story.name, "--output", "json"))
    notes = shown["info"]["notes"]
    commands = re.findall(r"^ {5}(kubectl .*)$", notes, re.MULTILINE)
    looking = [
        command
        for command in commands
        if not re.search(r"create job|annotate|exec -it", command)
    ]

    assert looking
    assert "create job --from=cronjob/elt-dbt" in notes
    for command in looking:
        assert run("bash", "-euc", command).strip()


def test_status_says_in_a_sentence_what_is_happening(story):
    summary = story.summary()

    assert summary[0].isupper()
    assert summary.rstrip().endswith(".")


def test_runs_are_listed_in_the_status(story):
    status = story.namespace.get("configmap", "elt-status")
    runs = json.loads(status["data"]["runs.json"])

    assert {run["job"] for run in runs} >= {"elt-replicator", "elt-dbt-first"}


def test_passwords_are_in_no_argument_and_no_environment(story):
    secret = story.namespace.kubectl(
        "get",
        "secret/elt-source",
        "--output",
        "go-template={{.data.password | base64decode}}",
    )
    pods = story.namespace.kubectl("get", "pods", "--output", "json")

    assert len(secret) >= 16
    assert secret not in pods


def test_strangers_cannot_reach_the_databases(story, make_release):
    """A pod that a policy cuts off tells whether this cluster enforces policies."""
    stranger = Namespace(name="elt-e2e-stranger")
    stranger.create()
    stranger.apply(stranger_pod(), CUT_OFF)
    stranger.kubectl("wait", "--for=condition=Ready", "--timeout=60s", "pod/stranger")
    host = f"elt-source.{story.namespace.name}"
    if can_reach(stranger, host):
        pytest.skip("the network of this cluster does not enforce NetworkPolicies")
    stranger.kubectl("delete", "networkpolicy/cut-off")

    assert not can_reach(stranger, host)


@BOTH_HELMS
def test_second_release_in_a_namespace_is_refused(story, helm):
    namespace = story.namespace.name

    error = fails(
        helm, "install", "--namespace", namespace, "other", CHART, *value_arguments({})
    )

    assert "already has the release" in error


#: No pod of the namespace may talk to anybody.
CUT_OFF = {
    "apiVersion": "networking.k8s.io/v1",
    "kind": "NetworkPolicy",
    "metadata": {"name": "cut-off"},
    "spec": {"podSelector": {}, "policyTypes": ["Egress"]},
}


def stranger_pod():
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "stranger"},
        "spec": {
            "automountServiceAccountToken": False,
            "terminationGracePeriodSeconds": 0,
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": 999,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "containers": [
                {
                    "name": "stranger",
                    "image": "postgres:17",
                    "command": ["sleep", "infinity"],
                    "securityContext": {
                        "allowPrivilegeEscalation": False,
                        "capabilities": {"drop": ["ALL"]},
                    },
                }
            ],
        },
    }


def can_reach(stranger, host):
    try:
        stranger.kubectl("exec", "stranger", "--", "pg_isready", "-t", "3", "-h", host)
    except CommandError:
        return False
    return True
