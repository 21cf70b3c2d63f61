"""One URL in place of many variables is read as libpq reads it, or refused."""

import pytest
from environments import mistakes_in, settings_of

from elt.config import DatabaseSettings


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
            "postgresql://reader:a%00b@db/app",
            ["the password in it has %00, which no server takes"],
            id="null character",
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
