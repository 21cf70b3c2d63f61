"""An incremental run reads what changed and nothing else, whoever wrote it."""

import pytest
from integration.incremental import (
    FILMS,
    differing,
    lines,
    methods,
    stream,
    sync,
    sync_after,
    with_films,
)
from integration.replication import query, run, session, value

from elt.config import Verification


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
        """,
    )

    assert found == (27, 7, 20, 0)
    assert differing(films) == []


@pytest.mark.parametrize(
    "small_pages", [pytest.param(0, id="large"), pytest.param(1000, id="small")]
)
def test_tables_of_any_size_are_followed(films, monkeypatch, small_pages):
    monkeypatch.setattr(
        "elt.replication.incremental.changed_rows._SMALL_PAGES", small_pages
    )
    query(films.source, "create table actors (id integer primary key)")

    unchanged = sync(films)["public.films"]
    deleted = sync_after(films, "delete from films where id = 1")
    changed = sync_after(films, "update films set title = '' where id = 2")

    assert unchanged == (0, 0, 0, 0)
    assert deleted == (0, 0, 0, 1)
    assert changed == (1, 0, 1, 0)
    assert differing(films) == []


def test_full_refresh_goes_on_as_incremental(databases):
    query(databases.source, FILMS)
    run(databases)

    found = sync_after(databases, "update films set title = '' where id = 1")

    assert found == (1, 0, 1, 0)


def test_rows_written_by_nobody_are_not_looked_for(films):
    found = sync(films)

    assert found == {"public.films": (0, 0, 0, 0)}
    assert methods(films) == {"public.films": "unchanged"}


def test_stream_is_unchanged_while_others_change(films):
    query(films.source, "create table actors (id integer primary key)")

    found = sync(films)

    assert found["public.films"] == (0, 0, 0, 0)
    assert methods(films)["public.films"] == "changes"


@pytest.mark.parametrize(
    "statement",
    [
        "vacuum (freeze) films",
        "vacuum full films",
        "cluster films using films_pkey",
    ],
)
def test_maintenance_hides_no_change(films, statement):
    query(films.source, "update films set title = 'new' where id <= 3")
    query(films.source, statement)

    found = sync(films)

    assert found["public.films"] == (3, 0, 3, 0)
    assert differing(films) == []


def test_rewritten_table_is_read_again(films):
    query(
        films.source,
        "alter table films alter column title type text using upper(title)",
    )

    found = sync(films)

    assert found["public.films"] == (100, 0, 100, 0)
    assert differing(films) == []


def test_unlogged_table_that_became_logged_is_read_again(films):
    query(films.source, "alter table films set unlogged")
    query(films.source, "update films set title = '' where id = 5")
    query(films.source, "alter table films set logged")

    assert sync(films)["public.films"][1:] == (0, 1, 0)
    assert differing(films) == []


def test_large_values_that_changed_arrive(databases):
    query(
        databases.source,
        "create table films (id integer primary key, body text);"
        "alter table films alter column body set storage external;"
        "insert into films select n, repeat('x', 100000) || n "
        "from generate_series(1, 3) as n;",
    )
    sync(databases)

    found = sync_after(databases, "update films set body = body || ' ' where id = 2")

    assert found == (1, 0, 1, 0)
    assert differing(databases) == []


def test_unique_values_that_change_hands_are_published(films):
    found = sync_after(
        films,
        """
        update films set rank = -id where id <= 3;
        update films set rank = case id when 1 then 2 when 2 then 3 else 1 end
        where id <= 3
        """,
    )

    assert found == (3, 0, 3, 0)
    assert differing(films) == []


def test_unique_value_of_a_deleted_row_is_free(films):
    found = sync_after(
        films,
        """
        delete from films where id = 7;
        update films set rank = 7 where id = 8;
        insert into films values (200, 'new', 8);
        """,
    )

    assert found == (2, 1, 1, 1)
    assert differing(films) == []


def test_row_that_moves_to_another_partition_is_there_once(databases):
    query(
        databases.source,
        """
        create table events (id integer, at date, primary key (id, at))
            partition by range (at);
        create table events_old partition of events
            for values from (minvalue) to ('2024-01-01');
        create table events_new partition of events
            for values from ('2024-01-01') to (maxvalue);
        insert into events values (1, '2023-01-01'), (2, '2023-01-02'),
            (3, '2024-01-01');
        """,
    )
    sync(databases)

    query(databases.source, "update events set at = '2024-06-01' where id = 1")
    found = sync(databases)

    assert found == {
        "public.events_old": (0, 0, 0, 1),
        "public.events_new": (1, 1, 0, 0),
    }
    assert differing(databases) == []


def test_attached_partition_arrives_with_its_old_rows(databases):
    query(
        databases.source,
        """
        create table events (id integer, at date, primary key (id, at))
            partition by range (at);
        create table events_old partition of events
            for values from (minvalue) to ('2024-01-01');
        create table events_new (id integer not null, at date not null,
            primary key (id, at));
        insert into events_new values (3, '2024-01-01');
        """,
    )
    sync(databases)

    query(
        databases.source,
        "insert into events_new values (4, '2024-02-02');"
        "alter table events attach partition events_new "
        "for values from ('2024-01-01') to (maxvalue)",
    )
    sync(databases)

    assert value(databases.destination, "select count(*) from raw.events") == 2
    assert differing(databases) == []


def test_children_of_a_table_are_streams_of_their_own(databases):
    query(
        databases.source,
        "create table films (id integer primary key);"
        "create table shorts (primary key (id)) inherits (films);"
        "insert into films values (1); insert into shorts values (2);",
    )
    sync(databases)

    query(databases.source, "insert into shorts values (3)")
    found = sync(databases)

    assert found == {"public.films": (0, 0, 0, 0), "public.shorts": (1, 1, 0, 0)}
    assert differing(databases) == []


def test_standing_still_the_replica_is_not_written(films):
    before = value(films.destination, "select sum(xmin::text::bigint) from raw.films")
    query(films.source, "update films set title = title")

    found = sync(films)

    assert found == {"public.films": (100, 0, 0, 0)}
    after = value(films.destination, "select sum(xmin::text::bigint) from raw.films")
    assert after == before


@pytest.mark.parametrize(
    "verification, method",
    [
        ("changes", "changes"),
        ("count", "count"),
        ("checksum", "checksum"),
        ("exact", "exact"),
    ],
)
def test_receipt_says_what_was_compared(films, verification, method):
    query(films.source, "update films set title = 'new' where id = 1")

    found = sync(films, verify=Verification(verification))

    assert found == {"public.films": (1, 0, 1, 0)}
    assert methods(films) == {"public.films": method}


def test_every_version_tells_what_changed(versioned_databases):
    databases = versioned_databases
    query(databases.source, FILMS)
    query(
        databases.source,
        "create table ratings (id integer primary key, at timestamptz default now());"
        "create index on ratings (at); insert into ratings values (1)",
    )
    options = {"source": stream("public.ratings", cursor="at")}
    sync(databases, **options)
    with session(databases.source) as late:
        late.execute("begin; update films set title = 'late' where id = 1")
        late.execute("savepoint s; insert into ratings values (2); release savepoint s")
        query(databases.source, "insert into ratings values (3)")
        sync(databases, **options)
        late.execute("commit")
    query(databases.source, "delete from films where id = 2")

    with lines() as logged:
        found = sync(databases, **options)

    assert logged["read without cursor"] == []
    assert found["public.films"][1:] == (0, 1, 1)
    assert found["public.ratings"][1:] == (1, 0, 0)
    assert differing(databases, **options) == []
