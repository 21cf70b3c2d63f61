"""Where the WAL names a good part of a table, one scan finds what keys would find."""

import pytest
from integration.incremental import lines, methods
from integration.logical import is_equal, sync
from integration.replication import query, session

from elt.errors import TemporaryError
from elt.postgres import raw
from elt.replication.incremental import scans
from elt.replication.incremental.reads import XminScan
from elt.replication.logical import early_scans
from elt.replication.logical import run as logical_run

FILMS = """
create table films (id integer primary key, title text not null);
insert into films select n, 'film ' || n from generate_series(1, 20000) as n;
"""


@pytest.fixture
def films(databases):
    """Return databases of which the destination has twenty thousand films."""
    query(databases.source, FILMS)
    sync(databases)
    return databases


def sync_after(databases, statements, **options):
    """Change the source and replicate; return what was done, and why by a scan."""
    query(databases.source, statements)
    with lines() as logged:
        found = sync(databases, **options)["public.films"]
    return found, [fields["reason"] for fields in logged["read by a scan"]]


def test_many_keys_are_found_by_a_scan(films):
    found, reasons = sync_after(
        films,
        """
        insert into films select n, 'new' from generate_series(20001, 20100) as n;
        update films set title = 'changed' where id <= 1500;
        update films set id = id + 50000 where id between 2001 and 2010;
        delete from films where id between 3001 and 3020;
        """,
    )

    assert reasons == ["the WAL names 1640 keys, of 20000 rows"]
    assert found == (1610, 110, 1500, 30)
    assert is_equal(films)
    assert methods(films) == {"public.films": "keys"}


@pytest.mark.parametrize(
    "changed, read",
    [
        pytest.param(1000, 1000, id="few"),
        pytest.param(10_001, "most of its rows changed", id="most"),
    ],
)
def test_few_keys_and_most_keys_take_no_such_scan(films, changed, read):
    update = f"update films set title = '' where id <= {changed}"

    found, reasons = sync_after(films, update)

    assert found == (read, 0, changed, 0)
    assert reasons == []
    assert is_equal(films)


def test_what_a_scan_does_not_find_is_looked_up(films, monkeypatch):
    """A row is deleted only where its key has none; xmin is not relied upon."""
    misses = property(lambda _: raw("id % 2 = 0"))
    monkeypatch.setattr(XminScan, "condition", misses)

    found, reasons = sync_after(
        films,
        """
        update films set title = '' where id <= 1500;
        delete from films where id > 19990;
        """,
    )

    assert len(reasons) == 1
    assert found == (9995 + 750, 0, 1500, 10)
    assert is_equal(films)


def test_rows_that_the_replica_shows_already_may_be_found_again(films):
    """A transaction that stays open holds the horizon back."""
    with session(films.source) as waiting:
        waiting.execute("begin; select pg_current_xact_id()")
        first, _ = sync_after(films, "update films set title = 'a' where id <= 1200")
        again, _ = sync_after(films, "update films set title = 'b' where id > 18800")
        waiting.execute("commit")

    assert first == (1200, 0, 1200, 0)
    assert again == (2400, 0, 1200, 0)
    assert is_equal(films)


@pytest.fixture
def early(films, monkeypatch):
    """Return databases of which even a small table is scanned beside the WAL."""
    monkeypatch.setattr(scans, "_FEWEST_PAGES", 0)
    return films


@pytest.mark.parametrize(
    "condition", [None, pytest.param("id % 2 = 0", id="a scan that misses rows")]
)
def test_many_changed_rows_are_scanned_beside_the_wal(early, monkeypatch, condition):
    if condition is not None:
        monkeypatch.setattr(XminScan, "condition", property(lambda _: raw(condition)))

    found, reasons = sync_after(
        early,
        """
        insert into films select n, 'new' from generate_series(20001, 20100) as n;
        update films set title = 'changed' where id <= 1500;
        update films set id = id + 50000 where id between 2001 and 2010;
        delete from films where id between 3001 and 3020;
        """,
    )

    share = "8%" if condition is None else "50%"
    assert reasons == [f"about {share} of its rows changed"]
    assert found[1:] == (110, 1500, 30)
    assert is_equal(early)
    assert methods(early) == {"public.films": "keys"}


def test_few_changed_rows_are_not_scanned_beside_the_wal(early):
    found, reasons = sync_after(early, "update films set title = '' where id <= 900")

    assert (found, reasons) == ((900, 0, 900, 0), [])


def test_one_worker_has_no_connection_to_spare_for_a_scan_beside_the_wal(early):
    update = "update films set title = '' where id <= 1500"

    found, reasons = sync_after(early, update, workers=1)

    assert reasons == ["the WAL names 1500 keys, of 20000 rows"]
    assert found == (1500, 0, 1500, 0)


def test_a_gap_in_the_wal_undoes_the_scan_beside_it(early):
    query(early.destination, "update elt.streams set wal_mark = 'another'")

    found, reasons = sync_after(early, "update films set title = '' where id <= 1500")

    assert reasons == ["about 8% of its rows changed"]
    assert found == ("the WAL does not go on where its last run ended", 0, 1500, 0)
    assert is_equal(early)


def test_a_wal_that_cannot_be_read_undoes_the_scan_beside_it(early, monkeypatch):
    def fail(session, *_):
        session.writer.cursor().execute("select pg_sleep(0.2)")
        raise TemporaryError("failed")

    monkeypatch.setattr(logical_run, "gather_keys", fail)

    found, _ = sync_after(early, "update films set title = '' where id <= 1500")

    assert found == ("the WAL could not be read", 0, 1500, 0)


def test_a_scan_beside_the_wal_that_fails_is_left_to_the_load(early, monkeypatch):
    def fail(*_):
        raise TemporaryError("failed")

    monkeypatch.setattr(early_scans, "scan_changes", fail)

    found, reasons = sync_after(early, "update films set title = '' where id <= 1500")

    assert reasons == ["the WAL names 1500 keys, of 20000 rows"]
    assert found == (1500, 0, 1500, 0)
    assert is_equal(early)
