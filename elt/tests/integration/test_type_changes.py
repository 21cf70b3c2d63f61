"""Types that change are followed with the columns that they are of, or refused."""

import pytest
from integration.altered import same_rows, with_films
from integration.replication import configure, query, run, value

from elt.config import SyncMode
from elt.errors import ConfigError, DataError
from elt.replication.check import check


@pytest.fixture
def films(databases):
    """Return databases of which the destination has two films."""
    return with_films(databases)


# ----------------------------------------------------------- enums, and types made anew


def test_new_labels_of_an_enum_are_added_in_their_place(films):
    query(films.source, "alter type mood add value 'moved' before 'sad'")
    query(films.source, "insert into films values (3, 'three', null, 'moved')")

    run(films)

    labels = query(films.destination, "select unnest(enum_range(null::raw.mood))::text")
    assert labels == [("glad",), ("moved",), ("sad",)]
    assert same_rows(films)


def test_renamed_label_of_an_enum_is_refused_by_name(films):
    query(films.source, "alter type mood rename value 'sad' to 'blue'")

    with pytest.raises(ConfigError, match=r"public\.mood"):
        run(films)


@pytest.mark.parametrize(
    "before, after",
    [
        pytest.param("domain fee as numeric(9, 2)", "domain fee as numeric", id="base"),
        pytest.param("type fee as enum ('1')", "domain fee as text", id="no enum"),
        pytest.param("domain fee as text", "type fee as enum ('1')", id="an enum now"),
        pytest.param(
            "type fee as (a text)", "type fee as (a text, b text)", id="parts"
        ),
    ],
)
def test_type_that_was_made_anew_is_refused_by_name(databases, before, after):
    make = "create {}; create table fees (id integer primary key, fee fee);"
    query(databases.source, make.format(before))
    run(databases)
    drop = "alter table fees drop fee; drop {};".format(" ".join(before.split()[:2]))
    add = "alter table fees add fee fee"
    query(databases.source, f"{drop} create {after}; {add}")

    with pytest.raises(ConfigError, match=r"type public\.fee changed") as caught:
        run(databases)

    assert "raw.fee" in caught.value.hint
    config = configure(databases)
    findings = check(config, config.sources[0]).findings
    assert caught.value.message in {finding.text for finding in findings}


# ------------------------------------------------------------------------------ domains


@pytest.mark.parametrize(
    "base, check, statements",
    [
        pytest.param(
            "integer", "value > 0", "{insert}; {add} not valid", id="old rows"
        ),
        pytest.param("timestamptz", "value >= now()", "{add}; {insert}", id="the time"),
        pytest.param(
            "oid", "value <> 'films'::regclass", "{add}; {insert}", id="a table"
        ),
    ],
)
def test_check_of_a_domain_that_values_may_break_is_left_out(
    databases, base, check, statements
):
    values = {"integer": "-1", "timestamptz": "now()", "oid": "1"}
    make = "create domain stars as {}; create table films (id serial, stars stars);"
    insert = f"insert into films (stars) values ({values[base]})"
    add = f"alter domain stars add check ({check})"
    query(databases.source, make.format(base))
    run(databases)
    query(databases.source, statements.format(insert=insert, add=add))
    run(databases)
    query(
        databases.destination, "drop schema raw cascade; truncate elt.streams cascade"
    )

    report = run(databases)

    assert same_rows(databases)
    assert "domain public.stars: constraint stars_check" in {
        missing.name for missing in report.not_copied
    }


@pytest.mark.parametrize("rule", ["not null", "check (value is not null)"])
def test_new_column_of_a_domain_that_refuses_nulls_is_followed(films, rule):
    query(
        films.source,
        f"create domain part as integer {rule};"
        "alter table films add part part default 1",
    )

    run(films)

    assert same_rows(films)


def test_domain_that_is_not_null_may_hold_none(films):
    """As it does where a query finds no row."""
    query(
        films.source,
        "create domain part as integer not null; create table parts (part part);"
        "insert into films (id, title) values (3, 'three');"
        "create table others as select id, (select part from parts) from films",
    )

    report = run(films)

    assert same_rows(films, table="others")
    assert "domain public.part: not null" in {
        missing.name for missing in report.not_copied
    }


def test_check_of_a_domain_is_followed(films):
    query(
        films.source,
        "alter domain stars drop constraint stars_check;"
        "alter domain stars add check (value between 0 and 10);"
        "insert into films values (3, 'ten', null, null, 10)",
    )

    run(films)

    assert same_rows(films)


@pytest.mark.parametrize("mode", list(SyncMode))
def test_a_column_that_comes_anew_lets_no_loss_through(databases, mode):
    query(
        databases.source,
        "create table films (id integer primary key, length text);"
        "insert into films select n, 'x' || n from generate_series(1, 100) as n",
    )
    run(databases, source={"mode": mode})
    query(
        databases.source,
        "delete from films where id > 1; alter table films"
        " alter column length type integer using substr(length, 2)::integer",
    )

    with pytest.raises(DataError, match="100 to 1 rows"):
        run(databases, source={"mode": mode})

    assert value(databases.destination, "select count(length) from raw.films") == 100
    run(databases, source={"mode": mode}, allow_shrink=True)
    assert query(databases.destination, "select * from raw.films") == [(1, 1)]
