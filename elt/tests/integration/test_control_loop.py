"""`elt control` as a process, against an API server over HTTP that misbehaves."""

import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from urllib.error import HTTPError

import pytest
from fake_api import FakeApi, silence, status, wait_for
from fake_cluster import FakeCluster

from elt.control.keys import Resource

JOBS = Resource.JOBS


@pytest.fixture
def api():
    cluster = FakeCluster()
    cluster.add_job("elt-init", "init")
    cluster.add_cronjob("elt-replicator", "replicator")
    cluster.add_cronjob("elt-dbt", "dbt", born_suspended=True)
    api = FakeApi(cluster)
    api.start()
    yield api
    api.stop()


@pytest.fixture
def environment(api, tmp_path):
    kubeconfig = api.write_kubeconfig(tmp_path / "kubeconfig")
    kept = {k: v for k, v in os.environ.items() if not k.startswith("KUBERNETES_")}
    return kept | {"KUBECONFIG": str(kubeconfig), "HOME": str(tmp_path)}


def command(*arguments):
    return [
        sys.executable,
        "-m",
        "elt",
        "control",
        "--init-job",
        "elt-init",
        *arguments,
    ]


@pytest.fixture
def controller(environment, tmp_path):
    """Return a function that starts a controller; all of them are ended."""
    processes = []

    def start(*arguments):
        with (tmp_path / "log").open("ab") as log:
            process = subprocess.Popen(
                command("--port", "0", *arguments), env=environment, stderr=log
            )
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.kill()
        process.wait()


def once(environment, *arguments):
    return subprocess.run(
        command("--once", *arguments),
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def finish(api, name, *ending):
    with api.changes() as cluster:
        cluster.finish(name, *ending)


def has_job(api, name):
    return wait_for(lambda: api.cluster.objects[JOBS].get(name), f"Job {name}")


def is_released(api, name):
    return wait_for(
        lambda: api.cluster.job(name)["spec"]["suspend"] is False, f"release of {name}"
    )


def has_told(api, name, reason):
    return wait_for(lambda: reason in api.cluster.told(name), f"Event {reason}")


# --------------------------------------------------------------------------- the loop


def test_from_the_installation_to_the_first_build(api, controller):
    controller()

    finish(api, "elt-init")
    has_job(api, "elt-replicator")
    finish(api, "elt-replicator")
    is_released(api, "elt-dbt-first")
    finish(api, "elt-dbt-first")

    has_told(api, "elt-dbt-first", "DbtSucceeded")
    wait_for(lambda: "Next comes CronJob elt-dbt" in api.cluster.status["summary"])


def test_a_watch_wakes_it_long_before_the_timer(api, controller):
    controller()
    wait_for(lambda: api.watches == 2, "watches")

    with api.changes() as cluster:
        cluster.finish("elt-init")
    has_job(api, "elt-replicator")
    with api.changes() as cluster:
        cluster.finish("elt-replicator")
    is_released(api, "elt-dbt-first")
    finish(api, "elt-dbt-first")
    with api.changes() as cluster:
        cluster.wish("elt-dbt")

    wait_for(
        lambda: any("elt-dbt-now-" in j["metadata"]["name"] for j in api.cluster.jobs)
    )


@pytest.mark.parametrize(
    "stream",
    [
        pytest.param([], id="that end at once"),
        pytest.param([b"\n\n", b'{"type": "MOD'], id="that are cut off"),
        pytest.param([b"no JSON\n"], id="of garbage"),
        pytest.param(
            [b'{"type": "ERROR", "object": {"code": 410}}\n'], id="that are expired"
        ),
    ],
)
def test_it_reacts_behind_watches(api, controller, stream):
    api.streams = [stream] * 4
    controller()
    wait_for(lambda: api.watches == 6, "all watches")

    finish(api, "elt-init")

    has_job(api, "elt-replicator")


def test_it_goes_on_when_the_server_comes_back(api, controller):
    controller()
    wait_for(lambda: api.watches == 2, "watches")
    api.stop()
    api.cluster.finish("elt-init")

    api.start()

    has_job(api, "elt-replicator")


# ------------------------------------------------------------------- what is forbidden


@pytest.mark.parametrize(
    "verb, resource",
    [
        ("list", Resource.JOBS),
        ("list", Resource.CRONJOBS),
        ("list", Resource.PODS),
        ("create", Resource.JOBS),
    ],
)
def test_a_missing_verb_is_named_once_and_recovers_by_itself(
    api, controller, tmp_path, verb, resource
):
    api.refusals[verb, resource] = 403
    finish(api, "elt-init")
    controller()
    wait_for(lambda: len(api.asked(verb, resource)) >= 2, "two tries")

    assert "elt-replicator" not in api.cluster.objects[JOBS]
    del api.refusals[verb, resource]

    has_job(api, "elt-replicator")
    wait_for(lambda: "recovered" in (tmp_path / "log").read_text(), "recovery")
    log = (tmp_path / "log").read_text()
    assert log.count(f"Cannot {verb} {resource}") == 1
    assert log.count(f"Allow the verb {verb} on {resource} in the Role.") == 1


@pytest.mark.parametrize(
    "verb, resource",
    [
        ("create", Resource.EVENTS),
        ("get", Resource.CONFIGMAPS),
        ("patch", Resource.CONFIGMAPS),
        ("watch", Resource.JOBS),
    ],
)
def test_the_order_is_kept_without(api, controller, verb, resource):
    api.refusals[verb, resource] = 403
    finish(api, "elt-init")

    controller()

    has_job(api, "elt-replicator")


def test_a_name_that_is_taken_by_a_stranger_is_tried_with_pauses(api, controller):
    finish(api, "elt-init")
    with api.changes() as cluster:
        cluster.add_job("elt-replicator", "stranger")

    controller()
    wait_for(lambda: len(api.asked("create", JOBS)) >= 2, "two tries")
    with api.changes() as cluster:
        job = cluster.job("elt-replicator")["metadata"]
        cluster.delete_job("elt-replicator", job["uid"])

    job = has_job(api, "elt-replicator")
    assert "elt/run-id" in job["metadata"]["annotations"]


def test_a_server_that_is_busy_is_asked_again(api, controller):
    finish(api, "elt-init")
    api.answer("create", JOBS, status(429), status(503))

    controller()

    has_job(api, "elt-replicator")


def test_a_token_that_expires_is_read_again(api, controller, environment, tmp_path):
    controller()
    wait_for(lambda: api.watches == 2, "watches")
    api.write_kubeconfig(tmp_path / "kubeconfig", token="token-2")
    api.answer("list", JOBS, status(401))

    finish(api, "elt-init")

    has_job(api, "elt-replicator")
    assert api.asked("list")[-1][1]["Authorization"] == "Bearer token-2"


# ------------------------------------------------------------------------------ ending


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_in_mid_watch_ends_it_well(api, controller, number):
    process = controller()
    wait_for(lambda: api.watches == 2, "watches")

    process.send_signal(number)

    assert process.wait(timeout=15) == 0


def test_a_signal_ends_it_well_though_the_server_is_silent(api, controller):
    release = threading.Event()
    api.answer("list", JOBS, silence(release))
    process = controller()
    wait_for(lambda: api.asked("list", JOBS), "a list")

    process.send_signal(signal.SIGTERM)

    # Other commands are ended after twenty seconds, and then with 143.
    assert process.wait(timeout=15) == 0
    release.set()


def test_a_controller_that_was_killed_is_followed_by_another(api, controller):
    process = controller()
    wait_for(lambda: api.watches == 2, "watches")
    process.kill()
    finish(api, "elt-init")

    controller()

    has_job(api, "elt-replicator")


# -------------------------------------------------------------------------------- once


def test_a_dry_run_prints_its_plan_and_writes_nothing(api, environment):
    finish(api, "elt-init")

    result = once(environment, "--dry-run")

    assert result.returncode == 0
    assert "Would stamp the suspended Job elt-dbt-first" in result.stdout
    assert {request[0] for request in api.requests} == {"list", "get"}


def test_one_pass_makes_one_step(api, environment):
    finish(api, "elt-init")

    assert once(environment).returncode == 0
    assert "elt-replicator" not in api.cluster.objects[JOBS]
    assert once(environment).returncode == 0
    assert "elt-replicator" in api.cluster.objects[JOBS]


def test_a_dry_run_without_an_api_server_may_be_tried_again(api, environment):
    api.stop()

    result = once(environment, "--dry-run")

    assert result.returncode == 75
    assert f"the API server at {api.url} does not answer" in result.stderr
    api.start()


def test_a_dry_run_names_the_missing_verb(api, environment):
    api.refusals["list", Resource.CRONJOBS] = 403

    result = once(environment, "--dry-run")

    assert result.returncode == 78
    assert "Cannot list cronjobs" in result.stderr


def test_without_a_kubeconfig_there_is_nothing_to_control(environment, tmp_path):
    (tmp_path / "kubeconfig").unlink()

    result = once(environment, "--dry-run")

    assert result.returncode == 78
    assert "set KUBECONFIG" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [["--start-deadline", "0"], ["--max-staleness", "-1"], ["--port", "x"]],
    ids=" ".join,
)
def test_options_that_make_no_sense_are_wrong_usage(environment, arguments):
    assert once(environment, *arguments).returncode == 64


def test_a_plan_is_of_one_moment(environment):
    result = subprocess.run(
        command("--dry-run"), env=environment, capture_output=True, check=False
    )

    assert result.returncode == 64


# -------------------------------------------------------------------------------- port


def test_the_port_answers_probes_and_prometheus(api, controller, tmp_path):
    port = free_port()
    api.refusals["list", JOBS] = 403
    controller("--port", str(port))
    wait_for(lambda: get(port, "/healthz") == (200, "ok\n"), "an answer")
    refused = 'elt_controller_api_requests_total{code="403",verb="list"}'
    wait_for(lambda: refused in get(port, "/metrics")[1], "a refusal")

    assert get(port, "/readyz")[0] == 503
    del api.refusals["list", JOBS]

    wait_for(lambda: get(port, "/readyz")[0] == 200, "readiness")
    assert get(port, "/elsewhere")[0] == 404
    code, metrics = get(port, "/metrics")
    assert code == 200
    assert refused in metrics


def test_a_port_that_is_taken_is_told(api, environment):
    taken = command("--port", str(api.port))

    result = subprocess.run(
        taken, env=environment, capture_output=True, text=True, check=False
    )

    assert result.returncode == 78
    assert f"Cannot listen on port {api.port}" in result.stderr


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def get(port, path):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as response:
            return response.status, response.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return None, ""
