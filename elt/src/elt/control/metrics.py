"""The metrics of /metrics: the only module that imports prometheus_client."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Info,
    disable_created_metrics,
    generate_latest,
)

from elt import __version__
from elt.control.keys import Component
from elt.control.runs import Run

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """What Prometheus may ask about the chain and about the controller."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # theirs
        self.registry = CollectorRegistry()
        self._last_success = {
            Component.REPLICATOR: self._gauge(
                "elt_replication_last_success_timestamp_seconds",
                "When the last replication was complete",
            ),
            Component.DBT: self._gauge(
                "elt_dbt_last_success_timestamp_seconds",
                "When the last dbt build was complete",
            ),
        }
        self._runs = Counter(
            "elt_job_runs",
            "Jobs that ended, by how",
            ["component", "result"],
            registry=self.registry,
        )
        self._duration = self._gauge(
            "elt_job_duration_seconds", "How long the last Job took", "component"
        )
        self._failed = self._gauge(
            "elt_job_failed", "Whether the last Job that ended failed", "component"
        )
        self._demand_age = self._gauge(
            "elt_demand_age_seconds",
            "How long the oldest dbt Job has waited for a replication",
        )
        self._installed = self._gauge(
            "elt_release_installed_timestamp_seconds",
            "When CronJob elt-replicator was made",
        )
        self._slot_retained = self._gauge(
            "elt_slot_retained_bytes",
            "WAL that the replication slot kept when a replication last measured it",
        )
        self._slot_budget = self._gauge(
            "elt_slot_wal_budget_bytes", "How much WAL the slot may keep"
        )
        self._last_pass = self._gauge(
            "elt_controller_last_pass_timestamp_seconds",
            "When the controller last saw the whole release",
        )
        self._requests = Counter(
            "elt_controller_api_requests",
            "Requests to the API server, by verb and status code",
            ["verb", "code"],
            registry=self.registry,
        )
        build = Info(
            "elt_controller_build", "The version of elt", registry=self.registry
        )
        build.info({"version": __version__})

    def count_request(self, verb: str, code: str) -> None:
        """Count a request to the API server."""
        self._requests.labels(verb, code).inc()

    def record_runs(self, before: Sequence[Run], runs: Sequence[Run]) -> None:
        """Take over how Jobs ended, and count those that ended since before."""
        known = {run.uid for run in before if not run.is_running}
        ended = [run for run in runs if not run.is_running]
        for run in ended:
            if run.uid not in known:
                self._runs.labels(run.component, run.result).inc()
        for component in Component:
            self._record_last(component, [r for r in ended if r.component is component])

    def record_demand(self, waited: timedelta) -> None:
        """Record for how long the oldest demand has waited."""
        self._demand_age.set(max(waited.total_seconds(), 0))

    def record_installation(self, at: datetime) -> None:
        """Record since when there could have been a replication."""
        self._installed.set(at.timestamp())

    def record_pass(self, now: datetime) -> None:
        """Record that the whole release was seen and what was due was done."""
        self._last_pass.set(now.timestamp())

    def render(self) -> bytes:
        """Return all metrics in Prometheus' text format."""
        return generate_latest(self.registry)

    def _record_last(self, component: Component, ended: Sequence[Run]) -> None:
        finished = [run for run in ended if run.finished_at is not None]
        finished.sort(key=lambda run: run.finished_at or run.started_at)
        if not finished:
            return
        last = finished[-1]
        self._duration.labels(component).set(last.seconds or 0)
        self._failed.labels(component).set(last.result == "failed")
        measured = [run.slot for run in finished if run.slot is not None]
        if measured:
            self._slot_retained.set(measured[-1].retained_bytes)
            self._slot_budget.set(measured[-1].wal_budget)
        complete = [run for run in finished if run.result == "complete"]
        if complete and component in self._last_success:
            at = complete[-1].finished_at or complete[-1].started_at
            self._last_success[component].set(at.timestamp())

    def _gauge(self, name: str, described: str, *labels: str) -> Gauge:
        return Gauge(name, described, labels, registry=self.registry)
