"""The Jobs, and the CronJobs that they are made from."""

import pytest
from rendering import EXAMPLES, render

JOBS = {"init": "seeder", "replicator": "replicator", "dbt": "dbt"}


def job_spec(release, component):
    if component == "init":
        [job] = release.all("Job").values()
        return job["spec"]
    return release.get("CronJob", f"elt-{component}")["spec"]["jobTemplate"]["spec"]


@pytest.mark.parametrize("component, container", JOBS.items())
def test_what_cannot_get_better_is_not_tried_again(default, component, container):
    spec = job_spec(default, component)

    assert spec["podReplacementPolicy"] == "Failed"
    assert spec["podFailurePolicy"]["rules"] == [
        {
            "action": "FailJob",
            "onExitCodes": {
                "containerName": container,
                "operator": "In",
                "values": [64, 65, 78],
            },
        },
        {
            "action": "Ignore",
            "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}],
        },
    ]
    assert [c["name"] for c in spec["template"]["spec"]["containers"]] == [container]


@pytest.mark.parametrize("component", JOBS)
def test_every_job_ends_and_leaves_its_last_sentence(default, component):
    spec = job_spec(default, component)
    pod = spec["template"]["spec"]
    env = {e["name"]: e["value"] for e in pod["containers"][0]["env"]}

    assert spec["activeDeadlineSeconds"] > 0
    assert spec["backoffLimit"] == 3
    assert pod["restartPolicy"] == "Never"
    assert pod["terminationGracePeriodSeconds"] == 60
    assert env["ELT_RESULT_PATH"] == "/dev/termination-log"


@pytest.mark.parametrize("component", JOBS)
def test_no_job_takes_its_logs_away(default, component):
    assert "ttlSecondsAfterFinished" not in job_spec(default, component)


def test_the_template_of_the_replicator_never_runs_by_itself(default):
    spec = default.get("CronJob", "elt-replicator")["spec"]

    assert spec["suspend"] is True
    assert spec["schedule"] == "0 0 31 2 *"
    assert spec["concurrencyPolicy"] == "Forbid"
    assert "suspend" not in spec["jobTemplate"]["spec"]


def test_jobs_of_dbt_are_born_suspended_on_the_schedule():
    values = {"schedule": "30 5 * * *", "timeZone": "Europe/Berlin"}

    spec = render(values).get("CronJob", "elt-dbt")["spec"]

    assert spec["schedule"] == "30 5 * * *"
    assert spec["timeZone"] == "Europe/Berlin"
    assert spec["suspend"] is False
    assert spec["concurrencyPolicy"] == "Forbid"
    assert spec["startingDeadlineSeconds"] == 600
    assert spec["jobTemplate"]["spec"]["suspend"] is True


def test_without_dbt_the_replicator_is_an_ordinary_cronjob():
    release = render({"dbt": {"enabled": False}, "schedule": "@daily"})

    spec = release.get("CronJob", "elt-replicator")["spec"]

    assert list(release.all("CronJob")) == ["elt-replicator"]
    assert spec["suspend"] is False
    assert spec["schedule"] == "@daily"
    assert "suspend" not in spec["jobTemplate"]["spec"]
    assert "elt-test-film-ratings" not in release.all("Pod")


@pytest.mark.parametrize(
    "dbt, name", [(True, "elt-dbt"), (False, "elt-replicator")], ids=str
)
def test_suspend_holds_the_schedule(dbt, name):
    release = render({"suspend": True, "dbt": {"enabled": dbt}})

    assert release.get("CronJob", name)["spec"]["suspend"] is True


@pytest.mark.parametrize("component", ["replicator", "dbt"])
def test_jobs_are_found_by_their_labels(default, component):
    template = default.get("CronJob", f"elt-{component}")["spec"]["jobTemplate"]

    wanted = {
        "app.kubernetes.io/name": "elt",
        "app.kubernetes.io/instance": "elt",
        "app.kubernetes.io/part-of": "elt",
        "app.kubernetes.io/component": component,
    }
    assert template["metadata"]["labels"] == wanted
    assert template["spec"]["template"]["metadata"]["labels"] == wanted


def test_the_init_job_gets_a_new_name_only_when_it_would_differ(default):
    [name] = default.all("Job")
    others = {
        "schedule": render({"schedule": "@daily"}),
        "annotations": render({"commonAnnotations": {"a": "b"}}),
        "scale": render({"init": {"scale": 2}}),
        "image": render({"image": {"tag": "dev"}}),
    }

    names = {key: next(iter(other.all("Job"))) for key, other in others.items()}

    assert names["schedule"] == names["annotations"] == name
    assert len({name, names["scale"], names["image"]}) == 3
    assert name.removeprefix("elt-init-").isalnum()
    assert len(name) == len("elt-init-") + 8


def test_the_controller_knows_the_init_job(default):
    [name] = default.all("Job")
    args = default.pod("controller").container["args"]

    assert args[args.index("--init-job") + 1] == name


@pytest.mark.parametrize("example", ["external"])
def test_nothing_is_seeded_into_a_source_of_ones_own(example):
    release = render(EXAMPLES[example])

    assert release.all("Job") == {}
    assert "--init-job" not in release.pod("controller").container["args"]


def test_the_seeder_waits_for_its_database(default):
    env = default.pod("init").env

    patience = int(env["ELT_MAX_RETRIES"]) * int(env["ELT_RETRY_DELAY_SECONDS"])

    assert patience == 300
    assert "initContainers" not in default.pod("init").spec


def test_a_changed_configuration_changes_the_template_of_the_replicator():
    def template(config):
        return render({"config": config}).get("CronJob", "elt-replicator")["spec"]

    assert template({"workers": 2}) != template({"workers": 3})
    assert template({"workers": 2}) == template({"workers": 2})


def test_programs_are_called_with_their_commands(default):
    args = {c: default.pod(c).container["args"] for c in (*JOBS, "controller")}

    assert args["init"] == ["seed", "--scale", "1"]
    assert args["replicator"] == ["replicate"]
    assert args["dbt"] == ["dbt"]
    assert args["controller"][:9] == [
        "control",
        "--release",
        "elt",
        "--name",
        "elt",
        "--start-deadline",
        "3000",
        "--max-staleness",
        "0",
    ]


@pytest.mark.parametrize("component", [*JOBS, "controller"])
def test_further_arguments_come_last(component):
    pod = render({component: {"extraArgs": ["--verbose"]}}).pod(component)

    assert pod.container["args"][-1] == "--verbose"
