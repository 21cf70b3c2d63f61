"""NetworkPolicies: what may connect to what."""

import pytest
from rendering import EXAMPLES, FOLLOWING, render

DATABASE = [{"port": "postgres", "protocol": "TCP"}]


def selects(selector, component):
    """Return whether a selector finds the pods of a component of the release."""
    labels = {
        "app.kubernetes.io/name": "elt",
        "app.kubernetes.io/instance": "elt",
        "app.kubernetes.io/component": component,
    }
    wanted = selector.get("matchLabels", {}).items()
    return wanted <= labels.items() and all(
        expression["operator"] == "In"
        and labels[expression["key"]] in expression["values"]
        for expression in selector.get("matchExpressions", [])
    )


def policies(release, component, direction):
    """Return the specs that hold for a component in one direction."""
    return [
        policy["spec"]
        for policy in release.all("NetworkPolicy").values()
        if direction in policy["spec"]["policyTypes"]
        and selects(policy["spec"]["podSelector"], component)
    ]


def may_connect(release, client, server):
    """Return whether both sides allow a connection to the port of a database."""
    leaving = [
        rule
        for spec in policies(release, client, "Egress")
        for rule in spec.get("egress", [])
        if any(selects(peer["podSelector"], server) for peer in rule.get("to", []))
        and {"port": 5432, "protocol": "TCP"} in rule["ports"]
    ]
    arriving = [
        rule
        for spec in policies(release, server, "Ingress")
        for rule in spec.get("ingress", [])
        if any(selects(peer.get("podSelector", {}), client) for peer in rule["from"])
        and rule["ports"] == DATABASE
    ]
    return bool(leaving) and bool(arriving)


def test_each_component_is_closed_but_for_names(default):
    components = {pod.component for pod in default.pods()}

    for component in components:
        assert policies(default, component, "Ingress")
        ports = [
            (port["port"], port["protocol"])
            for spec in policies(default, component, "Egress")
            for rule in spec.get("egress", [])
            if "to" not in rule
            for port in rule["ports"]
        ]
        names = {(53, "UDP"), (53, "TCP")}
        api = {(443, "TCP"), (6443, "TCP")} if component == "controller" else set()
        assert set(ports) == names | api, component


@pytest.mark.parametrize(
    "server, clients",
    [
        ("source", {"init", "replicator", "follower", "test"}),
        ("destination", {"replicator", "follower", "dbt", "test"}),
    ],
)
def test_only_who_needs_a_database_reaches_it(server, clients):
    release = render(FOLLOWING)
    components = {pod.component for pod in release.pods()}

    connecting = {c for c in components if may_connect(release, c, server)}

    assert connecting == clients


def test_metrics_may_be_read_from_every_namespace(default):
    [spec] = [
        spec for spec in policies(default, "controller", "Ingress") if "ingress" in spec
    ]

    assert spec["ingress"] == [
        {
            "from": [{"namespaceSelector": {}}],
            "ports": [{"port": "metrics", "protocol": "TCP"}],
        }
    ]


def test_the_port_of_an_external_database_is_open():
    release = render(EXAMPLES["external"])

    ports = [
        port["port"]
        for spec in policies(release, "replicator", "Egress")
        for rule in spec["egress"]
        if "to" not in rule
        for port in rule["ports"]
    ]

    assert {5432, 6432} <= set(ports)


def test_values_open_more():
    everything = render(EXAMPLES["everything"])
    policy = everything.get("NetworkPolicy", "elt-destination-extra")["spec"]

    assert policy["policyTypes"] == ["Ingress"]
    assert selects(policy["podSelector"], "destination")
    values = EXAMPLES["everything"]["networkPolicy"]
    assert policy["ingress"] == values["extraIngress"]["destination"]
    replicator = everything.get("NetworkPolicy", "elt-replicator-extra")["spec"]
    assert replicator["policyTypes"] == ["Egress"]
    assert replicator["egress"] == values["extraEgress"]["replicator"]


def test_policies_can_be_left_out():
    assert render(EXAMPLES["ephemeral"]).all("NetworkPolicy") == {}
