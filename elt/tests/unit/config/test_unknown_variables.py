"""Which variables seem to be meant for elt, though nothing reads them."""

import re
from pathlib import Path

import pytest

import elt
from elt.config.unknown_variables import SETTINGS, find_unknown, warn_of_unknown

BOTH = {"SOURCE", "DESTINATION"}


@pytest.mark.parametrize(
    "variable, meant",
    [
        ("ELT_CONFG", "ELT_CONFIG"),
        ("ELT_RETRIES", "ELT_MAX_RETRIES"),
        ("ELT_RETRY_DELAY", "ELT_RETRY_DELAY_SECONDS"),
        ("ELT_MASK_KEYFILE", "ELT_MASK_KEY_FILE"),
        ("ELT_WORKERS", None),
        ("SOURCE_PASWORD", "SOURCE_PASSWORD"),
        ("SOURCE_SSL_MODE", "SOURCE_SSLMODE"),
        ("SOURCE_TIMEOUT", "SOURCE_CONNECT_TIMEOUT"),
        ("DESTINATION_PASSWORDFILE", "DESTINATION_PASSWORD_FILE"),
    ],
)
def test_a_variable_that_nothing_reads_is_named(variable, meant):
    assert find_unknown({variable: "x"}, BOTH) == {variable: meant}


@pytest.mark.parametrize(
    "variable, value",
    [
        pytest.param("SOURCE_HOST", "db", id="a setting"),
        pytest.param("ELT_CONFIG", "elt.yaml", id="another setting"),
        pytest.param("ELT_CONFG", "", id="empty, which is not set"),
        pytest.param("CRM_PASWORD", "x", id="a prefix that nobody uses"),
        pytest.param("ELT_CRM_PASSWORD", "x", id="another connection"),
        pytest.param("SOURCE_CRM_HOST", "x", id="another connection of a prefix"),
        pytest.param("SOURCE_DATE_EPOCH", "0", id="reproducible builds"),
        pytest.param("SOURCE_BRANCH", "main", id="a build service"),
        pytest.param("SOURCE_COMMIT", "d6cd1e2", id="the same"),
        pytest.param("SOURCE_ROOT", "/src", id="an editor"),
        pytest.param("SOURCES_HOST", "x", id="a longer word"),
    ],
)
def test_a_variable_of_others_is_left_alone(variable, value):
    assert find_unknown({variable: value}, BOTH) == {}


@pytest.mark.parametrize("service", ["ELT", "ELT_SOURCE", "SOURCE", "DESTINATION"])
def test_what_kubernetes_says_of_a_service_is_left_alone(service):
    address = "tcp://10.96.0.7:5432"
    environ = {
        f"{service}_SERVICE_HOST": "10.96.0.7",
        f"{service}_SERVICE_PORT": "5432",
        f"{service}_SERVICE_PORT_POSTGRES": "5432",
        f"{service}_PORT": address,
        f"{service}_PORT_5432_TCP": address,
        f"{service}_PORT_5432_TCP_PROTO": "tcp",
        f"{service}_PORT_5432_TCP_PORT": "5432",
        f"{service}_PORT_5432_TCP_ADDR": "10.96.0.7",
        f"{service}_PORT_53_UDP_ADDR": "10.96.0.7",
    }

    assert find_unknown(environ, BOTH) == {}


def test_a_connection_of_another_prefix_has_names_as_well():
    found = find_unknown({"CRM_PASWORD": "x", "SOURCE_PASWORD": "x"}, {"CRM"})

    assert found == {"CRM_PASWORD": "CRM_PASSWORD"}


def test_a_warning_never_has_the_value(caplog):
    warn_of_unknown({"SOURCE_PASWORD": "secret", "ELT_FOO": "secret"}, BOTH)

    fields = [record.elt_fields for record in caplog.records]
    assert fields == [
        {"variable": "ELT_FOO", "hint": "elt has no such setting."},
        {"variable": "SOURCE_PASWORD", "hint": "Did you mean SOURCE_PASSWORD?"},
    ]


def test_every_setting_that_is_read_is_known():
    package = Path(elt.__file__).parent
    code = "".join(
        path.read_text()
        for path in package.rglob("*.py")
        if path.name != "unknown_variables.py"
    )

    assert set(re.findall(r"\bELT_[A-Z]\w+", code)) == set(SETTINGS)
