"""Connections come from the environment, and every mistake in it is named."""

import pytest

from elt.config import DatabaseSettings, database_settings, retry_settings
from elt.errors import ConfigError

MINIMUM = {"SOURCE_HOST": "db", "SOURCE_DATABASE": "app", "SOURCE_USER": "reader"}


def settings_of(environ):
    return database_settings("SOURCE", environ)


def mistakes_in(environ):
    """Return the lines of the report, one for each mistake."""
    with pytest.raises(ConfigError) as refusal:
        settings_of(environ)
    return [line.strip() for line in refusal.value.message.splitlines()[1:]]


# ----------------------------------------------------------------- variable by variable


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


# ------------------------------------------------------------------------------ one URL


@pytest.mark.parametrize(
    "url, facts",
    [
        pytest.param(
            "postgresql://reader:secret@db:6432/app",
            {"host": "db", "port": 6432, "password": "secret"},
            id="every part",
        ),
        pytest.param("postgres://reader@db/app", {"host": "db"}, id="short scheme"),
        pytest.param(
            "postgresql://reader@[2001:db8::1]:6432/app",
            {"host": "2001:db8::1", "port": 6432},
            id="IPv6",
        ),
        pytest.param(
            "postgresql://reader@[::1]/app", {"host": "::1"}, id="IPv6, no port"
        ),
        pytest.param(
            "postgresql://reader:p%40ss%2Fw%3Ard%25@db/app",
            {"host": "db", "password": "p@ss/w:rd%"},
            id="password with percent-encoded characters",
        ),
        pytest.param(
            "postgresql://reader:p@ss:word@db/app",
            {"host": "db", "password": "p@ss:word"},
            id="password with a bare @",
        ),
        pytest.param(
            "postgresql://reader@%2FUsers%2FMe%2Fpg/app",
            {"host": "/Users/Me/pg"},
            id="folder of a socket, in its case",
        ),
        pytest.param(
            "postgresql:///app?host=/run/postgresql&user=reader&port=5433",
            {"host": "/run/postgresql", "port": 5433},
            id="everything as a parameter",
        ),
        pytest.param(
            "postgresql://db?dbname=app&user=reader&password=a+b%20c",
            {"host": "db", "password": "a+b c"},
            id="plus sign that is a plus sign",
        ),
        pytest.param(
            "postgresql://reader@db/app?sslmode=require&connect_timeout=3"
            "&sslrootcert=/ca.pem&sslcert=/me.pem&sslkey=/me.key&options=-c%20a%3Db",
            {
                "host": "db",
                "sslmode": "require",
                "connect_timeout": 3,
                "sslrootcert": "/ca.pem",
                "sslcert": "/me.pem",
                "sslkey": "/me.key",
                "options": "-c a=b",
            },
            id="parameters of libpq",
        ),
    ],
)
def test_url_is_read_as_libpq_reads_it(url, facts):
    assert settings_of({"SOURCE_URL": url}) == DatabaseSettings(
        prefix="SOURCE", database="app", user="reader", **facts
    )


@pytest.mark.parametrize(
    "variables",
    [
        pytest.param({"SOURCE_PASSWORD": "secret"}, id="in a variable"),
        pytest.param({"SOURCE_PASSWORD_FILE": "{file}"}, id="in a file"),
    ],
)
def test_password_may_be_kept_out_of_the_url(variables, tmp_path):
    file = tmp_path / "password"
    file.write_text("secret")
    environ = {name: value.format(file=file) for name, value in variables.items()}

    settings = settings_of(environ | {"SOURCE_URL": "postgresql://reader@db/app"})

    assert settings.password == "secret"


@pytest.mark.parametrize(
    "url, mistakes",
    [
        pytest.param(
            "mysql://reader@db/app", ["does not start with postgresql://"], id="MySQL"
        ),
        pytest.param(
            "db:5432/app", ["does not start with postgresql://"], id="no scheme"
        ),
        pytest.param(
            "postgresql://db", ["names no database", "names no user"], id="host alone"
        ),
        pytest.param("postgresql://reader@/app", ["names no host"], id="no host"),
        pytest.param(
            "postgresql://reader@db:0/app", ["0 is not a port"], id="port zero"
        ),
        pytest.param(
            "postgresql://reader@db/app?sslmode=on&keepalive=1",
            [
                "parameter keepalive is not known",
                (
                    "'on' is not one of disable, allow, prefer, require, verify-ca, "
                    "verify-full"
                ),
            ],
            id="parameters with mistakes",
        ),
        pytest.param(
            "postgresql://reader@db/app?verify",
            ["parameter verify is not known"],
            id="parameter without a value",
        ),
    ],
)
def test_mistakes_in_a_url_are_to_be_mended_in_the_url(url, mistakes):
    expected = [f"SOURCE_URL: {mistake}" for mistake in mistakes]

    assert mistakes_in({"SOURCE_URL": url}) == expected


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("postgresql://reader@db:port/app", id="port that is a word"),
        pytest.param("postgresql://reader@[db/app", id="bracket left open"),
        pytest.param("postgresql://me:hunter2/x@db/app", id="slash in the password"),
        pytest.param("postgresql://me:22/hunter2@db/app", id="slash after digits"),
        pytest.param("postgresql://me:22?hunter2=x@db/app", id="question mark"),
        pytest.param("postgresql://me:22#hunter2@db/app", id="number sign"),
        pytest.param("postgresql://me:22[hunter2]@db/app", id="brackets"),
    ],
)
def test_url_that_cannot_be_read_is_one_mistake_and_not_repeated(url):
    assert mistakes_in({"SOURCE_URL": url}) == [
        (
            "SOURCE_URL: is not a URL like postgresql://user@host/database; "
            "write / ? # @ [ ] in its password as %2F %3F %23 %40 %5B %5D"
        )
    ]


def test_variables_beside_a_url_are_refused_one_by_one():
    environ = {
        "SOURCE_URL": "postgresql://reader@db/app",
        "SOURCE_HOST": "other",
        "SOURCE_SSLMODE": "require",
    }

    assert mistakes_in(environ) == [
        "SOURCE_HOST: is set beside SOURCE_URL; keep one of them",
        "SOURCE_SSLMODE: is set beside SOURCE_URL; keep one of them",
    ]


# ---------------------------------------------------------------------------- passwords


def test_password_file_loses_its_last_line_break_only(tmp_path):
    file = tmp_path / "password"
    file.write_bytes(b" pass word \r\n")

    settings = settings_of(MINIMUM | {"SOURCE_PASSWORD_FILE": str(file)})

    assert settings.password == " pass word "


@pytest.mark.parametrize(
    "content, mistake",
    [
        pytest.param(
            None, "cannot read {file}: No such file or directory", id="missing"
        ),
        pytest.param(b"\n", "{file} is empty", id="empty"),
        pytest.param(b"\xff\xfe", "{file} is not UTF-8", id="not text"),
    ],
)
def test_password_file_that_gives_no_password_is_a_mistake(content, mistake, tmp_path):
    file = tmp_path / "password"
    if content is not None:
        file.write_bytes(content)

    mistakes = mistakes_in(MINIMUM | {"SOURCE_PASSWORD_FILE": str(file)})

    assert mistakes == [f"SOURCE_PASSWORD_FILE: {mistake.format(file=file)}"]


def test_empty_password_beside_a_password_file_is_not_one(tmp_path):
    file = tmp_path / "password"
    file.write_text("secret")
    environ = {"SOURCE_PASSWORD": "", "SOURCE_PASSWORD_FILE": str(file)}

    assert settings_of(MINIMUM | environ).password == "secret"


def test_two_passwords_are_refused(tmp_path):
    file = tmp_path / "password"
    file.write_text("one")
    environ = {"SOURCE_PASSWORD_FILE": str(file), "SOURCE_PASSWORD": "two"}

    assert mistakes_in(MINIMUM | environ) == [
        (
            "SOURCE_PASSWORD_FILE: gives a password, and so does SOURCE_PASSWORD; "
            "keep one of them"
        )
    ]


def test_password_in_the_url_and_beside_it_are_refused():
    environ = {
        "SOURCE_URL": "postgresql://reader:one@db/app",
        "SOURCE_PASSWORD": "two",
    }

    assert mistakes_in(environ) == [
        "SOURCE_URL: gives a password, and so does SOURCE_PASSWORD; keep one of them"
    ]


@pytest.mark.parametrize("show", [repr, str, "{}".format])
def test_password_is_never_shown(show):
    settings = settings_of(MINIMUM | {"SOURCE_PASSWORD": "hunter2"})

    assert "hunter2" not in show(settings)


def test_database_is_named_for_a_person():
    assert str(settings_of(MINIMUM)) == "app on db:5432 as reader"


@pytest.mark.parametrize(
    "environ",
    [
        pytest.param({"SOURCE_PASSWORD": "hunter2"}, id="in its variable"),
        pytest.param(
            {"SOURCE_URL": "postgresql://u:hunter2@db:x/d"}, id="in a bad URL"
        ),
        pytest.param({"SOURCE_URL": "postgresql://u:hunter2@"}, id="in half a URL"),
        pytest.param({"SOURCE_URL": "u:hunter2@db/d"}, id="in a URL without a scheme"),
        pytest.param(
            {"SOURCE_URL": "mysql://u:hunter2@db/d?a=b"}, id="in another program's URL"
        ),
    ],
)
def test_no_mistake_repeats_a_password(environ):
    assert "hunter2" not in " ".join(mistakes_in(environ | {"SOURCE_PORT": "x"}))


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
