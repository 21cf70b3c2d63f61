"""What Prometheus gets: the controller's metrics, and alerts with runbooks."""

import re

import pytest
from rendering import EXAMPLES, ROOT, render

from elt.control.metrics import Metrics

RUNBOOKS = ROOT / "elt" / "docs" / "runbooks"
SUFFIXES = {"counter": "_total", "info": "_info"}
#: The metrics of the controller.
METRICS = {
    family.name + SUFFIXES.get(family.type, "")
    for family in Metrics().registry.collect()
}


@pytest.fixture(scope="module")
def everything():
    return render(EXAMPLES["everything"])


@pytest.fixture(scope="module")
def alerts(everything):
    [group] = everything.get("PrometheusRule", "elt-controller")["spec"]["groups"]
    return {rule["alert"]: rule for rule in group["rules"]}


def test_nothing_of_the_prometheus_operator_is_there_unasked(default):
    assert not [o for o in default.objects if "monitoring" in o["apiVersion"]]


@pytest.mark.parametrize(
    "kind, endpoints",
    [("ServiceMonitor", "endpoints"), ("PodMonitor", "podMetricsEndpoints")],
)
def test_monitors_find_the_controllers_metrics(everything, kind, endpoints):
    spec = everything.get(kind, "elt-controller")["spec"]
    pod = everything.pod("controller")
    service = everything.get("Service", "elt-controller")

    assert spec[endpoints] == [{"port": "metrics", "interval": "30s"}]
    labels = service["metadata"]["labels"]
    assert spec["selector"]["matchLabels"].items() <= labels.items()
    assert spec["selector"]["matchLabels"].items() <= pod.metadata["labels"].items()
    assert service["spec"]["ports"][0]["name"] == "metrics"
    assert pod.container["ports"] == [{"name": "metrics", "containerPort": 8080}]


def test_monitors_have_the_labels_that_prometheus_looks_for(everything):
    monitor = everything.get("ServiceMonitor", "elt-controller")

    assert monitor["metadata"]["labels"]["release"] == "prometheus"


def test_alerts_use_metrics_that_exist(alerts):
    used = {
        name
        for rule in alerts.values()
        for name in re.findall(r"elt_\w+", rule["expr"])
    }

    assert used <= METRICS


def test_alerts_look_at_their_own_namespace(alerts):
    for rule in alerts.values():
        selectors = re.findall(r"elt_\w+(\{[^}]*\})?", rule["expr"])
        assert all('namespace="elt"' in selector for selector in selectors), rule[
            "alert"
        ]


@pytest.mark.parametrize("alert", ["EltReplicationStale", "EltDbtStale"])
def test_a_first_run_has_as_long_as_any_other(alerts, alert):
    success, installed = alerts[alert]["expr"].split(" and ")

    assert "_last_success_timestamp_seconds" in success
    assert "elt_release_installed_timestamp_seconds" in installed
    assert success.rpartition(" > ")[2] == installed.rpartition(" > ")[2]


def test_every_alert_has_a_runbook_that_is_there(alerts):
    index = (RUNBOOKS / "README.md").read_text()

    for name, rule in alerts.items():
        folder, _, page = rule["annotations"]["runbook_url"].rpartition("/")
        assert folder == "https://example.com/runbooks"
        assert (RUNBOOKS / page).exists(), name
        assert f"`{name}`" in index, name
        assert f"`{name}`" in (RUNBOOKS / page).read_text(), name


def test_without_a_place_for_runbooks_no_url_is_made_up():
    release = render({"metrics": {"prometheusRule": {"enabled": True}}})

    [group] = release.get("PrometheusRule", "elt-controller")["spec"]["groups"]

    assert not [r for r in group["rules"] if "runbook_url" in r["annotations"]]


def test_without_dbt_nobody_waits_for_models():
    values = {
        "dbt": {"enabled": False},
        "metrics": {"prometheusRule": {"enabled": True}},
    }

    [group] = render(values).get("PrometheusRule", "elt-controller")["spec"]["groups"]

    assert "EltDbtStale" not in [rule["alert"] for rule in group["rules"]]


def test_the_controller_is_probed_where_it_answers(default):
    container = default.pod("controller").container

    paths = [
        container[probe]["httpGet"] for probe in ("readinessProbe", "livenessProbe")
    ]

    assert paths == [
        {"path": "/readyz", "port": "metrics"},
        {"path": "/healthz", "port": "metrics"},
    ]
