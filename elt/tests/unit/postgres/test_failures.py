"""What an error of PostgreSQL means for a run: its exit code, and words without values.

Errors like those of psycopg2, filled by hand; integration tests provoke real ones.
"""

import threading
from types import SimpleNamespace

import psycopg2
import pytest

from elt import interruption
from elt.errors import (
    ConfigError,
    EltError,
    InterruptedRun,
    LostConnectionError,
    TemporaryError,
)
from elt.postgres import sqlstate_of, translate
from elt.postgres.failures import translate_refusal


class ServerError(psycopg2.Error):
    """An error with the parts that only a server can fill."""

    def __init__(self, pgcode, primary="it failed", detail=None, source_file="x.c"):
        super().__init__(f"{primary}\nDETAIL: {detail}")
        self._pgcode = pgcode
        self._diag = SimpleNamespace(
            message_primary=primary, message_detail=detail, source_file=source_file
        )

    @property
    def pgcode(self):
        return self._pgcode

    @property
    def diag(self):
        return self._diag


@pytest.fixture
def interrupted(monkeypatch):
    event = threading.Event()
    event.set()
    monkeypatch.setattr(interruption, "_event", event)


# ------------------------------------------------------------------------- statements


@pytest.mark.parametrize(
    "state, kind",
    [
        pytest.param("08006", LostConnectionError, id="connection failure"),
        pytest.param("25P03", TemporaryError, id="idle in transaction"),
        pytest.param("40001", TemporaryError, id="serialization failure"),
        pytest.param("40P01", TemporaryError, id="deadlock"),
        pytest.param("42501", ConfigError, id="no privilege"),
        pytest.param("42703", TemporaryError, id="column dropped meanwhile"),
        pytest.param("42P01", TemporaryError, id="table dropped meanwhile"),
        pytest.param("53100", TemporaryError, id="disk full"),
        pytest.param("53300", TemporaryError, id="too many connections"),
        pytest.param("55P03", TemporaryError, id="lock not available"),
        pytest.param("57014", TemporaryError, id="cancelled by somebody else"),
        pytest.param("57P01", LostConnectionError, id="ended by an administrator"),
        pytest.param("57P02", LostConnectionError, id="server crashed"),
        pytest.param("58030", TemporaryError, id="input or output failed"),
        pytest.param(None, LostConnectionError, id="no code: the connection is gone"),
    ],
)
def test_code_decides_whether_a_retry_can_help(state, kind):
    assert type(translate(ServerError(state), "source")) is kind


@pytest.mark.parametrize(
    "words, kind",
    [
        pytest.param("cache lookup failed for index 1", TemporaryError, id="dropped"),
        pytest.param("could not open relation with OID 1", TemporaryError, id="gone"),
        pytest.param("unexpected chunk number 1", ConfigError, id="broken"),
    ],
)
def test_internal_error_is_temporary_where_something_was_dropped(words, kind):
    assert type(translate(ServerError("XX000", words), "source")) is kind


@pytest.mark.parametrize(
    "state, word",
    [
        ("53100", "space"),
        ("53200", "max_locks_per_transaction"),
        ("53400", "Raise that limit"),
    ],
)
def test_lack_of_resources_says_what_to_raise(state, word):
    assert word in translate(ServerError(state), "source").hint


@pytest.mark.parametrize(
    "source_file, is_told", [("tablecmds.c", True), ("xml.c", False)]
)
def test_only_what_is_in_the_way_of_an_alteration_is_to_be_dropped(
    source_file, is_told
):
    error = ServerError("0A000", "it does not work", "for a reason", source_file)

    hint = translate(error, "destination").hint

    assert (hint is not None and "what stands in the way" in hint) is is_told


def test_message_names_the_database_and_quotes_the_server():
    error = translate(ServerError("42703", 'column "x" does not exist'), "destination")

    assert error.message == ('The destination database says: column "x" does not exist')


@pytest.mark.parametrize(
    "state, words",
    [
        pytest.param(
            "22P02", "invalid text representation", id="value of a wrong form"
        ),
        pytest.param("22003", "numeric value out of range", id="value too large"),
        pytest.param("P0001", "raise exception", id="raised by a trigger"),
        pytest.param("22ABC", "error 22ABC", id="code that nobody knows"),
    ],
)
def test_values_that_an_error_quotes_are_not_repeated(state, words):
    error = translate(ServerError(state, 'bad value: "hunter2"'), "destination")

    assert error.message == f"The destination database says: {words}"


def test_detail_is_not_repeated_for_it_shows_a_row():
    error = ServerError("23505", "duplicate key", "Key (email)=(a@b.c) already exists.")

    assert "a@b.c" not in translate(error, "destination").message


def test_detail_is_repeated_when_it_names_what_is_in_the_way():
    error = ServerError(
        "2BP01", "cannot drop column x", "view a depends on it\nview b depends on it"
    )

    assert translate(error, "destination").message == (
        "The destination database says: cannot drop column x: "
        "view a depends on it; view b depends on it"
    )


@pytest.mark.usefixtures("interrupted")
@pytest.mark.parametrize("state", ["57014", None])
def test_cancelled_statement_after_a_signal_is_an_interruption(state):
    assert type(translate(ServerError(state), "source")) is InterruptedRun


@pytest.mark.usefixtures("interrupted")
def test_other_error_after_a_signal_keeps_its_cause():
    assert type(translate(ServerError("42501"), "source")) is ConfigError


def test_code_behind_one_of_our_errors_is_found():
    error = EltError("failed")
    error.__cause__ = ServerError("23505")

    assert sqlstate_of(error) == "23505"
    assert sqlstate_of(EltError("failed")) is None


# ------------------------------------------------------------------------ connections

REFUSED = 'connection to server at "db" (10.0.0.1), port 5432 failed: '


@pytest.mark.parametrize(
    "words, kind",
    [
        pytest.param(REFUSED + "Connection refused", TemporaryError, id="nobody there"),
        pytest.param(REFUSED + "timeout expired", TemporaryError, id="no answer"),
        pytest.param(
            'could not translate host name "db.invalid" to address: '
            "Name or service not known",
            TemporaryError,
            id="name that is not known yet",
        ),
        pytest.param(
            REFUSED + "FATAL:  the database system is starting up",
            TemporaryError,
            id="server that starts",
        ),
        pytest.param(
            REFUSED + "FATAL:  sorry, too many clients already",
            TemporaryError,
            id="server that is full",
        ),
        pytest.param(
            REFUSED + "SSL SYSCALL error: Connection reset by peer",
            TemporaryError,
            id="encrypted connection that broke",
        ),
        pytest.param(
            REFUSED + 'FATAL:  password authentication failed for user "reader"',
            ConfigError,
            id="wrong password",
        ),
        pytest.param(
            REFUSED + "fe_sendauth: no password supplied", ConfigError, id="no password"
        ),
        pytest.param(
            REFUSED + 'FATAL:  database "app" does not exist',
            ConfigError,
            id="no such database",
        ),
        pytest.param(
            REFUSED + 'FATAL:  role "too many clients" does not exist',
            ConfigError,
            id="role whose name could mislead",
        ),
        pytest.param(
            REFUSED + "server does not support SSL, but SSL was required",
            ConfigError,
            id="no encryption",
        ),
        pytest.param(
            'root certificate file "/ca.pem" does not exist',
            ConfigError,
            id="certificate that is missing",
        ),
        pytest.param('invalid port number: "x"', ConfigError, id="parameter of no use"),
    ],
)
def test_words_of_a_refusal_decide_whether_a_retry_can_help(words, kind):
    refusal = translate_refusal(psycopg2.OperationalError(words), "app on db:5432")

    assert type(refusal) is kind


@pytest.mark.parametrize(
    "words, hint",
    [
        ('FATAL:  password authentication failed for user "x"', "user and password"),
        ("fe_sendauth: no password supplied", "…_PASSWORD_FILE"),
        ('FATAL:  no pg_hba.conf entry for host "10.0.0.1"', "pg_hba.conf"),
        ("server does not support SSL, but SSL was required", "sslmode"),
        ("SSL error: certificate verify failed", "sslrootcert"),
        ("SSL error: data too large for modulus", "sslrootcert"),
        ('root certificate file "/ca.pem" does not exist', "sslrootcert"),
        ("FATAL:  unsupported startup parameter: replication", "A pooler"),
        ("FATAL:  sorry, too many clients already", "fewer workers"),
        ('FATAL:  too many connections for role "x"', "fewer workers"),
        ("FATAL:  remaining connection slots are reserved", "fewer workers"),
    ],
)
def test_refusal_says_where_to_look(words, hint):
    refusal = translate_refusal(psycopg2.OperationalError(REFUSED + words), "app")

    assert hint in refusal.hint


def test_name_of_a_database_gives_no_hint():
    words = REFUSED + 'FATAL:  database "password" does not exist'

    assert translate_refusal(psycopg2.OperationalError(words), "app").hint is None


def test_refusal_is_told_once_and_without_the_address():
    words = (
        'connection to server at "db" (::1), port 5432 failed: Connection refused\n'
        "\tIs the server running on that host and accepting TCP/IP connections?\n"
        'connection to server at "db" (127.0.0.1), port 5432 failed: Connection refused'
    )

    refusal = translate_refusal(psycopg2.OperationalError(words), "app on db:5432")

    assert refusal.message == (
        "Cannot connect to database app on db:5432: Connection refused"
    )


def test_severity_is_not_part_of_the_reason():
    words = f'{REFUSED}FATAL:  database "app" does not exist\n'

    refusal = translate_refusal(psycopg2.OperationalError(words), "app on db:5432")

    assert refusal.message == (
        'Cannot connect to database app on db:5432: database "app" does not exist'
    )


def test_refusal_without_words_says_so():
    refusal = translate_refusal(psycopg2.OperationalError(""), "app on db:5432")

    assert refusal.message.endswith(": no reason given")
