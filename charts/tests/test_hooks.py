"""The pods of `helm test`, and the notes."""

import pytest
from installing import install
from rendering import EXAMPLES, render


def scripted(release):
    return {
        pod.owner.removeprefix("Pod/elt-test-"): pod
        for pod in release.pods()
        if pod.component == "test"
    }


def test_connection_equality_and_models_are_tested(default):
    scripts = {
        name: pod.container["command"][-1] for name, pod in scripted(default).items()
    }

    assert set(scripts) == {"connection", "equality", "film-ratings"}
    assert "elt check" in scripts["connection"]
    assert "elt verify" in scripts["equality"]
    assert "from film_ratings" in scripts["film-ratings"]


def test_the_mart_is_only_looked_for_where_the_cinema_is():
    releases = [
        render({"dbt": {"enabled": False}}),
        render({"init": {"enabled": False}}),
        render(EXAMPLES["external"]),
    ]

    assert all("film-ratings" not in scripted(release) for release in releases)


def test_a_source_that_goes_on_changing_is_judged_by_its_receipts():
    script = scripted(render(EXAMPLES["external"]))["equality"].container["command"][-1]

    assert "elt verify" not in script
    assert '"is_equal": false' in script


def test_tests_end_by_themselves(example):
    for pod in scripted(example).values():
        assert pod.spec["activeDeadlineSeconds"] == 600
        assert pod.spec["restartPolicy"] == "Never"


@pytest.mark.parametrize(
    "helm, policy",
    [
        # It reads the logs after it has deleted what succeeded.
        ("helm3", "before-hook-creation"),
        ("helm", "before-hook-creation,hook-succeeded"),
    ],
)
def test_logs_of_tests_can_be_read(helm, policy):
    for pod in scripted(render(helm=helm)).values():
        annotations = pod.metadata["annotations"]
        assert annotations["helm.sh/hook"] == "test"
        assert annotations["helm.sh/hook-delete-policy"] == policy


def test_tests_find_the_configuration_of_the_replicator():
    pod = scripted(render({"config": {"workers": 3}}))["equality"]

    assert pod.env["ELT_CONFIG"] == "/etc/elt/elt.yaml"


# -------------------------------------------------------------------------- notes


def notes(values, helm="helm"):
    return install(values=values, helm=helm).partition("\nNOTES:\n")[2]


def test_the_notes_say_what_comes_next(helm):
    text = notes({"schedule": "@daily"}, helm)

    for line in [
        "helm test elt --namespace elt --timeout 15m --logs",
        "kubectl --namespace elt logs job/elt-replicator",
        "kubectl --namespace elt create job --from=cronjob/elt-dbt now-",
        "kubectl --namespace elt get configmap elt-status -o jsonpath='{.data.summary}",
        "kubectl --namespace elt get events",
        "exec -it elt-destination-0 -- psql -U elt destination_db",
        'the models are built; both again at "@daily" (Etc/UTC)',
    ]:
        assert line in text
    assert "Warnings" not in text


def test_the_notes_fit_what_was_installed():
    text = notes(
        {
            "dbt": {"enabled": False},
            "suspend": True,
            "init": {"enabled": False},
            "destination": {"external": {"enabled": True, "host": "db"}},
        }
    )

    assert "annotate cronjob/elt-replicator elt/run-now=" in text
    assert "suspend=true" in text
    assert "elt-dbt" not in text
    assert "elt-destination-0" not in text
    assert "example" not in text


@pytest.mark.parametrize(
    "values, warning",
    [
        ({"source": {"persistence": {"enabled": False}}}, "source.persistence.enabled"),
        ({"networkPolicy": {"enabled": False}}, "networkPolicy.enabled is false"),
        ({"rbac": {"create": False}}, "rbac.create is false"),
        ({"source": {"auth": {"password": "x"}}}, "source.auth.password is kept"),
        (
            {"destination": {"external": {"enabled": True, "host": "db"}}},
            "destination.auth is empty",
        ),
        (
            {"destination": {"external": {"enabled": True, "host": "db"}}},
            "destination.tls.mode does not insist on encryption",
        ),
        (
            {
                "init": {"enabled": False},
                "source": {"external": {"enabled": True, "host": "db"}},
            },
            "dbt.image is the cinema's project",
        ),
    ],
    ids=lambda x: x if isinstance(x, str) else "",
)
def test_the_notes_warn_of_what_may_be_regretted(values, warning):
    assert f"  ! {warning}" in notes(values)
