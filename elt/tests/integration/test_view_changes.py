"""A view that becomes another one is followed as a table is."""

import pytest
from integration.replication import (
    changes,
    query,
    value,
)
from integration.views import FILMS, columns_of, replicate, same

from elt.config import SchemaChangePolicy
from elt.errors import ConfigError


@pytest.fixture
def films(databases):
    """Return databases of which the source has a table and two views."""
    query(databases.source, FILMS)
    return databases


@pytest.mark.parametrize(
    "statement",
    [
        "create view prices as select id, title from films",
        "create view prices as select id::bigint, price::text as feeling from films",
        "create materialized view prices as select feeling, id from films",
        (
            "create table prices (id integer primary key, is_new boolean not null);"
            "insert into prices values (1, true), (2, false)"
        ),
    ],
)
def test_a_view_made_anew_is_followed_by_the_names_of_its_columns(films, statement):
    replicate(films)
    query(films.source, f"drop view prices; {statement}")

    replicate(films)

    names = [name for name, _, _ in columns_of(films.source, "prices")]
    assert {name for name, _, _ in columns_of(films.destination, "raw.prices")} == {
        *names
    }
    assert same(films, "prices", ", ".join(names))


def test_a_view_that_gets_a_column_has_it_at_the_destination(films):
    query(films.source, "create view titles as select id from films")
    replicate(films)
    query(films.source, "create or replace view titles as select id, title from films")

    replicate(films)

    assert same(films, "titles")
    change = "select change from elt.schema_changes"
    assert query(films.destination, change) == [("column title added",)]


def test_a_table_that_becomes_a_view_loses_its_keys(films):
    replicate(films)
    query(
        films.source,
        "alter table films rename to movies;"
        "create view films as select * from movies union all select * from movies",
    )

    replicate(films)

    assert value(films.destination, "select count(*) from raw.films") == 4
    keys = "select count(*) from pg_constraint where conrelid = 'raw.films'::regclass"
    assert value(films.destination, f"{keys} and contype = 'p'") == 0


def test_a_view_that_becomes_a_table_gets_its_keys(films):
    query(films.source, "create view titles as select id, title from films")
    replicate(films)
    query(
        films.source,
        "drop view titles;"
        "create table titles (id integer primary key, title text not null);"
        "insert into titles select id, title from films where id > 1",
    )

    replicate(films)
    query(films.source, "update titles set title = 'new'")
    report = replicate(films)

    assert changes(report)["public.titles"] == (0, 1, 0)
    assert same(films, "titles")


def test_a_change_of_a_view_can_be_refused(films):
    replicate(films)
    query(films.source, "drop view prices; create view prices as select id from films")

    with pytest.raises(ConfigError, match=r"public\.prices changed"):
        replicate(films, on_schema_change=SchemaChangePolicy.FAIL)


def test_a_view_that_is_dropped_is_gone(films):
    replicate(films)
    query(films.source, "drop view prices")

    replicate(films)

    state = "select state from elt.streams where stream = 'public.prices'"
    assert value(films.destination, state) == "gone"
