"""How pods connect: variables, mounted Secrets, elt.yaml."""

import json

import pytest
import yaml
from rendering import EXAMPLES, render

from elt.config import load_config

CLIENTS = {
    "init": ["SOURCE"],
    "replicator": ["SOURCE", "DESTINATION"],
    "dbt": ["DESTINATION"],
    "controller": [],
}


@pytest.mark.parametrize("component, prefixes", CLIENTS.items())
def test_a_pod_connects_to_what_it_needs_and_no_more(default, component, prefixes):
    pod = default.pod(component)

    env = {k: v for k, v in pod.env.items() if k.partition("_")[0] in prefixes}

    wanted = {}
    for prefix in prefixes:
        side = prefix.lower()
        wanted |= {
            f"{prefix}_HOST": f"elt-{side}",
            f"{prefix}_PORT": "5432",
            f"{prefix}_DATABASE": f"{side}_db",
            f"{prefix}_USER": "elt",
            f"{prefix}_PASSWORD_FILE": f"/run/secrets/elt/{side}/password",
        }
    assert env == wanted
    sides = ("SOURCE_", "DESTINATION_")
    assert {k for k in pod.env if k.startswith(sides)} == set(wanted)
    folders = {p for p in pod.mounts if p.startswith("/run/secrets")}
    assert folders == {f"/run/secrets/elt/{p.lower()}" for p in prefixes}


def files(pod, side):
    """Return the files in the folder of a connection: (Secret, key) by name."""
    volume = pod.volume(pod.mounts[f"/run/secrets/elt/{side}"])["projected"]
    assert volume["defaultMode"] == 0o440
    return {
        item["path"]: (source["secret"]["name"], item["key"])
        for source in volume["sources"]
        for item in source["secret"]["items"]
    }


def test_an_external_database_is_reached_with_its_secrets():
    pod = render(EXAMPLES["external"]).pod("replicator")

    assert {k: v for k, v in pod.env.items() if k.startswith("SOURCE")} == {
        "SOURCE_HOST": "db.example.com",
        "SOURCE_PORT": "5432",
        "SOURCE_DATABASE": "shop",
        "SOURCE_USER": "elt_reader",
        "SOURCE_PASSWORD_FILE": "/run/secrets/elt/source/password",
        "SOURCE_SSLMODE": "verify-full",
        "SOURCE_SSLROOTCERT": "/run/secrets/elt/source/ca.crt",
    }
    assert files(pod, "source") == {
        "password": ("shop-reader", "password"),
        "ca.crt": ("shop-ca", "ca.crt"),
    }


def test_a_certificate_may_take_the_place_of_a_password():
    pod = render(EXAMPLES["external"]).pod("replicator")

    assert "DESTINATION_PASSWORD_FILE" not in pod.env
    assert pod.env["DESTINATION_PORT"] == "6432"
    assert pod.env["DESTINATION_SSLCERT"] == "/run/secrets/elt/destination/tls.crt"
    assert pod.env["DESTINATION_SSLKEY"] == "/run/secrets/elt/destination/tls.key"
    assert files(pod, "destination") == {
        "ca.crt": ("analytics-ca", "root.pem"),
        "tls.crt": ("elt-writer", "tls.crt"),
        "tls.key": ("elt-writer", "tls.key"),
    }


@pytest.mark.parametrize("name", EXAMPLES)
def test_elt_understands_what_its_pods_are_told(name, tmp_path):
    release = render(EXAMPLES[name])
    environ = release.pod("replicator").env
    # Mounted Secrets are not here.
    environ = {k: v for k, v in environ.items() if not k.endswith("_FILE")}
    if "ELT_CONFIG" in environ:
        path = tmp_path / "elt.yaml"
        path.write_text(release.get("ConfigMap", "elt-config")["data"]["elt.yaml"])
        environ["ELT_CONFIG"] = str(path)

    config = load_config(environ)

    assert config.destination.connection.host == environ["DESTINATION_HOST"]


def test_the_configuration_is_mounted_where_it_is_looked_for():
    config = EXAMPLES["external"]["config"]
    release = render(EXAMPLES["external"])

    for pod in release.pods():
        if pod.component in ("replicator", "test"):
            assert pod.env["ELT_CONFIG"] == "/etc/elt/elt.yaml"
            assert pod.volume(pod.mounts["/etc/elt"])["configMap"] == {
                "name": "elt-config"
            }
    text = release.get("ConfigMap", "elt-config")["data"]["elt.yaml"]
    assert yaml.safe_load(text) == config


def test_without_configuration_there_is_no_file(default):
    assert list(default.all("ConfigMap")) == ["elt-status"]
    assert "ELT_CONFIG" not in default.pod("replicator").env


def test_numbers_in_the_configuration_stay_numbers():
    config = {"sources": [{"name": "raw"}], "workers": 1000000, "allow_shrink": 0.25}

    data = render({"config": config}).get("ConfigMap", "elt-config")["data"]

    assert json.dumps(yaml.safe_load(data["elt.yaml"])) == json.dumps(
        {"allow_shrink": 0.25, "sources": [{"name": "raw"}], "workers": 1000000}
    )


def test_the_status_belongs_to_the_controller(default):
    """Without data in the chart, no upgrade touches what the controller wrote."""
    assert "data" not in default.get("ConfigMap", "elt-status")
