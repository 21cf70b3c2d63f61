"""What helm says about values that are wrong, before anything is installed."""

import pytest
from commands import fails
from namespace import secret
from release import BOTH_HELMS, CHART, value_arguments


@pytest.fixture(scope="module")
def wrong(make_release):
    """Return a release that is never installed, as something is wrong each time."""
    release = make_release("wrong")
    release.namespace.apply(secret("no-password", "x"))
    return release


@BOTH_HELMS
@pytest.mark.parametrize(
    "values, said",
    [
        ({"replicator.backoffLimits": 3}, "backoffLimits"),
        ({"schedule": "every day"}, "schedule"),
        ({"timeZone": "Europe/Nowhere"}, "Europe/Nowhere"),
        ({"source.external.enabled": True, "init.enabled": False}, "host"),
        ({"source.auth.existingSecret": "nobody"}, "Create it first"),
        ({"source.auth.existingSecret": "no-password"}, "has no key"),
    ],
    ids=[
        "typo",
        "schedule",
        "time zone",
        "external without host",
        "missing Secret",
        "missing key",
    ],
)
def test_wrong_value_stops_the_installation_with_a_sentence(wrong, helm, values, said):
    namespace = wrong.namespace.name
    arguments = value_arguments(values)

    error = fails(helm, "install", "--namespace", namespace, "elt", CHART, *arguments)

    assert said in error
    wrong.run_helm("uninstall", "elt", "--ignore-not-found", "--wait")
