"""Rows are found by the keys that the WAL has of them, or their table is compared."""

import pytest
from integration.logical import is_equal, sync, sync_after, with_films
from integration.replication import query


@pytest.fixture
def films(databases):
    """Return databases of which the destination has a hundred films."""
    return with_films(databases)


def test_a_key_that_changed_takes_its_row_along(films):
    found = sync_after(films, "update films set id = 1000 where id = 1")

    assert found == (1, 1, 0, 1)
    assert is_equal(films)


def test_a_key_may_have_names_that_our_own_queries_use(databases):
    query(
        databases.source,
        """
        create table films (
            number integer, chunk integer, keys integer, touched integer,
            primary key (number, chunk, keys, touched)
        );
        insert into films select n, n, n, n from generate_series(1, 100) as n;
        """,
    )
    sync(databases)

    found = sync_after(databases, "update films set chunk = 0 where number < 3")

    assert found == (2, 2, 0, 2)
    assert is_equal(databases)


def test_keys_and_values_may_swap_rows(films):
    found = sync_after(
        films,
        """
        update films set id = -1, rank = null where id = 1;
        update films set id = 1, rank = 1 where id = 2;
        update films set id = 2, rank = 2 where id = -1;
        """,
    )

    assert found == (2, 0, 2, 0)
    assert is_equal(films)


def test_keys_come_in_chunks(films, monkeypatch):
    monkeypatch.setattr("elt.replication.logical.touched_rows._CHUNK_KEYS", 7)
    monkeypatch.setattr("elt.replication.logical.staged_keys._BUFFER_BYTES", 20)
    monkeypatch.setattr("elt.replication.logical.key_reader._RECENT_KEYS", 3)

    found = sync_after(films, "update films set title = '' where id <= 40")

    assert found == (40, 0, 40, 0)
    assert is_equal(films)


@pytest.mark.parametrize(
    "key, values",
    [
        pytest.param("text", r"'a\b', E'a\tb\n', '{\"}', '', 'é', 'null'", id="text"),
        pytest.param("uuid", "gen_random_uuid(), gen_random_uuid()", id="uuid"),
        pytest.param("numeric", "1.0, 2.50, 'NaN'", id="numeric"),
        pytest.param("timestamptz", "now(), 'infinity', '0044-03-15 BC'", id="time"),
        pytest.param("float8", "0.1, 'Infinity', 1e-300", id="float"),
        pytest.param("bytea", r"'\x005c0a', ''", id="bytes"),
        pytest.param("mood", "'good', 'so, so'", id="enum"),
        pytest.param("positive", "1, 2", id="domain"),
        pytest.param("temper", "'good', 'so, so'", id="domain over an enum"),
        pytest.param("char(5)", "'a', 'b b'", id="blanks"),
        pytest.param("daterange", "'[2024-01-01,2024-02-01)', 'empty'", id="range"),
        pytest.param("integer[]", "'{1,2}', '{}'", id="array"),
    ],
)
def test_keys_of_any_type_find_their_rows(databases, key, values):
    query(
        databases.source,
        f"""
        create type mood as enum ('good', 'so, so');
        create domain positive as integer check (value > 0);
        create domain temper as mood;
        create table kinds (id {key}, part integer, note text, primary key (id, part));
        create table singles (id {key} primary key, note text);
        """,
    )
    sync(databases)
    for statement in (
        f"insert into kinds select id::{key}, n from unnest(array[{values}]::{key}[]) "
        "as id, generate_series(1, 2) as n"
        if key != "integer[]"
        else "insert into kinds values ('{1,2}', 1), ('{}', 2)",
        "insert into singles select distinct id from kinds",
        "update kinds set note = 'changed'; update singles set note = 'changed'",
        "delete from kinds where part = 1; delete from singles",
    ):
        query(databases.source, statement)

        found = sync(databases, allow_shrink=True)

        assert is_equal(databases)
        if key != "integer[]":
            assert all(isinstance(read, int) for read, *_ in found.values()), found


def test_composite_keys_find_their_rows_or_are_compared(databases):
    query(
        databases.source,
        """
        create type place as (street text, number numeric);
        create table kinds (id place, part integer, note text, primary key (id, part));
        create table singles (id place primary key, note text);
        insert into kinds values ('(a,1)', 1), ('("b, c",)', 2);
        insert into singles select id from kinds;
        """,
    )
    sync(databases)
    query(databases.source, "update kinds set note = ''; update singles set note = ''")

    found = sync(databases)

    assert is_equal(databases)
    assert found["public.kinds"][0] == "its rows changed, and have no key in the WAL"
    assert found["public.singles"] == (2, 0, 2, 0)


@pytest.mark.parametrize(
    "key",
    [
        pytest.param("int2vector", id="vector"),
        pytest.param("oidvector", id="vector of object ids"),
        pytest.param("pair", id="domain over an array"),
    ],
)
def test_arrays_by_another_name_are_compared(databases, key):
    old, other, new = ("{1,2}", "{3}", "{}") if key == "pair" else ("1 2", "3", "")
    query(
        databases.source,
        f"""
        create domain pair as integer[];
        create table kinds (id {key} primary key, note text);
        insert into kinds values ('{old}', 'a'), ('{other}', 'b');
        """,
    )
    sync(databases)
    query(
        databases.source,
        f"insert into kinds values ('{new}', 'c'); delete from kinds where note = 'b';"
        f"update kinds set note = 'changed' where note = 'a'",
    )

    sync(databases, allow_shrink=True)

    assert is_equal(databases)


def test_a_long_key_is_found_by_what_it_was(databases):
    long = "(select string_agg(md5(n::text), '') from generate_series(1, 60) as n)"
    query(
        databases.source,
        "create table texts (id text primary key, n integer, more text);"
        "alter table texts alter id set storage external;"
        f"insert into texts values ({long}, 1, repeat('x', 1500))",
    )
    sync(databases)

    query(databases.source, "update texts set n = 2")
    found = sync(databases)["public.texts"]

    assert found == (1, 0, 1, 0)
    assert is_equal(databases)


# --------------------------------------------------------------------------- identities


def test_rows_without_a_key_are_compared_when_they_changed(databases):
    query(
        databases.source,
        "create table lines (n integer); alter table lines replica identity full;"
        "insert into lines values (1), (1), (2)",
    )
    sync(databases)

    idle = sync(databases)["public.lines"]
    query(databases.source, "delete from lines where n = 2")
    changed = sync(databases)["public.lines"]

    assert idle == (0, 0, 0, 0)
    assert changed == ("its rows changed, and have no key in the WAL", 0, 0, 1)
    assert is_equal(databases)


def test_a_key_that_is_not_the_identity_is_not_relied_upon(databases):
    query(
        databases.source,
        """
        create table films (id integer primary key, code text not null unique);
        alter table films replica identity using index films_code_key;
        insert into films select n, n from generate_series(1, 9) as n;
        """,
    )
    sync(databases)

    found = sync_after(databases, "delete from films where id = 1")

    assert found == ("its rows changed, and have no key in the WAL", 0, 0, 1)
    assert is_equal(databases)


def test_a_key_that_was_not_the_identity_for_a_while_is_not_relied_upon(films):
    found = sync_after(
        films,
        "create unique index films_title on films (title);"
        "alter table films replica identity using index films_title;"
        "update films set id = 1000 where id = 1;"
        "alter table films replica identity default; drop index films_title",
    )

    assert found == ("the WAL does not have all columns of its key", 1, 0, 1)
    assert is_equal(films)


def test_a_column_that_an_identity_only_includes_is_not_relied_upon(databases):
    query(
        databases.source,
        """
        create table films (id integer, part integer, primary key (id, part));
        create unique index films_id on films (id) include (part);
        alter table films replica identity using index films_id;
        insert into films select n, n from generate_series(1, 9) as n;
        """,
    )
    sync(databases)

    found = sync_after(databases, "update films set part = 10 where id = 1")

    assert found == ("its rows changed, and have no key in the WAL", 1, 0, 1)
    assert is_equal(databases)
