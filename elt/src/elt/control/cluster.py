"""The release's objects at the API server, in the verbs that the Role allows."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from elt.control.fields import Manifest, items, mapping
from elt.control.keys import CONTROLLER, Resource
from elt.control.kube import Connection, Request, server_time
from elt.control.watching import read_events

_JSON_PATCH = "application/json-patch+json"
_MERGE_PATCH = "application/merge-patch+json"
#: The server ends a watch itself: a watch keeps the token that it began with.
_WATCH_SECONDS = (45, 60)

Document = dict[str, object]


_APIS = {
    Resource.JOBS: "/apis/batch/v1",
    Resource.CRONJOBS: "/apis/batch/v1",
    Resource.PODS: "/api/v1",
    Resource.CONFIGMAPS: "/api/v1",
    Resource.EVENTS: "/apis/events.k8s.io/v1",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """The objects of a list, and the API server's time at which it was taken."""

    items: list[Manifest]
    now: datetime


class Cluster:
    """The objects of one release in one namespace."""

    def __init__(
        self, connection: Connection, *, selector: str, namespace: str | None = None
    ) -> None:
        self._connection = connection
        self._selector = {"labelSelector": selector}
        self.namespace = namespace or connection.namespace

    def list_objects(self, resource: Resource) -> Listing:
        """Return all objects of a resource."""
        answer, headers = self._connection.call(
            Request(
                verb="list",
                resource=resource,
                path=self._path(resource),
                query=self._selector,
            )
        )
        now = datetime.fromtimestamp(server_time(headers), UTC)
        return Listing(items=items(answer, "items"), now=now)

    def watch(self, resource: Resource, version: str | None) -> Iterator[Manifest]:
        """Yield what happens to a resource after a version, until the server ends it.

        Without a version, what is there comes first. GoneError when the version is too
        old.
        """
        query = self._selector | {
            "watch": "true",
            "allowWatchBookmarks": "true",
            "timeoutSeconds": str(random.randint(*_WATCH_SECONDS)),  # noqa: S311
        }
        if version is not None:
            query["resourceVersion"] = version
        request = Request(
            verb="watch",
            resource=resource,
            path=self._path(resource),
            query=query,
        )
        yield from read_events(self._connection.stream(request))

    def create_job(self, manifest: Document) -> None:
        """Create a Job; ConflictError when there is one of its name."""
        self._create(Resource.JOBS, manifest, fieldValidation="Strict")

    def delete_job(self, name: str, uid: str, version: str | None = None) -> None:
        """Delete a Job if it is still this one, and still as it was in this version."""
        preconditions = {"uid": uid}
        if version is not None:
            preconditions["resourceVersion"] = version
        self._connection.call(
            Request(
                verb="delete",
                resource=Resource.JOBS,
                path=self._path(Resource.JOBS, name),
                body={
                    "apiVersion": "v1",
                    "kind": "DeleteOptions",
                    "propagationPolicy": "Background",
                    "preconditions": preconditions,
                },
            )
        )

    def patch_job(self, name: str, patch: list[Document]) -> None:
        """Change a Job; ConflictError when a test of the patch does not hold."""
        self._patch(Resource.JOBS, name, patch, _JSON_PATCH)

    def patch_cronjob(self, name: str, patch: list[Document]) -> None:
        """Change a CronJob; ConflictError when a test of the patch does not hold."""
        self._patch(Resource.CRONJOBS, name, patch, _JSON_PATCH)

    def create_event(self, manifest: Document) -> None:
        """Store an Event; ConflictError when there is one of its name."""
        self._create(Resource.EVENTS, manifest)

    def read_config_map(self, name: str) -> Manifest:
        """Return the data of a ConfigMap; ConflictError when there is none."""
        request = Request(
            verb="get",
            resource=Resource.CONFIGMAPS,
            path=self._path(Resource.CONFIGMAPS, name),
        )
        answer, _ = self._connection.call(request)
        return mapping(answer, "data")

    def patch_config_map(self, name: str, data: dict[str, str]) -> None:
        """Change some data of a ConfigMap; ConflictError when there is none."""
        self._patch(Resource.CONFIGMAPS, name, {"data": data}, _MERGE_PATCH)

    def _create(self, resource: Resource, manifest: Document, **query: str) -> None:
        self._connection.call(
            Request(
                verb="create",
                resource=resource,
                path=self._path(resource),
                query={"fieldManager": CONTROLLER, **query},
                body=manifest,
            )
        )

    def _patch(
        self, resource: Resource, name: str, body: object, content_type: str
    ) -> None:
        self._connection.call(
            Request(
                verb="patch",
                resource=resource,
                path=self._path(resource, name),
                query={"fieldManager": CONTROLLER},
                body=body,
                content_type=content_type,
            )
        )

    def _path(self, resource: Resource, name: str | None = None) -> str:
        path = f"{_APIS[resource]}/namespaces/{self.namespace}/{resource}"
        return path if name is None else f"{path}/{name}"
