"""Installations that end before anything is made, beside objects that are there."""

import base64

from fake_api import serve
from rendering import run_helm

OWNED = {
    "labels": {"app.kubernetes.io/managed-by": "Helm"},
    "annotations": {
        "meta.helm.sh/release-name": "elt",
        "meta.helm.sh/release-namespace": "elt",
    },
}
NAMESPACE = [
    {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": "default", "namespace": "elt"},
    }
]


def secret(name, **data):
    """Return a Secret as the API server has it."""
    encoded = {
        key: base64.b64encode(text.encode()).decode() for key, text in data.items()
    }
    metadata = {"name": name, "namespace": "elt", **OWNED}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": encoded}


def deployment(release):
    """Return the controller of a release."""
    annotations = OWNED["annotations"] | {"meta.helm.sh/release-name": release}
    metadata = {"name": "elt-controller", "namespace": "elt"}
    metadata |= OWNED | {"annotations": annotations}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata}


def install(*objects, values=None, helm="helm"):
    """Return what Helm says about an installation beside some objects."""
    with serve([*NAMESPACE, *objects]) as url:
        return run_helm(
            "install",
            "elt",
            "--dry-run=server",
            f"--kube-apiserver={url}",
            "--kube-token=none",
            "--disable-openapi-validation",
            values=values,
            helm=helm,
        )
