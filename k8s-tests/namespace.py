"""A namespace of the tests, as kubectl shows it."""

import json
from dataclasses import dataclass
from datetime import datetime

from commands import run

#: Marks the namespaces of the tests: the next run removes them.
LABEL = "elt-e2e"


@dataclass(frozen=True, kw_only=True, slots=True)
class Namespace:
    """One namespace; every method is one call of kubectl."""

    name: str

    def kubectl(self, *arguments, **options):
        return run("kubectl", "--namespace", self.name, *arguments, **options)

    def create(self):
        """Make it, for pods that keep to the restricted Pod Security Standard."""
        labels = {"pod-security.kubernetes.io/enforce": "restricted", LABEL: "true"}
        metadata = {"name": self.name, "labels": labels}
        self.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})

    def apply(self, *objects):
        listed = {"apiVersion": "v1", "kind": "List", "items": list(objects)}
        self.kubectl("apply", "--filename", "-", stdin=json.dumps(listed))

    def get(self, kind, name):
        return json.loads(self.kubectl("get", kind, name, "--output", "json"))

    def items(self, kinds, selector=""):
        """Return all objects of these kinds, oldest first."""
        listed = self.kubectl("get", kinds, "--selector", selector, "--output", "json")
        items = json.loads(listed)["items"]
        return sorted(items, key=lambda item: item["metadata"]["creationTimestamp"])

    def exists(self, kind, name):
        found = self.kubectl(
            "get", kind, name, "--ignore-not-found", "--output", "name"
        )
        return bool(found)

    def pods_of(self, job):
        """Return the pods of a Job, oldest first."""
        return self.items("pods", f"batch.kubernetes.io/job-name={job}")

    def events_of(self, kind, name):
        """Return the Events on an object, oldest first, as the API has them."""
        fields = f"regarding.kind={kind},regarding.name={name}"
        listed = self.kubectl(
            "get",
            "events.v1.events.k8s.io",
            f"--field-selector={fields}",
            "--output",
            "json",
        )
        items = json.loads(listed)["items"]
        return sorted(items, key=lambda item: item["metadata"]["creationTimestamp"])

    def notes_of(self, kind, name, event_type=None):
        """Return what the Events on an object say, as one text."""
        return "\n".join(
            f"{event['reason']}: {event['note']}"
            for event in self.events_of(kind, name)
            if event_type in (None, event["type"])
        )


def secret(name, password):
    """Return a Secret that has a password as `word`."""
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name},
        "stringData": {"word": password},
    }


def ending(job):
    """Return how a Job ended: Complete, Failed, or None while it has not."""
    for condition in job.get("status", {}).get("conditions", []):
        if (
            condition["type"] in ("Complete", "Failed")
            and condition["status"] == "True"
        ):
            return condition["type"]
    return None


def moment(text):
    """Return a timestamp of the API server."""
    return datetime.fromisoformat(text)
