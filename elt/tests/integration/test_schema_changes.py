"""What changes in a table of the source is followed, kept away or refused."""

import pytest
from integration.altered import columns, recorded, same_rows, with_films
from integration.incremental import lines
from integration.replication import leftovers, query, run, session, value, version_of

from elt.config import SchemaChangePolicy
from elt.errors import ConfigError, TemporaryError


@pytest.fixture
def films(databases):
    """Return databases of which the destination has two films."""
    return with_films(databases)


@pytest.mark.parametrize(
    "statement, change",
    [
        pytest.param(
            "alter table films add column minutes integer default 90",
            "column minutes added",
            id="a new column with values in old rows",
        ),
        pytest.param(
            "alter table films add column minutes integer not null default 90",
            "column minutes added",
            id="a new column that is never null",
        ),
        pytest.param(
            "alter table films drop column price",
            "column price dropped",
            id="a dropped one",
        ),
        pytest.param(
            "alter table films rename column title to name",
            "column title renamed to name",
            id="a renamed one",
        ),
        pytest.param(
            "alter table films alter column price type numeric(9, 4)",
            "column price is numeric(9,4) instead of numeric(5,2)",
            id="a column of another type",
        ),
        pytest.param(
            "alter table films alter column id type bigint",
            "column id is bigint instead of integer",
            id="a key of another type",
        ),
        pytest.param(
            "alter table films alter column title drop not null",
            "column title may be null",
            id="a column that may be null",
        ),
        pytest.param(
            "update films set price = 0;"
            "alter table films alter column price set not null",
            "column price became not null",
            id="a column that may not be null any more",
        ),
    ],
)
def test_change_is_followed(films, statement, change):
    query(films.source, statement)

    run(films)

    assert columns(films.destination, "raw.films") == columns(films.source, "films")
    names = ", ".join(name for name, _, _ in columns(films.source, "films"))
    assert same_rows(films, names)
    assert recorded(films) == [(change, "propagated")]


def test_columns_that_swap_names_keep_their_values(films):
    query(
        films.source,
        "alter table films add column other text; update films set other = 'x' || id",
    )
    run(films)
    query(
        films.source,
        "alter table films rename title to swap;"
        "alter table films rename other to title;"
        "alter table films rename swap to other",
    )

    run(films)

    assert same_rows(films, "id, title, other")


def test_view_follows_a_renamed_column(films):
    query(films.destination, "create view titles as select title from raw.films")
    query(films.source, "alter table films rename column title to name")

    run(films)

    found = query(films.destination, "select title from titles order by 1")
    assert found == [("one",), ("two",)]


def test_change_with_a_view_in_the_way_is_refused_by_name(films):
    query(films.destination, "create view prices as select id, price from raw.films")
    query(
        films.source,
        "alter table films drop column price; insert into films values (3, 'x')",
    )

    with pytest.raises(ConfigError, match=r"public\.prices \(price\)"):
        run(films)

    assert value(films.destination, "select count(*) from raw.films") == 2
    assert value(films.destination, "select count(*) from prices") == 2


def test_change_that_a_reader_is_in_the_way_of_comes_with_a_later_run(
    films, monkeypatch
):
    """Readers that come later would otherwise wait behind it, for minutes."""
    monkeypatch.setattr("elt.replication.changes.alterations._LOCK_TIMEOUT", "100ms")
    query(films.source, "alter table films add column minutes integer default 90")
    with session(films.destination) as reader:
        reader.execute("begin; select count(*) from raw.films")

        with pytest.raises(TemporaryError, match="lock timeout"):
            run(films)

        assert value(films.destination, "select count(*) from raw.films") == 2
        assert leftovers(films.destination) == []
    run(films)

    assert same_rows(films)


def test_policy_fail_publishes_nothing_and_records_why(films):
    query(
        films.source,
        "alter table films drop column price; delete from films where id = 1",
    )

    with pytest.raises(ConfigError, match="column price dropped"):
        run(films, on_schema_change=SchemaChangePolicy.FAIL)

    assert value(films.destination, "select count(*) from raw.films") == 2
    assert recorded(films) == [("column price dropped", "refused")]


@pytest.mark.parametrize("policy", list(SchemaChangePolicy))
def test_tables_and_types_are_followed_whatever_the_policy(films, policy):
    query(films.source, "create table actors as select 'Ada' as name")
    query(films.source, "alter type mood add value 'moved'")
    query(
        films.source,
        "alter domain stars drop constraint stars_check;"
        "insert into films (id, title, feeling, rating) values (3, 'x', 'moved', 6)",
    )

    run(films, on_schema_change=policy)

    assert same_rows(films)
    assert same_rows(films, table="actors")
    assert recorded(films) == [("table added", "propagated")]


def test_policy_keep_goes_on_with_the_columns_that_are_left(films):
    query(
        films.source,
        "alter table films drop column price;"
        "alter table films add column minutes integer;"
        "insert into films (id, title) values (3, 'three');"
        "delete from films where id = 2",
    )
    policy = {"on_schema_change": SchemaChangePolicy.KEEP}

    run(films, **policy)
    run(films, **policy)

    found = query(
        films.destination, "select id, title, price::text from raw.films order by 1"
    )
    assert found == [(1, "one", "1.50"), (3, "three", None)]
    assert recorded(films) == [
        ("column price dropped", "kept"),
        ("column minutes added", "kept"),
    ]


def test_policy_keep_is_refused_when_the_key_moves_to_another_column(films):
    query(
        films.source,
        "alter table films drop constraint films_pkey, add primary key (title);"
        "insert into films (id, title) values (1, 'another')",
    )

    with pytest.raises(ConfigError, match="does not have films_pkey any more"):
        run(films, on_schema_change=SchemaChangePolicy.KEEP)

    run(films)
    assert same_rows(films)


def test_column_that_old_rows_may_lack_may_be_null(databases):
    if version_of(databases.source) < 18:
        pytest.skip("before PostgreSQL 18, NOT NULL is always valid")
    query(
        databases.source,
        "create table films (id integer unique, title text);"
        "insert into films values (null, null), (null, 'one');"
        "alter table films add constraint given not null title not valid;"
        "alter table films add constraint told not null id not valid",
    )
    run(databases)
    query(databases.source, "insert into films values (1, 'two')")
    run(databases)
    assert same_rows(databases)
    query(
        databases.source,
        "update films set id = 3, title = 'three' where title is null;"
        "update films set id = 4 where id is null;"
        "alter table films validate constraint given;"
        "alter table films validate constraint told",
    )

    run(databases)

    assert same_rows(databases)
    assert [
        is_not_null for _, _, is_not_null in columns(databases.destination, "raw.films")
    ] == [True, True]


# -------------------------------------------------------------- tables that come and go


def test_table_that_was_made_again_is_compared_by_names(films):
    query(
        films.source,
        "drop table films; create table films"
        " (title text not null, feeling mood, id integer primary key,"
        " price numeric(5, 2));"
        "insert into films values ('again', 'glad', 1, 2.00), ('more', 'sad', 5, null)",
    )

    run(films)

    assert same_rows(films, "id, title, price, feeling")
    assert recorded(films) == [("column rating dropped", "propagated")]


def test_a_table_of_another_name_is_told(films):
    query(films.source, "create table others (id integer); create table more ()")
    run(films)
    query(films.source, "alter table others rename to rest")

    with lines() as logged:
        run(films)

    [line] = logged["lost stream"]
    assert (line["stream"], line["renamed_to"]) == ("public.others", "public.rest")


def test_dropped_table_is_kept_and_marked(films):
    query(films.source, "create table others (id integer)")
    run(films)
    query(films.source, "drop table others")

    with lines() as logged:
        run(films)
        run(films)

    assert [line["stream"] for line in logged["lost stream"]] == ["public.others"]
    state = "select state from elt.streams where stream = 'public.others'"
    assert value(films.destination, state) == "gone"
    assert value(films.destination, "select to_regclass('raw.others') is not null")
    assert recorded(films) == [("table added", "propagated"), ("table dropped", "kept")]


def test_new_replica_has_the_default_privileges_of_its_schema(films, make_role):
    reader = make_role(films.destination)
    query(
        films.destination,
        "alter default privileges in schema raw"
        f" grant select on tables to {reader.user};"
        f"grant usage on schema raw to {reader.user}",
    )
    query(films.source, "create table others as select 1 as id")

    run(films)

    assert query(reader, "select id from raw.others") == [(1,)]
