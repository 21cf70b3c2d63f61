"""Names are written as PostgreSQL itself writes them."""

import pytest

from elt.postgres import connect, execute
from elt.replication.catalog.names import KEYWORDS, quote_name

NAMES = [
    "films",
    "Films",
    "_films",
    "2films",
    "my films",
    "my.films",
    'my"films',
    "films$1",
    "straße",
    "映画",
    "films\n",
    " ",
]


@pytest.fixture
def destination(versioned_databases):
    """Return a connection to a server of each major version."""
    settings = versioned_databases.destination
    connection = connect(settings, application_name="test")
    yield connection
    connection.close()


def test_keywords_are_those_of_the_server(destination):
    rows = execute(
        destination, "select word from pg_get_keywords() where catcode <> 'U'"
    )

    # Some words are keywords since a later version; to quote them does no harm.
    assert {word for (word,) in rows} - KEYWORDS == set()


def test_names_are_quoted_as_the_server_quotes_them(destination):
    query = "select name, quote_ident(name) from unnest(%(names)s) as name"

    rows = execute(destination, query, {"names": NAMES})

    assert {name: quote_name(name) for name in NAMES} == dict(rows)
