"""A cluster that keeps its objects in dicts, and behaves as the API server does.

It has the calls of `elt.control.cluster.Cluster`, and besides them what the rest of the
world does: CronJobs tick, Jobs start and end, people make and change objects.
"""

import json
from copy import deepcopy
from datetime import UTC, datetime, timedelta

from elt.control.cluster import Listing
from elt.control.failures import ConflictError
from elt.control.keys import COMPONENT_LABEL, INSTANCE_LABEL, RUN_NOW, Resource
from elt.control.moments import format_time, parse_moment

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def labels_of(component):
    return {INSTANCE_LABEL: "elt", COMPONENT_LABEL: component}


class FakeCluster:
    namespace = "test"

    def __init__(self, now=NOON):
        self.now = now
        self.objects = {resource: {} for resource in Resource}
        self.objects[Resource.CONFIGMAPS]["elt-status"] = {"data": {}}
        #: What was asked of the API server, as (verb, resource, name).
        self.requests = []
        self._counter = 0

    # ------------------------------------------------------- what the controller calls

    def list_objects(self, resource):
        self._asked("list", resource)
        return Listing(
            items=deepcopy(list(self.objects[resource].values())), now=self.now
        )

    def create_job(self, manifest):
        self._asked("create", Resource.JOBS, manifest["metadata"]["name"])
        return self._create(Resource.JOBS, manifest)

    def delete_job(self, name, uid, version=None):
        self._asked("delete", Resource.JOBS, name)
        metadata = self._find(Resource.JOBS, name)["metadata"]
        if uid != metadata["uid"] or version not in {None, metadata["resourceVersion"]}:
            raise ConflictError("Cannot delete jobs: a precondition failed")
        del self.objects[Resource.JOBS][name]

    def patch_job(self, name, patch):
        self._asked("patch", Resource.JOBS, name)
        before = self._find(Resource.JOBS, name)
        after = apply_json_patch(before, patch)
        is_fixed = not before["spec"].get("suspend") or "startTime" in before["status"]
        if is_fixed and after["spec"]["template"] != before["spec"]["template"]:
            raise ConflictError("Cannot patch jobs: field is immutable")
        self._store(Resource.JOBS, after)

    def patch_cronjob(self, name, patch):
        self._asked("patch", Resource.CRONJOBS, name)
        before = self._find(Resource.CRONJOBS, name)
        self._store(Resource.CRONJOBS, apply_json_patch(before, patch))

    def create_event(self, manifest):
        self._asked("create", Resource.EVENTS, manifest["metadata"]["name"])
        self._create(Resource.EVENTS, manifest)

    def read_config_map(self, name):
        self._asked("get", Resource.CONFIGMAPS, name)
        return dict(self._find(Resource.CONFIGMAPS, name)["data"])

    def patch_config_map(self, name, data):
        self._asked("patch", Resource.CONFIGMAPS, name)
        self._find(Resource.CONFIGMAPS, name)["data"].update(data)

    # ------------------------------------------------------------ what the world does

    def pass_time(self, seconds):
        self.now += timedelta(seconds=seconds)

    def add_cronjob(self, name, component, *, born_suspended=False, **metadata):
        spec = {"template": {"spec": {"containers": [{"name": component}]}}}
        if born_suspended:
            spec["suspend"] = True
        self._create(
            Resource.CRONJOBS,
            {
                "metadata": {"name": name, "labels": labels_of(component), **metadata},
                "spec": {"schedule": "0 * * * *", "jobTemplate": {"spec": spec}},
            },
        )

    def add_job(self, name, component, *, cronjob=None, **spec):
        """Make a Job as kubectl or a CronJob does; return its UID."""
        template = {"spec": {"template": {"metadata": {}}}}
        if cronjob is not None:
            template = self.cronjob(cronjob)["spec"]["jobTemplate"]
        manifest = {
            "metadata": {"name": name, "labels": labels_of(component)},
            "spec": deepcopy(template["spec"]) | spec,
        }
        return self._create(Resource.JOBS, manifest)["metadata"]["uid"]

    def tick(self, name="elt-dbt"):
        """Let the schedule make a Job, unless one is unfinished (Forbid)."""
        children = [job for job in self.jobs if job["metadata"].get("child-of") == name]
        if any(not is_finished(job) for job in children):
            return
        self._counter += 1
        uid = self.add_job(f"{name}-{self._counter}", "dbt", cronjob=name)
        job = next(job for job in self.jobs if job["metadata"]["uid"] == uid)
        job["metadata"]["child-of"] = name
        self.cronjob(name)["status"]["lastScheduleTime"] = format_time(self.now)
        self._store(Resource.CRONJOBS, self.cronjob(name))

    def start_jobs(self):
        """Do what the Job controller does with Jobs that are not suspended."""
        for job in self.jobs:
            if not job["spec"].get("suspend") and "startTime" not in job["status"]:
                job["status"]["startTime"] = format_time(self.now)
                self._store(Resource.JOBS, job)

    def finish(self, name, condition="Complete", reason="", said=None):
        """End a Job, and leave a pod with the last thing that it said."""
        self.start_jobs()
        job = self.job(name)
        ending = {"type": condition, "status": "True", "reason": reason}
        ending["lastTransitionTime"] = format_time(self.now)
        job["status"]["conditions"] = [ending]
        if condition == "Complete":
            job["status"]["completionTime"] = format_time(self.now)
        self._store(Resource.JOBS, job)
        if said is not None:
            self.add_pod(job, said)

    def add_pod(self, job, said=None, *, phase="Succeeded", **status):
        message = said if said is None or isinstance(said, str) else json.dumps(said)
        ended = {"exitCode": 0, "message": message, "finishedAt": format_time(self.now)}
        component = job["metadata"]["labels"][COMPONENT_LABEL]
        container = {"name": component, "state": {"terminated": ended}}
        self._counter += 1
        self._create(
            Resource.PODS,
            {
                "metadata": {
                    "name": f"{job['metadata']['name']}-{self._counter}",
                    "labels": labels_of(component),
                    "ownerReferences": [{"kind": "Job", "uid": job["metadata"]["uid"]}],
                },
                "status": {
                    "phase": phase,
                    "containerStatuses": [container] if said is not None else [],
                    **status,
                },
            },
        )

    def wish(self, name, value="now"):
        """Annotate a CronJob with elt/run-now."""
        cronjob = self.cronjob(name)
        cronjob["metadata"].setdefault("annotations", {})[RUN_NOW] = value
        self._store(Resource.CRONJOBS, cronjob)

    def change_template(self, name="elt-replicator"):
        cronjob = self.cronjob(name)
        cronjob["metadata"]["generation"] += 1
        self._store(Resource.CRONJOBS, cronjob)

    # ------------------------------------------------------------------ what is there

    @property
    def jobs(self):
        return list(self.objects[Resource.JOBS].values())

    @property
    def events(self):
        return list(self.objects[Resource.EVENTS].values())

    @property
    def status(self):
        return self.objects[Resource.CONFIGMAPS]["elt-status"]["data"]

    def job(self, name):
        return self.objects[Resource.JOBS][name]

    def cronjob(self, name):
        return self.objects[Resource.CRONJOBS][name]

    def told(self, name):
        """Return the reasons of the Events about an object, in their order."""
        return [e["reason"] for e in self.events if e["regarding"]["name"] == name]

    # ------------------------------------------------------------------------ private

    def _asked(self, verb, resource, name=None):
        self.requests.append((verb, str(resource), name))

    def _find(self, resource, name):
        if name not in self.objects[resource]:
            raise ConflictError(f"Cannot find {resource}: {name} not found")
        return self.objects[resource][name]

    def _create(self, resource, manifest):
        name = manifest["metadata"]["name"]
        if name in self.objects[resource]:
            raise ConflictError(f"Cannot create {resource}: {name} already exists")
        created = deepcopy(manifest)
        self._counter += 1
        created["metadata"] |= {
            "uid": f"uid-{self._counter}",
            "creationTimestamp": format_time(self.now),
            "generation": 1,
        }
        created.setdefault("status", {})
        if resource is Resource.JOBS:
            metadata = created["spec"]["template"].setdefault("metadata", {})
            uid = {"batch.kubernetes.io/controller-uid": created["metadata"]["uid"]}
            metadata["labels"] = metadata.get("labels", {}) | uid
        self._store(resource, created)
        return created

    def _store(self, resource, manifest):
        self._counter += 1
        manifest["metadata"]["resourceVersion"] = str(self._counter)
        self.objects[resource][manifest["metadata"]["name"]] = manifest


def is_finished(job):
    return bool(job["status"].get("conditions"))


def started_at(job):
    return parse_moment(job["status"].get("startTime"))


def apply_json_patch(document, patch):
    """Return a document with a JSON patch applied; ConflictError when it cannot be."""
    patched = deepcopy(document)
    for operation in patch:
        *path, last = [
            part.replace("~1", "/").replace("~0", "~")
            for part in operation["path"].split("/")[1:]
        ]
        parent = patched
        for part in path:
            if part not in parent:
                raise ConflictError(f"Cannot patch: there is no {operation['path']}")
            parent = parent[part]
        kind = operation["op"]
        if kind != "add" and last not in parent:
            raise ConflictError(f"Cannot patch: there is no {operation['path']}")
        if kind == "test" and parent[last] != operation["value"]:
            raise ConflictError(f"Cannot patch: test of {operation['path']} failed")
        if kind == "remove":
            del parent[last]
        elif kind != "test":
            parent[last] = operation["value"]
    return patched
