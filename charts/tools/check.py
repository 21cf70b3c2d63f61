"""Checks the chart without a cluster: lint, strict schemas of Kubernetes, checkov.

Each file in elt/ci goes through `helm lint --strict` of both versions of Helm, and what
it renders must be valid for every version of Kubernetes that the chart supports.
"""

from __future__ import annotations

import functools
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from typing import Any

import kubernetes_validate  # type: ignore[import-untyped]
import yaml

ROOT = Path(__file__).parents[2]
CHART = ROOT / "charts" / "elt"
CHECKOV = ROOT / ".cache" / "checkov" / "bin" / "checkov"
HELMS = [ROOT / ".cache" / "helm" / name for name in ("helm", "helm3")]
KUBERNETES = ("1.31", "1.32", "1.33", "1.34", "1.35", "1.36")
#: Kinds of the Prometheus Operator, which Kubernetes has no schema of.
_FOREIGN = "monitoring.coreos.com/"


def _run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, check=False
    )


def lint(helm: Path, values: Path) -> Iterator[str]:
    """Yield what one Helm dislikes about the chart with one values file."""
    result = _run(helm, "lint", "--strict", CHART, "--values", values)
    if result.returncode:
        yield f"{helm.name} lint, {values.name}:\n{result.stdout}{result.stderr}"


def render(helm: Path, values: Path, *options: str) -> str:
    """Return what one Helm makes of the chart."""
    result = _run(
        helm, "template", "elt", CHART, "--namespace=elt", "--values", values, *options
    )
    if result.returncode:
        sys.exit(f"{helm.name} template, {values.name}:\n{result.stderr}")
    return result.stdout


def validate(helm: Path, values: Path, version: str) -> Iterator[str]:
    """Yield what a version of Kubernetes would not accept."""
    text = render(helm, values, "--kube-version", version)
    for document in yaml.load_all(text, Loader=yaml.CSafeLoader):
        if not document or document["apiVersion"].startswith(_FOREIGN):
            continue
        complaint = _complaint(json.dumps(document), version)
        if complaint:
            name = f"{document['kind']} {document['metadata']['name']}"
            yield f"{values.name}, Kubernetes {version}, {name}: {complaint}"


@functools.cache
def _complaint(document: str, version: str) -> str | None:
    """Return what is wrong with an object; most objects are the same in every file."""
    try:
        kubernetes_validate.validate(json.loads(document), version, strict=True)
    except kubernetes_validate.ValidationError as error:
        return f"{error.message} at {list(error.path)}"
    return None


def scan(helm: Path, values: list[Path]) -> Iterator[str]:
    """Yield what checkov finds, but for what checkov.yaml explains."""
    with tempfile.TemporaryDirectory() as folder:
        for path in values:
            text = render(helm, path, "--skip-tests")
            (Path(folder) / path.name).write_text(text)
        config = Path(__file__).with_name("checkov.yaml")
        result = _run(CHECKOV, "--config-file", config, "--directory", folder)
    if result.returncode:
        yield f"checkov:\n{result.stdout}{result.stderr}"


def main() -> int:
    """Print what is wrong; nothing is well."""
    # The definitions are read anew for each object otherwise.
    utils: Any = kubernetes_validate.utils
    utils.schema_contents = functools.cache(utils.schema_contents)
    helms = [helm for helm in HELMS if helm.exists()]
    if len(helms) < len(HELMS):
        print("helm is not there in both versions: the chart is not checked with all")
    if not helms:
        return 0
    values = sorted((CHART / "ci").glob("*-values.yaml"))
    with ThreadPoolExecutor() as pool:
        scanned = pool.submit(lambda: list(scan(helms[0], values)))
        lints = pool.map(
            lambda pair: list(lint(*pair)), [(h, v) for h in helms for v in values]
        )
        validated = [
            complaint
            for version in KUBERNETES
            for path in values
            for complaint in validate(helms[0], path, version)
        ]
        complaints = [*chain.from_iterable(lints), *validated, *scanned.result()]
    print("\n".join(complaints), end="\n" if complaints else "")
    return min(len(complaints), 1)


if __name__ == "__main__":
    sys.exit(main())
