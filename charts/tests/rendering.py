"""Renders the chart, and finds things in what it renders."""

from __future__ import annotations

import functools
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
CHART = ROOT / "charts" / "elt"
HELMS = {name: ROOT / ".cache" / "helm" / name for name in ("helm", "helm3")}
#: Values of the files in ci, by the name of the file.
EXAMPLES = {
    path.name.removesuffix("-values.yaml"): yaml.safe_load(path.read_text())
    for path in sorted((CHART / "ci").glob("*-values.yaml"))
}

#: The least that a follower needs.
FOLLOWING = {
    "config": {"sources": [{"mode": "logical"}]},
    "follower": {"enabled": True},
}

Document = dict[str, Any]


class RefusedError(Exception):
    """Helm did not take the values; the text is what it says to its user."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pod:
    """A pod, or the template of one."""

    owner: str
    component: str
    metadata: Document
    spec: Document

    @property
    def container(self) -> Document:
        """Its container, not counting those that values added."""
        [container] = self.spec["containers"]
        return container

    @property
    def env(self) -> dict[str, str]:
        """Environment variables with a value."""
        return {e["name"]: e.get("value", "") for e in self.container["env"]}

    @property
    def mounts(self) -> dict[str, str]:
        """Names of volumes, by where they are mounted."""
        return {m["mountPath"]: m["name"] for m in self.container["volumeMounts"]}

    def volume(self, name: str) -> Document:
        """Return the volume of a name."""
        [volume] = [v for v in self.spec["volumes"] if v["name"] == name]
        return volume


@dataclass(frozen=True, slots=True)
class Release:
    """The objects that the chart makes of some values."""

    objects: list[Document]

    def all(self, kind: str) -> dict[str, Document]:
        """Return the objects of a kind, by name."""
        return {o["metadata"]["name"]: o for o in self.objects if o["kind"] == kind}

    def get(self, kind: str, name: str) -> Document:
        """Return one object."""
        return self.all(kind)[name]

    def pods(self) -> list[Pod]:
        """Return every pod and template of one."""
        found = ((o, _template(o)) for o in self.objects)
        return [
            Pod(
                owner=f"{owner['kind']}/{owner['metadata']['name']}",
                component=template["metadata"]["labels"]["app.kubernetes.io/component"],
                metadata=template["metadata"],
                spec=template["spec"],
            )
            for owner, template in found
            if template
        ]

    def pod(self, component: str) -> Pod:
        """Return the pod of a component that has one."""
        [pod] = [pod for pod in self.pods() if pod.component == component]
        return pod


def _template(item: Document) -> Document | None:
    """Return the pod in an object, None when there is none."""
    match item["kind"]:
        case "Pod":
            return item
        case "CronJob":
            return item["spec"]["jobTemplate"]["spec"]["template"]
        case "Job" | "Deployment" | "StatefulSet":
            return item["spec"]["template"]
    return None


def render(values: Document | None = None, *options: str, helm="helm") -> Release:
    """Render the chart as release and namespace `elt`; leave the result as it is."""
    return _rendered(json.dumps(values or {}), options, helm)


@functools.cache
def _rendered(values, options, helm):
    text = run_helm("template", "elt", *options, values=json.loads(values), helm=helm)
    return Release([o for o in yaml.load_all(text, Loader=yaml.CSafeLoader) if o])


def run_helm(command, name, *options, values=None, helm="helm"):
    """Run Helm with the chart; return its output, or raise what it complains about."""
    result = subprocess.run(
        [HELMS[helm], command, name, CHART, "--namespace=elt", "--values=-", *options],
        input=json.dumps(values or {}),
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        raise RefusedError(result.stderr)
    return result.stdout
