"""The names that dashboards and alerts rely on."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from releases import at, complete, failed, make_observed, make_pod

from elt import __version__
from elt.control.metrics import Metrics
from elt.control.observed import Termination
from elt.control.runs import merge_runs

NAMES = {
    "elt_replication_last_success_timestamp_seconds": "gauge",
    "elt_dbt_last_success_timestamp_seconds": "gauge",
    "elt_job_runs_total": "counter",
    "elt_job_duration_seconds": "gauge",
    "elt_demand_age_seconds": "gauge",
    "elt_release_installed_timestamp_seconds": "gauge",
    "elt_slot_retained_bytes": "gauge",
    "elt_slot_wal_budget_bytes": "gauge",
    "elt_job_failed": "gauge",
    "elt_controller_last_pass_timestamp_seconds": "gauge",
    "elt_controller_api_requests_total": "counter",
    "elt_controller_build_info": "gauge",
}
REFERENCE = Path(__file__).parents[3] / "docs" / "reference" / "kubernetes.md"


def lines(metrics):
    return metrics.render().decode().splitlines()


def test_these_metrics_and_no_others_are_there():
    declared = [line.split()[2:] for line in lines(Metrics()) if "# TYPE" in line]

    assert dict(declared) == NAMES


@pytest.mark.parametrize("name, kind", NAMES.items())
def test_every_metric_is_described(name, kind):
    assert f"| `{name}` | {kind} |" in REFERENCE.read_text()


def test_no_metric_is_described_that_does_not_exist():
    described = re.findall(r"^\| `(elt_\w+)` \|", REFERENCE.read_text(), re.MULTILINE)

    assert set(described) == set(NAMES)


def test_the_version_is_told():
    assert f'elt_controller_build_info{{version="{__version__}"}} 1.0' in lines(
        Metrics()
    )


def test_requests_are_counted_by_verb_and_code():
    metrics = Metrics()

    for code in ("200", "200", "error"):
        metrics.count_request("list", code)

    text = "\n".join(lines(metrics))
    assert 'elt_controller_api_requests_total{code="200",verb="list"} 2.0' in text
    assert 'elt_controller_api_requests_total{code="error",verb="list"} 1.0' in text


def test_the_last_run_of_a_component_is_told():
    metrics = Metrics()
    first = merge_runs((), make_observed(complete(uid="a", finished=10)))
    second = merge_runs(first, make_observed(failed(uid="b", started=20, finished=50)))

    metrics.record_runs((), first)
    metrics.record_runs(first, second)

    text = "\n".join(lines(metrics))
    noon = at().timestamp()
    [success] = re.findall(
        r"^elt_replication_last_success\w+ (.+)$", text, re.MULTILINE
    )
    assert float(success) == noon + 10
    assert 'elt_job_duration_seconds{component="replicator"} 30.0' in text
    assert 'elt_job_failed{component="replicator"} 1.0' in text
    for result in ("complete", "failed"):
        labels = f'component="replicator",result="{result}"'
        assert f"elt_job_runs_total{{{labels}}} 1.0" in text


def measured(retained_bytes, uid, **fields):
    """Return a release whose last replication measured its slot."""
    result = {"message": "x", "retained_bytes": retained_bytes, "wal_budget": 1000}
    termination = Termination(exit_code=0, message=json.dumps(result))
    pod = make_pod(termination=termination, job_uid=uid)
    return make_observed(complete(uid=uid, **fields), pods=(pod,))


def test_what_a_slot_keeps_is_told_until_it_is_measured_again():
    metrics = Metrics()
    first = merge_runs((), measured(700, uid="a", finished=10))
    silent = merge_runs(first, make_observed(failed(uid="b", started=20, finished=30)))
    last = merge_runs(silent, measured(5, uid="c", started=40, finished=50))

    metrics.record_runs((), silent)
    assert "elt_slot_retained_bytes 700.0" in lines(metrics)
    assert "elt_slot_wal_budget_bytes 1000.0" in lines(metrics)

    metrics.record_runs(silent, last)
    assert "elt_slot_retained_bytes 5.0" in lines(metrics)


def test_no_demand_has_no_age():
    metrics = Metrics()

    metrics.record_demand(timedelta(seconds=9))
    metrics.record_demand(timedelta())

    assert "elt_demand_age_seconds 0.0" in lines(metrics)
