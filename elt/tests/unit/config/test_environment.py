"""Connections come from the environment, and every mistake in it is named."""

import pytest
from environments import MINIMUM, mistakes_in, settings_of

from elt.config import DatabaseSettings, database_settings, retry_settings
from elt.errors import ConfigError


def test_host_database_and_user_are_enough():
    assert settings_of(MINIMUM) == DatabaseSettings(
        prefix="SOURCE",
        host="db",
        port=5432,
        database="app",
        user="reader",
        connect_timeout=10,
    )


@pytest.mark.parametrize(
    "name, text, field, value",
    [
        ("HOST", "/var/run/postgresql", "host", "/var/run/postgresql"),
        ("PORT", "6432", "port", 6432),
        ("DATABASE", "Shop & Co", "database", "Shop & Co"),
        ("USER", "röder", "user", "röder"),
        ("PASSWORD", " a b\t", "password", " a b\t"),
        ("SSLMODE", "verify-full", "sslmode", "verify-full"),
        ("SSLROOTCERT", "/tls/ca.pem", "sslrootcert", "/tls/ca.pem"),
        ("SSLCERT", "/tls/me.pem", "sslcert", "/tls/me.pem"),
        ("SSLKEY", "/tls/me.key", "sslkey", "/tls/me.key"),
        ("CONNECT_TIMEOUT", "3", "connect_timeout", 3),
        ("OPTIONS", "-c search_path=x", "options", "-c search_path=x"),
    ],
)
def test_variable_becomes_a_setting(name, text, field, value):
    settings = settings_of(MINIMUM | {f"SOURCE_{name}": text})

    assert getattr(settings, field) == value


def test_prefix_keeps_two_databases_apart():
    environ = MINIMUM | {
        "DESTINATION_HOST": "dwh",
        "DESTINATION_DATABASE": "analytics",
        "DESTINATION_USER": "writer",
    }

    assert settings_of(environ).host == "db"
    assert database_settings("DESTINATION", environ).host == "dwh"


def test_variables_of_libpq_are_not_taken_for_ours():
    assert settings_of(MINIMUM | {"PGPORT": "1", "PGPASSWORD": "x"}).port == 5432


def test_empty_variable_counts_as_not_set():
    empty = {"SOURCE_PORT": "", "SOURCE_PASSWORD": "", "SOURCE_URL": ""}

    assert settings_of(MINIMUM | empty) == settings_of(MINIMUM)


@pytest.mark.parametrize(
    "changed, mistake",
    [
        pytest.param(
            {"SOURCE_HOST": ""}, "SOURCE_HOST: is not set", id="required and missing"
        ),
        pytest.param(
            {"SOURCE_PORT": "postgres"},
            "SOURCE_PORT: 'postgres' is not a whole number",
            id="port that is a word",
        ),
        pytest.param(
            {"SOURCE_PORT": "0"}, "SOURCE_PORT: 0 is not a port", id="port that is none"
        ),
        pytest.param(
            {"SOURCE_PORT": "65536"},
            "SOURCE_PORT: 65536 is not a port",
            id="port beyond the last",
        ),
        pytest.param(
            {"SOURCE_PORT": "٥٤٣٢"},
            "SOURCE_PORT: '٥٤٣٢' is not a whole number",
            id="port in digits that libpq does not read",
        ),
        pytest.param(
            {"SOURCE_CONNECT_TIMEOUT": "-1"},
            "SOURCE_CONNECT_TIMEOUT: '-1' is not a whole number",
            id="time-out in the past",
        ),
        pytest.param(
            {"SOURCE_SSLMODE": "always"},
            "SOURCE_SSLMODE: 'always' is not one of disable, allow, prefer, require, "
            "verify-ca, verify-full",
            id="unknown sslmode",
        ),
    ],
)
def test_mistake_is_named_with_its_variable(changed, mistake):
    assert mistakes_in(MINIMUM | changed) == [mistake]


def test_all_mistakes_are_reported_together():
    environ = {"SOURCE_HOST": "db", "SOURCE_PORT": "x", "SOURCE_SSLMODE": "on"}

    places = [line.split(":")[0] for line in mistakes_in(environ)]

    assert places == ["SOURCE_DATABASE", "SOURCE_USER", "SOURCE_PORT", "SOURCE_SSLMODE"]


@pytest.mark.parametrize(
    "misspelt",
    [
        pytest.param("SOURCE_HOTS", id="letters changed places"),
        pytest.param("SOUCRE_HOST", id="mistake in the prefix"),
        pytest.param("SOURCE_HOSTNAME", id="longer word for it"),
    ],
)
def test_misspelt_variable_is_pointed_at(misspelt):
    environ = MINIMUM | {"SOURCE_HOST": "", misspelt: "db"}

    assert mistakes_in(environ) == [
        f"SOURCE_HOST: is not set; {misspelt} is: a typing mistake?"
    ]


@pytest.mark.parametrize("shorter", ["SOURCE_DB", "SOURCE_DBNAME"])
def test_shorter_word_for_database_is_pointed_at(shorter):
    [mistake] = mistakes_in(MINIMUM | {"SOURCE_DATABASE": "", shorter: "app"})

    assert f"{shorter} is: a typing mistake?" in mistake


def test_variables_that_are_right_are_not_pointed_at():
    environ = {"SOURCE_HOST": "db", "SOURCE_PORT": "1", "SOURCE_DATABASE": "app"}

    assert mistakes_in(environ) == ["SOURCE_USER: is not set"]


def test_port_that_kubernetes_sets_for_a_service_is_not_taken_for_ours():
    links = {
        "SOURCE_PORT": "tcp://10.96.0.7:5432",
        "SOURCE_PORT_5432_TCP_PORT": "5432",
        "SOURCE_SERVICE_HOST": "10.96.0.7",
    }

    assert settings_of(MINIMUM | links) == settings_of(MINIMUM)


def test_database_is_named_for_a_person():
    assert str(settings_of(MINIMUM)) == "app on db:5432 as reader"


# ------------------------------------------------------------------------------ retries


@pytest.mark.parametrize(
    "environ, retries, seconds",
    [
        pytest.param({}, 5, 5.0, id="five times, after five seconds each"),
        pytest.param({"ELT_MAX_RETRIES": "0"}, 0, 5.0, id="never again"),
        pytest.param({"ELT_RETRY_DELAY_SECONDS": "0"}, 5, 0.0, id="at once"),
        pytest.param(
            {"ELT_RETRY_DELAY_SECONDS": "0.25"}, 5, 0.25, id="parts of seconds"
        ),
        pytest.param(
            {"ELT_MAX_RETRIES": "", "ELT_RETRY_DELAY_SECONDS": ""}, 5, 5.0, id="empty"
        ),
    ],
)
def test_retries_are_read(environ, retries, seconds):
    settings = retry_settings(environ)

    assert (settings.max_retries, settings.delay_seconds) == (retries, seconds)


@pytest.mark.parametrize("text", ["-1", "many", "1.5", "9" * 5000])
def test_number_of_retries_must_be_a_whole_number(text):
    with pytest.raises(ConfigError, match=r"ELT_MAX_RETRIES: .* is not a whole number"):
        retry_settings({"ELT_MAX_RETRIES": text})


@pytest.mark.parametrize("text", ["-1", "soon", "nan", "inf"])
def test_delay_must_be_a_number_of_seconds(text):
    with pytest.raises(ConfigError, match=r"ELT_RETRY_DELAY_SECONDS: .* of seconds"):
        retry_settings({"ELT_RETRY_DELAY_SECONDS": text})


def test_both_mistakes_of_the_retries_are_reported():
    with pytest.raises(ConfigError, match="The configuration has 2 mistakes"):
        retry_settings({"ELT_MAX_RETRIES": "x", "ELT_RETRY_DELAY_SECONDS": "x"})
