"""Names are written as PostgreSQL writes them; an integration test asks it."""

import pytest

from elt.replication.catalog.names import qualify_name, quote_name


@pytest.mark.parametrize(
    "name, quoted",
    [
        pytest.param("films", "films", id="plain"),
        pytest.param("_films_2", "_films_2", id="digits and underscores"),
        pytest.param("Films", '"Films"', id="capitals"),
        pytest.param("2films", '"2films"', id="digit first"),
        pytest.param("my films", '"my films"', id="blank"),
        pytest.param("my.films", '"my.films"', id="dot"),
        pytest.param('my"films', '"my""films"', id="quote"),
        pytest.param("straße", '"straße"', id="letter beyond ASCII"),
        pytest.param("order", '"order"', id="reserved word"),
        pytest.param("between", '"between"', id="word that no column may have"),
        pytest.param("name", "name", id="word that SQL leaves free"),
        pytest.param("films\n", '"films\n"', id="line break at the end"),
    ],
)
def test_name_is_quoted_where_it_must_be(name, quoted):
    assert quote_name(name) == quoted


def test_schema_and_name_are_quoted_apart():
    assert qualify_name("My.Schema", "user") == '"My.Schema"."user"'
