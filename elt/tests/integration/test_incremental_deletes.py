"""Rows that the source deleted are found by their keys, and go unless ignored."""

import pytest
from integration.incremental import (
    INCREMENTAL,
    differing,
    methods,
    stream,
    sync,
    sync_after,
    with_films,
)
from integration.replication import query, run, value, wait_until

from elt.config import Verification
from elt.errors import DataError
from elt.replication.incremental import changed_rows
from elt.replication.incremental.range_survey import survey_ranges

#: Without a constraint that rows which stay could break.
DELETE = """
alter table films drop constraint films_rank_key; delete from films where id <= 5
"""


@pytest.fixture
def films(databases):
    """Return databases of which the destination has a hundred films."""
    return with_films(databases)


@pytest.mark.parametrize(
    "small_pages, most_places",
    [
        pytest.param(1000, 0, id="small"),
        pytest.param(0, 500_000, id="large, few changes"),
        pytest.param(0, -1, id="large, many changes"),
    ],
)
def test_deletes_show_behind_as_many_inserts(
    films, monkeypatch, small_pages, most_places
):
    monkeypatch.setattr(
        "elt.replication.incremental.changed_rows._SMALL_PAGES", small_pages
    )
    monkeypatch.setattr(
        "elt.replication.incremental.changed_rows._MOST_PLACES", most_places
    )

    found = sync_after(
        films,
        """
        delete from films where id in (3, 30, 99);
        insert into films select n, 'new', n from generate_series(101, 103) as n;
        """,
    )

    assert found == (3, 3, 0, 3)
    assert differing(films) == []


def test_deleted_rows_go(films):
    found = sync_after(films, "delete from films where id between 10 and 14")

    assert found == (0, 0, 0, 5)
    assert differing(films) == []


def test_as_many_rows_inserted_as_deleted_are_noticed(films):
    found = sync_after(
        films,
        "delete from films where id <= 5;"
        "insert into films select n, '', n from generate_series(201, 205) as n",
    )

    assert found == (5, 5, 0, 5)
    assert differing(films) == []


def test_key_that_changed_leaves_no_old_row(films):
    found = sync_after(films, "update films set id = 1000 where id = 50")

    assert found == (1, 1, 0, 1)
    assert differing(films) == []


def test_truncated_table_is_emptied(films):
    found = sync_after(films, "truncate films", allow_shrink=True)

    assert found == (0, 0, 0, 100)
    assert differing(films) == []


def test_truncated_and_refilled_table_is_followed(films):
    found = sync_after(
        films,
        "truncate films;"
        "insert into films select n, 'again', n from generate_series(51, 150) as n",
    )

    assert found == (100, 50, 50, 50)
    assert differing(films) == []


def test_keys_are_not_compared_where_counts_agree(films):
    query(films.source, "update films set title = 'new' where id = 1")

    report = run(films, source=INCREMENTAL)

    [films_report] = report.streams
    assert films_report.copied.bytes < 100


def test_keys_of_any_type_are_compared(databases):
    query(
        databases.source,
        """
        create type mood as enum ('sad', 'glad');
        create table films (word text, feeling mood, price numeric, note text,
            primary key (word, feeling, price));
        insert into films select 'w' || n, 'glad', n / 10.0, ''
        from generate_series(1, 50) as n;
        """,
    )
    sync(databases)

    found = sync_after(databases, "delete from films where word in ('w3', 'w33')")

    assert found == (0, 0, 0, 2)
    assert differing(databases) == []


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(("smallint", None), id="unexpected"),
        pytest.param(("bigint", -1), id="expected"),
    ],
)
@pytest.mark.parametrize(
    "statement, counts",
    [
        pytest.param("delete from films where id = 77", (0, 0, 0, 1), id="one"),
        pytest.param(
            "delete from films where id % 500 = 7", (0, 0, 0, 20), id="here and there"
        ),
        pytest.param(
            "delete from films where id < 0", (0, 0, 0, 10000), id="half of them"
        ),
        pytest.param(
            "delete from films where id between 1 and 5;"
            "insert into films values (20001), (20002), (-20001)",
            (3, 3, 0, 5),
            id="while others come",
        ),
        pytest.param(
            "update films set title = 'new' where id > 9990;"
            "insert into films values (20001)",
            (10, 1, 9, 0),
            id="though there are none",
        ),
    ],
)
def test_deleted_rows_are_looked_for_where_counts_differ(
    databases, monkeypatch, key, statement, counts
):
    kind, hint = key
    monkeypatch.setattr("elt.replication.incremental.deleted_keys._FEWEST_ROWS", 10)
    query(
        databases.source,
        f"create table films (id {kind} primary key, title text);"
        "insert into films select n from generate_series(-10000, 9999) as n",
    )
    sync(databases)
    expect = "update elt.streams set source_deletes = %(hint)s"
    query(databases.destination, expect, {"hint": hint})

    found = sync_after(databases, statement)

    assert found == counts
    assert differing(databases) == []


def test_deleted_rows_are_expected_as_the_source_counts_them(films, monkeypatch):
    monkeypatch.setattr("elt.replication.incremental.deleted_keys._FEWEST_ROWS", 10)
    surveys = []

    def note_and_survey(*arguments, **options):
        surveys.append(arguments)
        return survey_ranges(*arguments, **options)

    monkeypatch.setattr(changed_rows, "survey_ranges", note_and_survey)
    sync_after(films, "update films set title = '' where id = 6")
    sync_after(films, "update films set title = '' where id = 7")
    assert surveys == []

    query(films.source, "delete from films where id = 8")
    told = "select pg_stat_get_tuples_deleted('films'::regclass)"
    wait_until(lambda: value(films.source, told) == 1, "the count of deleted rows")
    found = sync(films)

    assert found == {"public.films": (0, 0, 0, 1)}
    assert len(surveys) == 1
    assert value(films.destination, "select source_deletes from elt.streams") == 1


def test_deletes_may_be_ignored(films):
    options = {"source": stream(deletes="ignore")}
    sync(films, **options)

    found = sync_after(
        films,
        "delete from films where id <= 5; update films set title = '' where id = 6",
        **options,
    )

    assert found == (1, 0, 1, 0)
    assert methods(films) == {"public.films": "read"}
    rows = "select row_count from elt.streams"
    assert value(films.destination, rows) == 100
    assert differing(films, **options) == ["public.films"]


@pytest.mark.parametrize("verification", list(Verification))
def test_ignored_deletes_stay_through_a_full_run(films, verification):
    options = {"source": stream(deletes="ignore"), "verify": verification}
    query(
        films.source,
        "delete from films where id <= 5; update films set title = '' where id = 6",
    )

    # As after a change of the table: rows are compared before they are copied.
    query(films.destination, "update elt.streams set snapshot_horizon = null")
    found = sync(films, **options)
    again = sync(films, full=True, **options)

    assert found["public.films"][1:] == (0, 1, 0)
    assert again == {"public.films": (95, 0, 0, 0)}
    assert value(films.destination, "select count(*) from raw.films") == 100


def test_deletes_that_were_ignored_are_applied_later(films):
    query(films.source, DELETE)
    sync(films, source=stream(deletes="ignore"))
    query(films.source, "update films set title = '' where id = 6")

    found = sync(films)

    assert found == {"public.films": (1, 0, 1, 5)}
    assert differing(films) == []


def test_they_are_applied_where_nothing_was_written_since(films):
    query(films.source, DELETE)
    sync(films, source=stream(deletes="ignore"))

    found = sync(films)

    assert found == {"public.films": (0, 0, 0, 5)}
    assert differing(films) == []


def test_shrinking_is_refused(films):
    query(films.source, "delete from films where id > 20")

    with pytest.raises(DataError, match="100 to 20 rows"):
        sync(films)

    assert value(films.destination, "select count(*) from raw.films") == 100
