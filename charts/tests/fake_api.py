"""A Kubernetes API server, of the little that Helm asks for before it installs."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

#: Plural and kind of what the chart renders or looks up, by API version.
_KINDS = {
    "v1": {
        "configmaps": "ConfigMap",
        "pods": "Pod",
        "secrets": "Secret",
        "serviceaccounts": "ServiceAccount",
        "services": "Service",
    },
    "apps/v1": {"deployments": "Deployment", "statefulsets": "StatefulSet"},
    "batch/v1": {"cronjobs": "CronJob", "jobs": "Job"},
    "networking.k8s.io/v1": {"networkpolicies": "NetworkPolicy"},
    "rbac.authorization.k8s.io/v1": {"roles": "Role", "rolebindings": "RoleBinding"},
}


def _documents(objects):
    """Yield the paths that are served, and what is there."""
    yield "/version", {"major": "1", "minor": "35", "gitVersion": "v1.35.4"}
    yield "/api", {"kind": "APIVersions", "versions": ["v1"]}
    groups = [_group(version) for version in _KINDS if "/" in version]
    yield "/apis", {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}
    for version, kinds in _KINDS.items():
        resources = [
            {"name": plural, "kind": kind, "namespaced": True, "verbs": ["get"]}
            for plural, kind in kinds.items()
        ]
        yield _root(version), {"groupVersion": version, "resources": resources}
    for item in objects:
        yield _path(item), item


def _group(version):
    entry = {"groupVersion": version, "version": version.split("/")[1]}
    name = version.split("/")[0]
    return {"name": name, "versions": [entry], "preferredVersion": entry}


def _root(version):
    return f"/apis/{version}" if "/" in version else f"/api/{version}"


def _path(item):
    plurals = {kind: plural for plural, kind in _KINDS[item["apiVersion"]].items()}
    namespace, name = item["metadata"]["namespace"], item["metadata"]["name"]
    root = _root(item["apiVersion"])
    return f"{root}/namespaces/{namespace}/{plurals[item['kind']]}/{name}"


@contextmanager
def serve(objects) -> Iterator[str]:
    """Serve some objects; yield the server's URL."""
    documents = dict(_documents(objects))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            document = documents.get(self.path.partition("?")[0])
            body = document or {"kind": "Status", "reason": "NotFound", "code": 404}
            self.send_response(200 if document else 404)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_):
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
