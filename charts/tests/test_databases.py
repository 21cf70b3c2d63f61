"""The databases that the chart installs."""

import pytest
from rendering import EXAMPLES, render

SIDES = ("source", "destination")
each_side = pytest.mark.parametrize("side", SIDES)


@each_side
def test_the_volume_is_beside_the_images_own_volumes(default, side):
    """Images declare volumes at /var/lib/postgresql/data (17) and above it (18)."""
    pod = default.pod(side)

    assert pod.mounts["/data"] == "data"
    assert pod.env["PGDATA"] == "/data/pgdata"
    assert not [path for path in pod.mounts if path.startswith("/var/lib")]


@each_side
def test_a_server_can_write_where_it_must(default, side):
    pod = default.pod(side)

    places = ("/tmp", "/var/run/postgresql", "/dev/shm")  # noqa: S108  # of the pod
    kinds = [pod.volume(pod.mounts[path])["emptyDir"] for path in places]

    assert kinds == [{}, {}, {"medium": "Memory", "sizeLimit": "256Mi"}]


def test_the_source_writes_a_log_that_logical_replication_can_use(default):
    assert default.pod("source").container["args"] == ["-c", "wal_level=logical"]
    assert "args" not in default.pod("destination").container


def test_settings_are_written_as_the_server_reads_them():
    parameters = {"work_mem": 10485760, "fsync": True, "a.b": 0.5, "DateStyle": "ISO"}

    args = render({"destination": {"parameters": parameters}}).pod("destination")

    settings = args.container["args"][1::2]
    assert settings == ["DateStyle=ISO", "a.b=0.5", "fsync=true", "work_mem=10485760"]


@each_side
def test_a_server_is_ready_when_it_answers_over_tcp(default, side):
    """While the image prepares a database, its server listens on a socket only."""
    container = default.pod(side).container

    command = container["readinessProbe"]["exec"]["command"]

    assert command[0] == "pg_isready"
    assert "--host=127.0.0.1" in command
    assert container["startupProbe"]["exec"]["command"] == command
    startup = container["startupProbe"]
    assert startup["periodSeconds"] * startup["failureThreshold"] == 600


@each_side
def test_a_server_that_recovers_is_not_killed(default, side):
    liveness = default.pod(side).container["livenessProbe"]

    assert liveness["tcpSocket"] == {"port": "postgres"}


@each_side
def test_data_outlive_the_release(default, side):
    spec = default.get("StatefulSet", f"elt-{side}")["spec"]

    retention = spec["persistentVolumeClaimRetentionPolicy"]
    [claim] = spec["volumeClaimTemplates"]

    assert retention == {"whenDeleted": "Retain", "whenScaled": "Retain"}
    assert claim["metadata"]["name"] == "data"
    assert claim["spec"]["resources"] == {"requests": {"storage": "8Gi"}}
    assert "storageClassName" not in claim["spec"]


@pytest.mark.parametrize("name", ["", "fast"])
def test_a_storage_class_may_be_named_or_be_none(name):
    release = render({"source": {"persistence": {"storageClass": name}}})

    [claim] = release.get("StatefulSet", "elt-source")["spec"]["volumeClaimTemplates"]

    assert claim["spec"]["storageClassName"] == name


@each_side
def test_data_may_be_kept_elsewhere_or_not_at_all(side):
    ephemeral = render(EXAMPLES["ephemeral"])
    existing = render(EXAMPLES["openshift"])

    volumes = [r.pod(side).volume("data") for r in (ephemeral, existing)]

    claim = {"claimName": f"{side}-data"}
    assert volumes == [
        {"name": "data", "emptyDir": {}},
        {"name": "data", "persistentVolumeClaim": claim},
    ]
    for release in (ephemeral, existing):
        spec = release.get("StatefulSet", f"elt-{side}")["spec"]
        assert "volumeClaimTemplates" not in spec


@each_side
def test_the_service_leads_to_the_pod(default, side):
    service = default.get("Service", f"elt-{side}")["spec"]
    statefulset = default.get("StatefulSet", f"elt-{side}")["spec"]

    assert service["clusterIP"] == "None"
    assert service["publishNotReadyAddresses"] is True
    assert service["selector"] == statefulset["selector"]["matchLabels"]
    assert statefulset["serviceName"] == f"elt-{side}"
    assert statefulset["replicas"] == 1


@each_side
def test_a_disruption_budget_is_there_on_demand(default, side):
    values = {side: {"podDisruptionBudget": {"enabled": True}}}

    budgets = render(values).all("PodDisruptionBudget")

    assert list(budgets) == [f"elt-{side}"]
    assert default.all("PodDisruptionBudget") == {}


@each_side
def test_a_server_may_have_a_certificate(side):
    pod = render(EXAMPLES["tls"]).pod(side)

    settings = pod.container["args"][1::2]

    assert "ssl=on" in settings
    assert "ssl_cert_file=/run/secrets/elt/server/tls.crt" in settings
    assert "ssl_key_file=/run/secrets/elt/server/tls.key" in settings
    secret = pod.volume(pod.mounts["/run/secrets/elt/server"])["secret"]
    assert secret == {"secretName": f"elt-{side}-tls", "defaultMode": 0o440}


def test_an_external_database_leaves_nothing_of_its_own():
    release = render(EXAMPLES["external"])

    assert release.all("StatefulSet") == {}
    assert list(release.all("Service")) == ["elt-controller"]
    assert release.all("Secret") == {}
