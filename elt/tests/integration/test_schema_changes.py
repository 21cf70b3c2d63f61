"""What changes in a table of the source is followed, kept away or refused."""

import pytest
from integration.incremental import lines
from integration.replication import (
    configure,
    leftovers,
    query,
    run,
    session,
    value,
    version_of,
)

from elt.config import SchemaChangePolicy
from elt.errors import ConfigError, TemporaryError
from elt.replication.check import check

FILMS = """
create type mood as enum ('glad', 'sad');
create domain stars as smallint check (value between 1 and 5);
create table films (
    id integer primary key,
    title text not null,
    price numeric(5, 2),
    feeling mood,
    rating stars
);
insert into films values (1, 'one', 1.50, 'glad', 5), (2, 'two', null, 'sad', 1);
"""


@pytest.fixture
def films(databases):
    """Return databases of which the destination has two films."""
    query(databases.source, FILMS)
    run(databases)
    return databases


def columns(settings, table):
    """Return names and types of a table's columns, in the order of their names."""
    return query(
        settings,
        "select attname, replace(format_type(atttypid, atttypmod), 'raw.', ''),"
        " attnotnull from pg_attribute"
        " where attrelid = %(table)s::regclass and attnum > 0 and not attisdropped"
        " order by 1",
        {"table": table},
    )


def recorded(databases):
    """Return the changes that were recorded, with what was done about them."""
    return query(
        databases.destination,
        "select change, action from elt.schema_changes order by schema_change_id",
    )


def same_rows(databases, names="*", table="films"):
    statement = f"select {names} from {{}} order by 1"
    return query(databases.source, statement.format(table)) == query(
        databases.destination, statement.format(f"raw.{table}")
    )


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

    with pytest.raises(ConfigError, match=r"view public\.prices depends on"):
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
    assert recorded(films) == [("table dropped", "kept")]


PARTITIONS = """
create table events (id integer, day date not null, note text, primary key (id, day))
    partition by range (day);
create table events_1 partition of events
    for values from ('2024-01-01') to ('2025-01-01');
create table events_2 partition of events
    for values from ('2025-01-01') to ('2026-01-01')
    partition by hash (id);
create table events_2a partition of events_2 for values with (modulus 2, remainder 0);
create table events_2b partition of events_2 for values with (modulus 2, remainder 1);
insert into events
    select n, date '2024-12-01' + n, 'n' || n from generate_series(1, 60) as n;
create table parents (id integer primary key, name text);
create table children (age integer) inherits (parents);
insert into parents values (1, 'p'); insert into children values (2, 'c', 3);
"""


@pytest.fixture
def events(databases):
    """Return databases with partitioned and inherited tables."""
    query(databases.source, PARTITIONS)
    run(databases)
    return databases


def test_columns_of_a_partitioned_table_are_followed_at_its_root(events):
    query(
        events.source,
        "alter table events rename note to remark;"
        "alter table events add column size integer not null default 4;"
        "create index events_size on events (size)",
    )

    run(events)

    assert same_rows(events, "id, day, remark, size", "events")
    assert value(
        events.destination, "select to_regclass('raw.events_size') is not null"
    )


def test_new_partition_is_attached(events):
    query(
        events.source,
        "create table events_3 partition of events for values from ('2026-01-01')"
        " to ('2027-01-01'); insert into events values (99, '2026-02-03', 'new')",
    )

    run(events)

    assert same_rows(events, "*", "events")


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("drop table events_1", id="a partition that was dropped"),
        pytest.param("alter table events detach partition events_1", id="detached"),
        pytest.param("drop table events_2a", id="dropped from a part of a part"),
    ],
)
def test_partition_that_is_gone_no_longer_shows_in_the_whole(events, statement):
    query(events.source, statement)

    run(events)

    assert same_rows(events, "*", "events")


def test_child_that_is_gone_no_longer_shows_in_its_parent(events):
    query(events.source, "drop table children")

    run(events)

    assert same_rows(events, "*", "parents")


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
