"""Keys, indexes and checks follow those of the source, and those of others stay."""

import pytest
from integration.altered import same_rows, with_films
from integration.replication import query, run, value


@pytest.fixture
def films(databases):
    """Return databases of which the destination has two films."""
    return with_films(databases)


def test_keys_and_indexes_are_followed(films):
    query(
        films.source,
        "alter table films drop constraint films_pkey;"
        "alter table films add primary key (title);"
        "create index films_price on films (price)",
    )

    run(films)
    query(films.source, "drop index films_price; update films set id = 1")
    run(films)

    found = query(
        films.destination,
        "select pg_get_indexdef(indexrelid) from pg_index"
        " where indrelid = 'raw.films'::regclass",
    )
    assert found == [
        ("CREATE UNIQUE INDEX films_pkey ON raw.films USING btree (title)",)
    ]
    assert same_rows(films, "title, id")


def test_index_of_a_user_is_left_alone(films):
    query(films.destination, "create index mine on raw.films (price)")
    query(films.source, "alter table films add column minutes integer")

    run(films)

    assert value(films.destination, "select to_regclass('raw.mine') is not null")
