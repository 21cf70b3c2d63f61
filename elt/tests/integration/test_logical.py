"""A logical run reads the rows that the WAL names, as its snapshot has them."""

import pytest
from integration.incremental import FILMS, differing, methods
from integration.logical import (
    LOGICAL,
    REWRITTEN,
    is_equal,
    sync,
    sync_after,
    with_films,
)
from integration.replication import query, value
from servers import Databases

from elt.config import SyncMode


@pytest.fixture
def films(databases):
    """Return databases of which the destination has a hundred films."""
    return with_films(databases)


def test_only_rows_that_changed_are_read(films):
    found = sync_after(
        films,
        """
        insert into films select n, 'new', n from generate_series(101, 107) as n;
        update films set title = 'changed' where id <= 20;
        delete from films where id between 50 and 52;
        """,
    )

    assert found == (27, 7, 20, 3)
    assert is_equal(films)
    assert methods(films) == {"public.films": "keys"}


def test_nothing_is_read_where_nothing_was_written(films):
    query(films.source, "create table other (id integer primary key)")

    found = sync_after(films, "insert into other values (1)")

    assert found == (0, 0, 0, 0)
    assert methods(films)["public.films"] == "unchanged"


def test_a_row_that_came_and_went_leaves_nothing(films):
    found = sync_after(
        films, "insert into films values (200, ''); delete from films where id = 200"
    )

    assert found == (0, 0, 0, 0)
    assert is_equal(films)


def test_a_row_that_changed_a_thousand_times_is_read_once(films):
    query(
        films.source,
        "do $$ begin for n in 1..1000 loop "
        "update films set rank = 1000 + n where id = 1; end loop; end $$",
    )

    assert sync(films)["public.films"] == (1, 0, 1, 0)
    assert is_equal(films)


def test_a_schema_may_have_a_percent_sign_in_its_name(databases):
    query(
        databases.source,
        'create schema "%s"; create table "%s".films (id integer primary key, n text);'
        'insert into "%s".films select i from generate_series(1, 1000) as i',
    )
    sync(databases)
    query(databases.source, "update \"%s\".films set n = 'new' where id = 7")

    sync(databases)

    assert differing(databases, source=LOGICAL) == []


def test_most_rows_are_compared_all_at_once(films):
    added = "insert into films select n, '' from generate_series(101, 2000) as n"

    found = sync_after(films, added)

    assert found[0] == "most of its rows changed"
    assert is_equal(films)


def test_large_values_that_an_update_left_alone_stay(databases):
    query(
        databases.source,
        """
        create table texts (id integer primary key, n integer, long text);
        alter table texts alter long set storage external;
        insert into texts select n, 0, repeat('x', 5000) from generate_series(1, 9) n;
        create table full_texts (like texts including all);
        alter table full_texts replica identity full;
        insert into full_texts select * from texts;
        """,
    )
    sync(databases)

    query(databases.source, "update texts set n = 1; update full_texts set n = 1")
    query(databases.source, "update texts set id = 10 where id = 1")
    found = sync(databases)

    assert found["public.texts"] == (9, 1, 8, 1)
    assert found["public.full_texts"] == (9, 0, 9, 0)
    assert is_equal(databases)


def test_generated_columns_follow(databases):
    query(
        databases.source,
        """
        create function twice(integer) returns integer immutable language sql
            as 'select $1 * 2';
        create table sums (
            id integer primary key,
            a integer,
            b integer generated always as (a + 1) stored,
            c integer generated always as (twice(a)) stored
        );
        insert into sums (id, a) select n, n from generate_series(1, 9) as n;
        """,
    )
    sync(databases)

    query(databases.source, "update sums set a = 100 where id = 1")
    found = sync(databases)["public.sums"]

    assert found == (1, 0, 1, 0)
    assert query(databases.destination, "select b, c from raw.sums where id = 1") == [
        (101, 200)
    ]


@pytest.mark.parametrize("mode", [SyncMode.INCREMENTAL, SyncMode.LOGICAL], ids=str)
def test_virtual_columns_follow(postgres_server, make_database, mode):
    server = postgres_server(18)
    databases = Databases(*(make_database(server, p) for p in ("SOURCE", "TARGET")))
    query(
        databases.source,
        "create table sums (id integer primary key, a integer, "
        "b integer generated always as (a + 1));"
        "insert into sums (id, a) select n, n from generate_series(1, 9) as n",
    )
    sync(databases, source={"mode": mode})

    query(databases.source, "update sums set a = 100 where id = 1")
    found = sync(databases, source={"mode": mode})["public.sums"]

    assert found == (1, 0, 1, 0)
    assert value(databases.destination, "select b from raw.sums where id = 1") == 101
    assert is_equal(databases)


def test_columns_that_are_computed_otherwise_are_read_again(
    postgres_server, make_database
):
    """A destination that cannot compute them has their values, which no row holds."""
    databases = Databases(
        make_database(postgres_server(18), "SOURCE"),
        make_database(postgres_server(17), "TARGET"),
    )
    query(
        databases.source,
        "create table sums (id integer primary key, "
        "b integer generated always as (id + 1)); insert into sums values (1), (2)",
    )
    incremental = {"mode": SyncMode.INCREMENTAL}
    sync(databases, source=incremental)

    query(databases.source, "alter table sums alter b set expression as (id + 2)")
    found = sync(databases, source=incremental)["public.sums"]

    assert found[1:] == (0, 2, 0)
    assert is_equal(databases)
    assert sync(databases, source=incremental)["public.sums"][0] == 0


def test_rows_that_move_between_partitions_move(databases):
    query(
        databases.source,
        """
        create table events (id integer, at date, primary key (id, at))
            partition by range (at);
        create table events_old partition of events
            for values from (minvalue) to ('2024-01-01');
        create table events_new partition of events
            for values from ('2024-01-01') to (maxvalue);
        insert into events select n, '2023-05-05' from generate_series(1, 9) as n;
        """,
    )
    sync(databases)

    query(databases.source, "update events set at = '2024-05-05' where id < 4")
    found = sync(databases)

    assert found["public.events_old"] == (0, 0, 0, 3)
    assert found["public.events_new"] == (3, 3, 0, 0)
    assert is_equal(databases)


def test_every_version_is_followed(versioned_databases):
    databases = versioned_databases
    query(databases.source, FILMS)
    sync(databases)

    found = sync_after(
        databases,
        "update films set title = 'x' where id < 3; delete from films where id = 9;"
        "insert into films values (101, 'new'); truncate films; "
        "insert into films values (1, 'one'), (2, 'two')",
        allow_shrink=True,
    )
    again = sync_after(databases, "update films set id = 3 where id = 2")

    assert found[0] == REWRITTEN
    assert again == (1, 1, 0, 1)
    assert is_equal(databases)
    assert value(databases.destination, "select count(*) from raw.films") == 2
