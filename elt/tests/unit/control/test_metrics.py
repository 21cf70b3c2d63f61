"""The names that dashboards and alerts rely on."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from releases import at, complete, failed, make_observed

from elt import __version__
from elt.control.metrics import Metrics
from elt.control.runs import merge_runs

NAMES = {
    "elt_replication_last_success_timestamp_seconds": "gauge",
    "elt_dbt_last_success_timestamp_seconds": "gauge",
    "elt_job_runs_total": "counter",
    "elt_job_duration_seconds": "gauge",
    "elt_demand_age_seconds": "gauge",
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


def test_no_demand_has_no_age():
    metrics = Metrics()

    metrics.record_demand(timedelta(seconds=9))
    metrics.record_demand(timedelta())

    assert "elt_demand_age_seconds 0.0" in lines(metrics)
