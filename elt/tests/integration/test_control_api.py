"""The controller's connection against an API server over HTTP, also a broken one."""

import json
import threading
from datetime import timedelta

import pytest
import urllib3
from fake_api import FakeApi, drip, hang_up, raw, silence, status
from fake_cluster import NOON, FakeCluster
from kubernetes.config import incluster_config, kube_config

from elt.control import kube
from elt.control.cluster import Cluster
from elt.control.failures import (
    ConflictError,
    CredentialsError,
    ForbiddenError,
    GoneError,
    RefusedError,
    UnreachableError,
)
from elt.control.keys import Names, Resource
from elt.control.kube import Connection, load_credentials
from elt.errors import ConfigError

JOBS = ("list", Resource.JOBS)


@pytest.fixture
def api():
    api = FakeApi(FakeCluster())
    api.start()
    yield api
    api.stop()


@pytest.fixture
def kubeconfig(api, tmp_path, monkeypatch):
    path = api.write_kubeconfig(tmp_path / "kubeconfig")
    monkeypatch.setattr(kube_config, "KUBE_CONFIG_DEFAULT_LOCATION", str(path))
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
    return path


@pytest.fixture
def counts():
    return []


@pytest.fixture
def cluster(kubeconfig, counts):
    connection = Connection(count=lambda verb, code: counts.append((verb, code)))
    return Cluster(connection, selector=Names().selector)


@pytest.fixture
def release():
    """Return an event that lets answers go on which do not come."""
    event = threading.Event()
    yield event
    event.set()


@pytest.fixture
def impatient(kubeconfig):
    """Return a cluster whose time-outs are short."""
    connection = Connection(read_seconds=0.2, silence_seconds=0.2)
    return Cluster(connection, selector=Names().selector)


# ----------------------------------------------------------------------- good answers


def test_a_list_has_the_objects_and_the_servers_time(api, cluster):
    api.cluster.add_job("a", "dbt")
    api.cluster.pass_time(7)

    listing = cluster.list_objects(Resource.JOBS)

    assert [item["metadata"]["name"] for item in listing.items] == ["a"]
    assert listing.now == NOON + timedelta(seconds=7)


def test_only_objects_of_the_release_are_asked_for(api, cluster):
    cluster.list_objects(Resource.PODS)

    [(query, headers, _)] = api.asked("list")
    assert query == {
        "labelSelector": "app.kubernetes.io/instance=elt,"
        "app.kubernetes.io/component in (init,replicator,dbt)"
    }
    assert headers["Authorization"] == "Bearer token-1"
    assert headers["User-Agent"].startswith("elt-controller/")


def test_a_job_is_created_strictly(api, cluster):
    cluster.create_job({"metadata": {"name": "a"}, "spec": {"template": {}}})

    [(query, _, body)] = api.asked("create")
    assert query == {"fieldManager": "elt-controller", "fieldValidation": "Strict"}
    assert body["metadata"]["name"] == "a"


def test_a_job_is_deleted_by_uid(api, cluster):
    uid = api.cluster.add_job("a", "dbt")

    with pytest.raises(ConflictError):
        cluster.delete_job("a", "another")
    cluster.delete_job("a", uid)

    assert api.cluster.jobs == []
    assert api.asked("delete")[-1][2]["propagationPolicy"] == "Background"


def test_a_job_is_deleted_as_it_was_listed(api, cluster):
    uid = api.cluster.add_job("a", "dbt")

    with pytest.raises(ConflictError):
        cluster.delete_job("a", uid, "another")

    assert len(api.cluster.jobs) == 1


def test_patches_say_what_they_are(api, cluster):
    api.cluster.add_job("a", "dbt")
    api.cluster.add_cronjob("b", "dbt")
    patch = [{"op": "add", "path": "/spec/x", "value": 1}]

    cluster.patch_job("a", patch)
    cluster.patch_cronjob("b", patch)
    cluster.patch_config_map("elt-status", {"summary": "fine"})

    assert [h["Content-Type"] for _, h, _ in api.asked("patch")] == [
        "application/json-patch+json",
        "application/json-patch+json",
        "application/merge-patch+json",
    ]
    assert all(
        q == {"fieldManager": "elt-controller"} for q, _, _ in api.asked("patch")
    )
    assert cluster.read_config_map("elt-status") == {"summary": "fine"}


def test_requests_are_counted_by_verb_and_code(api, cluster, counts):
    api.answer(*JOBS, status(500))

    with pytest.raises(UnreachableError):
        cluster.list_objects(Resource.JOBS)
    cluster.list_objects(Resource.JOBS)

    assert counts == [("list", "500"), ("list", "200")]


# ------------------------------------------------------------------------ bad answers


@pytest.mark.parametrize(
    "code, kind, exit_code",
    [
        (400, RefusedError, 78),
        (403, ForbiddenError, 78),
        (404, ConflictError, 75),
        (409, ConflictError, 75),
        (410, GoneError, 75),
        (422, ConflictError, 75),
        (429, UnreachableError, 75),
        (500, UnreachableError, 75),
        (503, UnreachableError, 75),
    ],
)
def test_a_status_is_an_error_with_the_servers_words(
    api, cluster, code, kind, exit_code
):
    api.answer("patch", Resource.JOBS, status(code, "because of x"))

    with pytest.raises(kind) as raised:
        cluster.patch_job("a", [])

    assert type(raised.value) is kind
    assert raised.value.message == "Cannot patch jobs: because of x"
    assert raised.value.exit_code == exit_code


def test_an_object_that_is_invalid_is_refused(api, cluster):
    api.answer("create", Resource.JOBS, status(422, "spec.x: Invalid value"))

    with pytest.raises(RefusedError, match="Invalid value"):
        cluster.create_job({"metadata": {"name": "a"}})


def test_a_missing_right_is_named(api, cluster):
    api.refusals["list", Resource.CRONJOBS] = 403

    with pytest.raises(ForbiddenError) as raised:
        cluster.list_objects(Resource.CRONJOBS)

    assert raised.value.hint == "Allow the verb list on cronjobs in the Role."


@pytest.mark.parametrize(
    "said",
    [
        'jobs.batch "a" is forbidden: exceeded quota: few, requested: jobs=1',
        'admission webhook "policy.example.com" denied the request: no owner',
        "ValidatingAdmissionPolicy 'owners' with binding 'owners' denied request: no",
    ],
    ids=["a quota", "a webhook", "a policy"],
)
def test_what_no_role_would_allow_is_not_called_a_missing_right(api, cluster, said):
    api.answer("create", Resource.JOBS, status(403, said))

    with pytest.raises(ForbiddenError) as raised:
        cluster.create_job({"metadata": {"name": "a"}})

    assert raised.value.message == f"Cannot create jobs: {said}"
    assert raised.value.hint == (
        "It is tried again; the namespace's quota or policy has to allow it."
    )


@pytest.mark.parametrize("body", [b"", b"<html>", b"[1]"], ids=["none", "HTML", "list"])
def test_a_status_without_words_is_told_by_its_number(api, cluster, body):
    api.answer(*JOBS, lambda handler: handler.send(503, body))

    with pytest.raises(UnreachableError, match="Cannot list jobs: status 503"):
        cluster.list_objects(Resource.JOBS)


def test_long_words_are_cut(api, cluster):
    api.answer(*JOBS, status(403, "x" * 9000))

    with pytest.raises(ForbiddenError) as raised:
        cluster.list_objects(Resource.JOBS)

    assert len(raised.value.message) < 600


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(raw(b"{"), id="no JSON"),
        pytest.param(raw(b'{"items": []', length=100), id="cut off"),
    ],
)
def test_a_broken_answer_is_no_answer(api, cluster, answer):
    api.answer(*JOBS, answer)

    with pytest.raises(UnreachableError, match="does not answer"):
        cluster.list_objects(Resource.JOBS)

    assert cluster.list_objects(Resource.JOBS).items == []


def test_a_server_that_is_away_is_named(api, cluster):
    api.stop()

    with pytest.raises(UnreachableError, match="Cannot list jobs") as raised:
        cluster.list_objects(Resource.JOBS)

    assert api.url in raised.value.message
    assert " at 0x" not in raised.value.message
    api.start()
    assert cluster.list_objects(Resource.JOBS).items == []


@pytest.mark.parametrize("make_answer", [silence, drip], ids=["silence", "drip"])
def test_an_answer_that_does_not_end_is_not_waited_for(
    api, impatient, release, make_answer
):
    api.answer(*JOBS, make_answer(release))

    with pytest.raises(UnreachableError):
        impatient.list_objects(Resource.JOBS)


def test_an_answer_without_a_date_is_no_answer(api, cluster):
    def without_date(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    api.answer(*JOBS, without_date)

    with pytest.raises(UnreachableError, match="when it was given"):
        cluster.list_objects(Resource.JOBS)


# ------------------------------------------------------------------------ credentials


def test_a_token_that_expired_is_read_again_once(api, cluster, kubeconfig):
    api.write_kubeconfig(kubeconfig, token="token-2")
    api.answer(*JOBS, status(401))

    cluster.list_objects(Resource.JOBS)

    tokens = [headers["Authorization"] for _, headers, _ in api.asked("list")]
    assert tokens == ["Bearer token-1", "Bearer token-2"]


def test_credentials_that_stay_wrong_are_an_error(api, cluster):
    api.refusals[JOBS] = 401

    with pytest.raises(CredentialsError) as raised:
        cluster.list_objects(Resource.JOBS)

    assert raised.value.exit_code == 78
    assert len(api.asked("list")) == 2


def test_the_namespace_is_that_of_the_context_unless_one_is_given(kubeconfig):
    connection = Connection()

    assert Cluster(connection, selector="").namespace == "test"
    assert Cluster(connection, selector="", namespace="mine").namespace == "mine"


def test_without_a_namespace_in_the_context_it_is_default(api, kubeconfig):
    api.write_kubeconfig(kubeconfig, namespace="")

    assert load_credentials().namespace == "default"


@pytest.mark.parametrize(
    "text",
    [None, "", "{", "[]", "kind: Config", "current-context: a\ncontexts: 7"],
    ids=["missing", "empty", "no YAML", "a list", "no context", "nonsense"],
)
def test_without_a_usable_kubeconfig_there_is_no_cluster(kubeconfig, text):
    kubeconfig.unlink()
    if text is not None:
        kubeconfig.write_text(text)

    with pytest.raises(ConfigError, match="Cannot find a cluster") as raised:
        load_credentials()

    assert raised.value.exit_code == 78


def test_in_a_pod_the_service_account_is_used(tmp_path, monkeypatch):
    for name, content in (("token", "secret"), ("ca.crt", "PEM"), ("namespace", "x\n")):
        (tmp_path / name).write_text(content)
    monkeypatch.setattr(kube, "_SERVICE_ACCOUNT", tmp_path)
    for constant, name in (("TOKEN", "token"), ("CERT", "ca.crt")):
        file = str(tmp_path / name)
        monkeypatch.setattr(incluster_config, f"SERVICE_{constant}_FILENAME", file)
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1")
    monkeypatch.setenv("KUBERNETES_SERVICE_PORT", "443")

    credentials = load_credentials()

    assert credentials.namespace == "x"
    assert credentials.configuration.host == "https://10.0.0.1:443"
    [auth] = credentials.configuration.auth_settings().values()
    assert auth["value"] == "bearer secret"


# ---------------------------------------------------------------------------- watches


def line(kind="MODIFIED", version="1", **fields):
    event = {"type": kind, "object": {"metadata": {"resourceVersion": version}}}
    return json.dumps(event | fields).encode() + b"\n"


def test_a_watch_asks_for_an_end_and_for_bookmarks(api, cluster):
    api.streams = [[], []]

    assert list(cluster.watch(Resource.JOBS, None)) == []
    assert list(cluster.watch(Resource.CRONJOBS, "42")) == []

    (first, _, _), (second, _, _) = api.asked("watch")
    assert first["allowWatchBookmarks"] == "true"
    assert 45 <= int(first["timeoutSeconds"]) <= 60
    assert "resourceVersion" not in first
    assert second["resourceVersion"] == "42"


def test_a_watch_yields_events_as_they_come(api, cluster):
    events = cluster.watch(Resource.JOBS, None)
    with api.changes() as world:
        world.add_job("a", "dbt")
    first = next(events)
    with api.changes() as world:
        world.add_job("b", "dbt")

    second = next(events)
    events.close()

    versions = [e["object"]["metadata"]["resourceVersion"] for e in (first, second)]
    assert versions[0] < versions[1]


def test_a_watch_reads_over_blank_lines_and_what_was_cut_off(api, cluster):
    api.streams = [[b"\n", line("ADDED"), b"\n\n", line("BOOKMARK")[:20]]]

    events = list(cluster.watch(Resource.JOBS, None))

    assert [event["type"] for event in events] == ["ADDED"]


@pytest.mark.parametrize(
    "prepare",
    [
        pytest.param(
            lambda api: api.answer("watch", Resource.JOBS, status(410)), id="status"
        ),
        pytest.param(
            lambda api: api.streams.append([line("ERROR", object={"code": 410})]),
            id="event",
        ),
    ],
)
def test_a_watch_that_began_too_long_ago_says_so(api, cluster, prepare):
    prepare(api)

    with pytest.raises(GoneError):
        list(cluster.watch(Resource.JOBS, "1"))


def test_a_silent_watch_is_given_up(api, impatient, release):
    api.answer("watch", Resource.JOBS, silence(release))

    with pytest.raises(UnreachableError):
        list(impatient.watch(Resource.JOBS, None))


def test_a_watch_that_breaks_off_is_an_error(api, cluster):
    events = cluster.watch(Resource.JOBS, None)
    with api.changes() as world:
        world.add_job("a", "dbt")
    next(events)

    api.stop()

    with pytest.raises(UnreachableError):
        list(events)
    api.start()


def test_a_watch_that_was_left_does_not_disturb_the_next_request(api, cluster):
    events = cluster.watch(Resource.JOBS, None)
    with api.changes() as world:
        world.add_job("a", "dbt")
    next(events)
    events.close()

    assert len(cluster.list_objects(Resource.JOBS).items) == 1


def test_the_pool_does_not_retry_by_itself(api, cluster, counts):
    api.answer(*JOBS, hang_up)

    with pytest.raises(UnreachableError) as raised:
        cluster.list_objects(Resource.JOBS)

    assert isinstance(raised.value.__cause__, urllib3.exceptions.ProtocolError)
    assert len(api.asked("list")) == 1
    assert counts == [("list", "error")]
