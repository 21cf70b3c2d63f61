"""Builds what is sent to the API server: stamped Jobs, and guarded JSON patches.

A stamped Job is a copy of its CronJob's raw jobTemplate, with what makes it ours: the
labels it is found by, annotations, and an owner, so that it goes when the chart goes.
"""

from __future__ import annotations

from copy import deepcopy

from elt.control import keys
from elt.control.actions import ClearRunNow, Release, StampDbt, StampReplicator
from elt.control.fields import Manifest, mapping, text, texts
from elt.control.keys import Component, Names
from elt.control.observed import CronJob, Job

Document = dict[str, object]

_KEPT_SECONDS = 7 * 24 * 3600


def replicator_job(action: StampReplicator, names: Names) -> Document:
    """Return Job elt-replicator, stamped from the template."""
    annotations = {
        keys.RUN_ID: action.run_id,
        keys.FOR: ",".join(demand.uid for demand in action.demands),
        keys.ATTEMPT: str(action.attempt),
        keys.TEMPLATE_GENERATION: action.template.generation,
    }
    if action.is_wish:
        annotations[keys.RUN_NOW] = action.template.resource_version
    return _job(
        action.template,
        name=names.replicator,
        labels=_labels(names, Component.REPLICATOR),
        annotations=annotations,
        template_annotations={keys.RUN_ID: action.run_id},
    )


def dbt_job(action: StampDbt, names: Names) -> Document:
    """Return a dbt Job, suspended even where its CronJob forgot to say so.

    The CronJob's history has no limit for Jobs that it did not make, so they get one.
    """
    wish = {keys.RUN_NOW: action.cronjob.resource_version} if action.is_wish else {}
    job = _job(
        action.cronjob,
        name=action.name,
        labels=_labels(names, Component.DBT),
        annotations=wish,
        template_annotations={},
    )
    kept = {"ttlSecondsAfterFinished": _KEPT_SECONDS}
    return job | {"spec": {**kept, **mapping(job, "spec"), "suspend": True}}


def release_patch(action: Release) -> list[Document]:
    """Return the JSON patch that lets a dbt Job run, if nothing about it changed.

    The pod template may get the run id as well, but only as long as no pod was made.
    """
    job = action.job
    return [
        *_guards(job.uid),
        {
            "op": "test",
            "path": "/metadata/resourceVersion",
            "value": job.resource_version,
        },
        *_annotate("/metadata", job.annotations, action.run_id),
        *_annotate_template(job, action.run_id),
        {"op": "replace", "path": "/spec/suspend", "value": False},
    ]


def clear_patch(action: ClearRunNow) -> list[Document]:
    """Return the JSON patch that takes a wish back, if it is still the same one."""
    path = f"/metadata/annotations/{_escaped(keys.RUN_NOW)}"
    return [
        *_guards(action.cronjob.uid),
        {"op": "test", "path": path, "value": action.value},
        {"op": "remove", "path": path},
    ]


def _job(
    cronjob: CronJob,
    *,
    name: str,
    labels: dict[str, str],
    annotations: dict[str, str],
    template_annotations: dict[str, str],
) -> Document:
    template = deepcopy(mapping(cronjob.manifest, "spec", "jobTemplate"))
    spec = dict(mapping(template, "spec"))
    pod_labels = {key: labels[key] for key in labels if key != keys.MANAGED_BY_LABEL}
    pod = dict(mapping(spec, "template"))
    pod["metadata"] = _metadata(pod, pod_labels, template_annotations)
    spec["template"] = pod
    made = {keys.INSTANTIATE: "manual", **annotations}
    metadata = _metadata(template, labels, made)
    metadata["name"] = name
    metadata["ownerReferences"] = [
        {
            "apiVersion": "batch/v1",
            "kind": "CronJob",
            "name": cronjob.name,
            "uid": cronjob.uid,
        }
    ]
    namespace = text(cronjob.manifest, "metadata", "namespace")
    if namespace:
        metadata["namespace"] = namespace
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": spec}


def _metadata(
    template: Manifest, labels: dict[str, str], annotations: dict[str, str]
) -> Document:
    return {
        **mapping(template, "metadata"),
        "labels": (texts(template, "metadata", "labels") or {}) | labels,
        "annotations": (texts(template, "metadata", "annotations") or {}) | annotations,
    }


def _labels(names: Names, component: Component) -> dict[str, str]:
    """Return the labels without which the controller would not see what it made."""
    return {
        keys.INSTANCE_LABEL: names.release,
        keys.COMPONENT_LABEL: component.value,
        keys.MANAGED_BY_LABEL: keys.CONTROLLER,
    }


def _guards(uid: str) -> list[Document]:
    return [{"op": "test", "path": "/metadata/uid", "value": uid}]


def _annotate(path: str, annotations: object, run_id: str) -> list[Document]:
    """Return how to add the run id; `add` into a map that is not there would fail."""
    if annotations is None:
        value: object = {keys.RUN_ID: run_id}
        return [{"op": "add", "path": f"{path}/annotations", "value": value}]
    path = f"{path}/annotations/{_escaped(keys.RUN_ID)}"
    return [{"op": "add", "path": path, "value": run_id}]


def _annotate_template(job: Job, run_id: str) -> list[Document]:
    if job.started_at is not None:
        return []
    return _annotate("/spec/template/metadata", job.template_annotations, run_id)


def _escaped(key: str) -> str:
    """Return a key as a part of a JSON pointer."""
    return key.replace("~", "~0").replace("/", "~1")
