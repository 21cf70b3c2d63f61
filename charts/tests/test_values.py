"""Every value is documented, checked by the schema, and used by a template."""

import copy
import json
import subprocess
import sys

import pytest
import yaml
from readme import read_values
from rendering import CHART, FOLLOWING, ROOT, RefusedError, render

import elt
from elt.config import document, sources
from elt.config.model import (
    DeletePolicy,
    PublishPolicy,
    SchemaChangePolicy,
    SyncMode,
    Verification,
)

VALUES = read_values((CHART / "values.yaml").read_text())
SCHEMA = json.loads((CHART / "values.schema.json").read_text())
LEAVES = [value for value in VALUES if not value.has_keys]

EXTERNAL = {"external": {"enabled": True, "host": "db.example.com"}}
RULE = [{"ports": [{"port": 1}]}]
POD = {"nodeSelector": {"changed": "yes"}}
RESOURCES = {"requests": {"cpu": "1m"}}
#: Another value than the default, by the end of the path, where a type does not say it.
OTHER = {
    "fullnameOverride": "other",
    "schedule": "@daily",
    "timeZone": "Europe/Berlin",
    "config": {"workers": 3},
    "imageRegistry": "registry.example.com",
    "imagePullSecrets": [{"name": "changed"}],
    "registry": "registry.example.com",
    "repository": "changed",
    "tag": "changed",
    "digest": f"sha256:{'0' * 64}",
    "pullPolicy": "Always",
    "tolerations": [{"key": "changed"}],
    "affinity": {"nodeAffinity": {}},
    "topologySpreadConstraints": [{"maxSkew": 1}],
    "priorityClassName": "changed",
    "initContainers": [{"name": "changed"}],
    "extraEnv": [{"name": "CHANGED", "value": "yes"}],
    "extraEnvFrom": [{"configMapRef": {"name": "changed"}}],
    "extraVolumes": [{"name": "changed", "emptyDir": {}}],
    "extraVolumeMounts": [{"name": "changed", "mountPath": "/changed"}],
    "host": "changed.example.com",
    "database": "changed",
    "user": "changed",
    "password": "changed",
    "existingSecret": "changed",
    "passwordKey": "changed",
    "maskKey.key": "changed",
    "mode": "require",
    "caSecret": "changed",
    "caKey": "changed",
    "clientSecret": "changed",
    "serverSecret": "changed",
    "wal_level": "replica",
    "parameters": {"work_mem": "8MB"},
    "size": "1Gi",
    "storageClass": "changed",
    "accessModes": ["ReadWriteMany"],
    "existingClaim": "changed",
    "whenDeleted": "Delete",
    "whenScaled": "Delete",
    "sharedMemory": "1Gi",
    "resources": RESOURCES,
    "pod": POD,
    "extraArgs": ["--verbose"],
    "name": "changed",
    "every": "15m",
    "follower.source": "raw",
    "dnsPorts": [5353],
    "apiServerPorts": [8443],
    "extraIngress": {"source": RULE},
    "extraEgress": {"source": RULE},
    "interval": "1m",
    "runbookBaseUrl": "https://example.com",
    "extraObjects": [
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}}
    ],
}
#: What must be set as well for a value to have an effect.
CONTEXT = {
    "source.external": {"init": {"enabled": False}, "source": EXTERNAL},
    "destination.external": {"destination": EXTERNAL},
    "source.tls.caKey": {"source": {"tls": {"caSecret": "ca"}}},
    "follower": FOLLOWING,
    "maskKey.key": {"maskKey": {"existingSecret": "elt-mask"}},
    "destination.tls.caKey": {"destination": {"tls": {"caSecret": "ca"}}},
    "metrics": {
        "metrics": {
            kind: {"enabled": True}
            for kind in ("serviceMonitor", "podMonitor", "prometheusRule")
        }
    },
}


def other_value(leaf):
    """Return a value that is not the default."""
    for name in (leaf.path, leaf.path.rpartition(".")[2]):
        if name in OTHER:
            return OTHER[name]
    match leaf.default:
        case bool():
            return not leaf.default
        case int():
            return leaf.default + 1
        case dict():
            return {"changed": "yes"}
    raise AssertionError(f"OTHER needs another value of {leaf.path}")


def context_of(path):
    for prefix, values in CONTEXT.items():
        if path == prefix or path.startswith(f"{prefix}."):
            return values
    return {}


def merged(values, path, value):
    """Return values with one more; what is there is left as it is."""
    key, _, rest = path.partition(".")
    below = values.get(key, {})
    return values | {key: merged(below, rest, value) if rest else value}


@pytest.mark.parametrize("leaf", LEAVES, ids=lambda leaf: leaf.path)
def test_every_value_is_used(leaf):
    """Another value makes another release."""
    context = context_of(leaf.path)
    if isinstance(leaf.default, bool):
        context = merged(context, leaf.path, leaf.default)

    before = _comparable(render(context))
    after = _comparable(render(merged(context, leaf.path, other_value(leaf))))

    assert before != after


def _comparable(release):
    """Return a release without the passwords that chance made."""
    objects = copy.deepcopy(release.objects)
    for item in (o for o in objects if o["kind"] == "Secret"):
        for key, text in item["data"].items():
            # 32 characters by chance are 44 in base64.
            item["data"][key] = "by chance" if len(text) == 44 else text
    return objects


@pytest.mark.parametrize("value", VALUES, ids=lambda value: value.path)
def test_every_value_has_a_comment(value):
    assert value.comment
    assert not value.comment.endswith(".")


def _resolve(schema):
    if "$ref" in schema:
        return SCHEMA["definitions"][schema["$ref"].rpartition("/")[2]]
    if "allOf" in schema:
        return _resolve(schema["allOf"][0])
    return schema


@pytest.mark.parametrize("value", VALUES, ids=lambda value: value.path)
def test_every_value_is_in_the_schema(value):
    schema = SCHEMA

    for key in value.path.split("."):
        schema = _resolve(schema)
        schema = schema.get("properties", {}).get(key) or next(
            iter(schema.get("patternProperties", {}).values())
        )

    assert schema


def _paths(schema, prefix=""):
    """Yield what the schema allows, down to where values.yaml ends."""
    schema = _resolve(schema)
    for key, below in schema.get("properties", {}).items():
        yield f"{prefix}{key}"
        yield from _paths(below, f"{prefix}{key}.")


def test_the_schema_allows_nothing_that_values_do_not_have():
    known = {value.path for value in VALUES}
    # Where values.yaml has an empty mapping, its keys are documented elsewhere.
    ends = tuple(f"{v.path}." for v in LEAVES if isinstance(v.default, dict))
    optional = {
        f"{user}.{key}"
        for user in ("podSecurityContext", "postgres.podSecurityContext")
        for key in ("supplementalGroups", "seLinuxOptions")
    }

    unknown = {p for p in _paths(SCHEMA) if not p.startswith(ends)} - known - optional

    assert unknown == set()


def _objects(schema, path):
    if not isinstance(schema, dict):
        return
    if "properties" in schema and schema.get("type") == "object":
        yield path, schema
    for key, below in schema.items():
        if key not in ("if", "then"):
            yield from _objects(below, f"{path}/{key}")


def test_the_schema_refuses_unknown_keys_everywhere():
    """But in `global`, which belongs to all charts."""
    loose = [
        path
        for path, schema in _objects(SCHEMA, "")
        if schema.get("additionalProperties") is not False
    ]

    assert loose == ["/properties/global"]


#: What means something without a value: the default of Kubernetes, or nothing.
MAY_BE_NULL = {
    "config",
    "resources",
    "storageClass",
    "runAsUser",
    "runAsGroup",
    "fsGroup",
    "wal_level",
    "nodeSelector",
    "tolerations",
    "affinity",
    "topologySpreadConstraints",
    "priorityClassName",
    "initContainers",
    "extraEnvFrom",
    "extraVolumeMounts",
}


def _required(schema, path=""):
    """Yield the paths of what the schema requires."""
    for part in (_resolve(schema), *schema.get("allOf", [])):
        yield from (f"{path}{key}" for key in part.get("required", []))
    for key, below in _resolve(schema).get("properties", {}).items():
        yield from _required(below, f"{path}{key}.")


def test_the_schema_requires_what_templates_cannot_do_without():
    """Helm takes a key that is null for one that is not there."""
    required = set(_required(SCHEMA))

    missing = {v.path for v in VALUES if v.path not in required}

    assert {path.rpartition(".")[2] for path in missing} == MAY_BE_NULL


@pytest.mark.parametrize(
    "place, keys",
    [
        ("", document.TOP_KEYS),
        ("sources", sources.SOURCE_KEYS),
        ("destination", document.DESTINATION_KEYS),
        ("streams", sources.STREAM_KEYS),
    ],
)
def test_the_schema_has_the_keys_of_elt_yaml(place, keys):
    config = SCHEMA["properties"]["config"]
    places = {
        "": config,
        "sources": config["properties"]["sources"]["items"],
        "destination": config["properties"]["destination"],
        "streams": SCHEMA["definitions"]["stream"],
    }

    assert set(places[place]["properties"]) == set(keys)


def test_the_readme_is_what_values_say():
    script = ROOT / "charts" / "tools" / "readme.py"

    result = subprocess.run(
        [sys.executable, script, "--check"], capture_output=True, text=True, check=False
    )

    assert result.returncode == 0, result.stdout


def test_the_chart_installs_the_version_it_comes_with():
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())

    assert chart["appVersion"] == elt.__version__


def test_older_clusters_are_refused(helm):
    with pytest.raises(RefusedError, match=r"incompatible with Kubernetes v1\.30"):
        render(None, "--kube-version", "1.30", helm=helm)


@pytest.mark.parametrize(
    "place, words",
    [
        ("definitions/syncMode", SyncMode),
        ("definitions/deletes", DeletePolicy),
        ("definitions/onSchemaChange", SchemaChangePolicy),
        ("properties/config/properties/publish", PublishPolicy),
        ("properties/config/properties/verify", Verification),
    ],
)
def test_the_schema_has_words_that_elt_understands(place, words):
    schema = SCHEMA
    for key in place.split("/"):
        schema = schema[key]

    assert set(schema["enum"]) <= {word.value for word in words}
