"""Upgrade, rollback, uninstall, install again: no Job is touched, nothing is lost."""

import pytest
from commands import run
from equality import assert_equal
from namespace import ending
from release import BOTH_HELMS
from side_by_side import locked
from waiting import wait_until

CHANGED = {
    "image.tag": "next",
    "replicator.pod.extraEnv": [{"name": "ELT_MAX_RETRIES", "value": "7"}],
    "controller.startDeadlineSeconds": 1800,
}


@pytest.fixture(scope="module")
def next_image():
    """Load a second version of the images: the same under another tag."""
    with locked("images"):
        for image in ("elt", "elt-dbt"):
            run("docker", "tag", f"{image}:dev", f"{image}:next")
        run("k8s-tests/cluster/load", "elt:next", "elt-dbt:next", seconds=120)


def touched(release):
    """Return what a write to a stamped or released Job would change."""
    jobs = release.jobs("replicator") + release.jobs("dbt")
    return {
        job["metadata"]["name"]: (
            job["metadata"]["uid"],
            job["metadata"]["resourceVersion"],
        )
        for job in jobs
    }


def controller_image(release):
    (container,) = release.controller()["spec"]["containers"]
    return container["image"]


def replicator_environment(release):
    (container,) = release.job("elt-replicator")["spec"]["template"]["spec"][
        "containers"
    ]
    return {variable["name"]: variable.get("value") for variable in container["env"]}


@BOTH_HELMS
def test_upgrade_touches_no_job_and_the_next_run_is_new(releases, helm, next_image):
    release = releases(helm)
    before = touched(release)
    old_init = release.init_job()["metadata"]["name"]

    release.upgrade(CHANGED)

    assert touched(release) == before
    assert controller_image(release).endswith("elt:next")
    new_init = wait_for_new_init(release, old_init)
    assert ending(release.wait_for_success(new_init)) == "Complete"
    release.wait_for_success(release.demand())
    assert replicator_environment(release)["ELT_MAX_RETRIES"] == "7"
    assert_equal(release)


def wait_for_new_init(release, old):
    """Wait until the init Job is the one of another chart version; return its name."""

    def renamed():
        names = [job["metadata"]["name"] for job in release.jobs("init")]
        return names[0] if len(names) == 1 and names != [old] else None

    return wait_until(renamed, "an init Job of the new version")


@BOTH_HELMS
def test_rollback_touches_no_job_and_brings_the_old_template_back(
    releases, helm, next_image
):
    release = releases(helm)
    old_init = release.init_job()["metadata"]["name"]
    before = touched(release)

    release.run_helm("rollback", release.name, "1", "--wait", "--timeout", "4m")

    assert touched(release) == before
    assert controller_image(release).endswith("elt:dev")
    release.wait_for_success(wait_for_new_init(release, old_init))
    assert "ELT_MAX_RETRIES" not in template_environment(release)


def template_environment(release):
    template = release.namespace.get("cronjob", "elt-replicator")
    job = template["spec"]["jobTemplate"]["spec"]
    (container,) = job["template"]["spec"]["containers"]
    return {variable["name"] for variable in container["env"]}


@BOTH_HELMS
def test_data_and_passwords_outlive_the_release(releases, helm):
    release = releases(helm)
    namespace = release.namespace
    films = release.destination("select count(*), sum(rating_count) from film_ratings")
    runs = release.published_runs()
    secrets = passwords(namespace)

    release.run_helm("uninstall", release.name, "--wait", "--timeout", "4m")

    def is_gone():
        return not namespace.kubectl("get", "all", "--output", "name").strip()

    wait_until(is_gone, "an empty namespace")
    volumes = namespace.kubectl("get", "persistentvolumeclaims", "--output", "name")
    assert len(volumes.split()) == 2
    assert passwords(namespace) == secrets

    release.install()

    release.namespace.kubectl(
        "wait", "--for=condition=Ready", "--timeout=60s", "pod/elt-destination-0"
    )
    kept = release.destination("select count(*), sum(rating_count) from film_ratings")
    assert kept == films
    release.wait_for_success("elt-dbt-first")
    assert release.published_runs() == runs + 1
    assert_equal(release)


def passwords(namespace):
    return namespace.kubectl(
        "get",
        "secrets/elt-source",
        "secrets/elt-destination",
        "--output",
        "jsonpath={.items[*].data}",
    )
