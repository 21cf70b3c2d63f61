"""What psycopg2 is asked for; that it is given, integration tests say."""

import pytest
from builders import make_settings

from elt.config import RetrySettings
from elt.errors import ConfigError, TemporaryError
from elt.postgres import connections
from elt.postgres.connections import connect_with_retries


@pytest.fixture
def asked(monkeypatch):
    """Collect the parameters of each attempt; every attempt is refused."""
    attempts = []

    def refuse(**parameters):
        attempts.append(parameters)
        raise connections.psycopg2.OperationalError("Connection refused")

    monkeypatch.setattr(connections.psycopg2, "connect", refuse)
    return attempts


@pytest.fixture
def attempts(monkeypatch):
    """Return a function that lets attempts fail with these errors, then succeed."""

    def prepare(*errors):
        left = list(errors)

        def connect(settings, *, application_name):
            if left:
                raise left.pop(0)
            return f"{application_name} at {settings.database}"

        monkeypatch.setattr(connections, "connect", connect)

    return prepare


def test_settings_become_parameters_of_libpq(asked):
    settings = make_settings(port=6432, password="secret", sslmode="require")

    with pytest.raises(TemporaryError):
        connections.connect(settings, application_name="elt replicate raw")

    [parameters] = asked
    expected = {
        "host": "db.example",
        "port": 6432,
        "dbname": "app",
        "user": "reader",
        "password": "secret",
        "sslmode": "require",
        "connect_timeout": 10,
        "application_name": "elt replicate raw",
        "client_encoding": "UTF8",
    }
    assert parameters == parameters | expected


def test_what_is_not_set_is_left_to_libpq(asked):
    with pytest.raises(TemporaryError):
        connections.connect(make_settings(), application_name="elt")

    assert asked[0].keys().isdisjoint({"password", "sslmode", "sslcert", "options"})
    assert asked[0].keys().isdisjoint({"prefix", "database"})


def test_long_application_name_is_cut_as_the_server_would(asked):
    with pytest.raises(TemporaryError):
        connections.connect(make_settings(), application_name="x" * 100)

    assert asked[0]["application_name"] == "x" * 63


def test_refusal_names_the_database_and_not_the_password(asked):
    with pytest.raises(TemporaryError) as refusal:
        connections.connect(make_settings(password="hunter2"), application_name="elt")

    assert "app on db.example:5432 as reader" in refusal.value.message
    assert "hunter2" not in refusal.value.message


def test_database_that_comes_up_is_waited_for(attempts):
    attempts(TemporaryError("Not yet"), TemporaryError("Not yet"))
    pauses = []

    connection = connect_with_retries(
        make_settings(),
        RetrySettings(max_retries=5, delay_seconds=3.0),
        application_name="elt",
        sleep=pauses.append,
    )

    assert (connection, pauses) == ("elt at app", [3.0, 3.0])


def test_retries_end_with_the_last_error(attempts):
    errors = [TemporaryError(f"Attempt {number}") for number in range(1, 10)]
    attempts(*errors)
    pauses = []

    with pytest.raises(TemporaryError) as ending:
        connect_with_retries(
            make_settings(),
            RetrySettings(max_retries=2, delay_seconds=0.5),
            application_name="elt",
            sleep=pauses.append,
        )

    assert (ending.value, pauses) == (errors[2], [0.5, 0.5])


def test_wrong_password_is_not_tried_again(attempts):
    attempts(ConfigError("Wrong password"), ConfigError("Tried again"))

    with pytest.raises(ConfigError, match="Wrong password"):
        connect_with_retries(
            make_settings(), RetrySettings(), application_name="elt", sleep=pytest.fail
        )
