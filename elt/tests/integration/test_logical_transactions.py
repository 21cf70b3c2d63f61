"""Whatever is open, late or rolled back around a logical run, no change is lost."""

from contextlib import closing

import pytest
from integration.logical import is_equal, sync, sync_after, with_films
from integration.replication import query, session, value, wait_until

from elt.postgres import connect
from elt.replication.logical.slots import emit_mark, read_next_transaction

EARLIER = "transactions that are older than its publication were open"


@pytest.fixture
def films(databases):
    """Return databases of which the destination has a hundred films."""
    return with_films(databases)


def test_rows_of_transactions_that_commit_late_are_not_lost(films):
    with session(films.source) as late:
        late.execute("begin; update films set title = 'late' where id = 1")
        late.execute("savepoint one; update films set title = 'sub' where id = 2")
        first = sync_after(films, "update films set title = 'early' where id = 3")
        second = sync_after(films, "update films set title = 'later' where id = 4")
        late.execute("release one; commit")

        third = sync(films)["public.films"]

    # A transaction that was read before may be read again, and changes nothing.
    assert (first[2], second[2], third[2]) == (1, 1, 2)
    assert is_equal(films)


@pytest.mark.parametrize(
    "dies_at, expected",
    [
        pytest.param(None, (1, 0, 1, 1), id="that publishes"),
        pytest.param("publish", (2, 0, 2, 1), id="that dies before its publish"),
        pytest.param("release_wal", (2, 0, 1, 1), id="that dies after its publish"),
    ],
)
def test_rows_that_commit_behind_the_snapshot_of_a_run_come_with_the_next_one(
    films, monkeypatch, dies_at, expected
):
    """They are in the WAL that the run reads, but not in the rows: their keys wait."""

    def commit_first(*arguments):
        query(films.source, "update films set title = 'behind' where id = 1")
        query(films.source, "delete from films where id = 2")
        return emit_mark(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr("elt.replication.logical.wal_reader.emit_mark", commit_first)
        change = "update films set title = 'before' where id = 3"
        if dies_at is None:
            assert sync_after(films, change) == (1, 0, 1, 0)
        else:
            patch.setattr(f"elt.replication.synchronization.{dies_at}", die)
            with pytest.raises(RuntimeError):
                sync_after(films, change)

    assert sync(films)["public.films"] == expected
    assert sync(films)["public.films"] == (0, 0, 0, 0)
    assert is_equal(films)


def die(*_):
    raise RuntimeError


def test_rows_of_prepared_transactions_are_not_lost(films):
    query(
        films.source, "begin; delete from films where id = 1; prepare transaction 'p'"
    )
    assert sync(films)["public.films"][1:] == (0, 0, 0)
    query(films.source, "commit prepared 'p'")

    assert sync(films)["public.films"] == (0, 0, 0, 1)


def test_what_was_rolled_back_is_not_read(films):
    query(films.source, "begin; update films set title = ''; rollback")

    assert sync(films)["public.films"] == (0, 0, 0, 0)


def test_a_transaction_larger_than_the_memory_of_decoding_arrives(films, monkeypatch):
    monkeypatch.setattr("elt.replication.logical.wal_reader.DECODING", "select")
    database = films.source.database
    query(
        films.source,
        f"alter database {database} set logical_decoding_work_mem to '64kB'",
    )
    with session(films.source) as large:
        large.execute("begin; update films set rank = null where id = 1")
        for number in range(20):
            large.execute(
                f"savepoint s; update films set title = repeat('{number}', 200);"
                + ("release s" if number % 3 else "rollback to s")
            )
        large.execute("delete from films where id = 2; commit")

    found = sync(films)["public.films"]

    spilled = (
        "select coalesce(sum(spill_txns), 0)::integer from pg_stat_replication_slots "
        f"join pg_replication_slots using (slot_name) where database = '{database}'"
    )
    assert found == (99, 0, 99, 1)
    assert is_equal(films)
    wait_until(lambda: value(films.source, spilled), "a spilled transaction")


def test_numbers_of_transactions_in_progress_are_below_the_next(films):
    with (
        session(films.source) as other,
        closing(connect(films.source, application_name="test")) as connection,
    ):
        other.execute("begin; select pg_current_xact_id()::text::bigint")
        [open_transaction] = other.fetchone()

        assert read_next_transaction(connection) > open_transaction


def test_a_table_that_joins_misses_no_older_transaction(films):
    with session(films.source) as old:
        old.execute("begin; create table older (id integer)")
        query(films.source, "create table new (id integer primary key)")
        old.execute("insert into new values (1)")
        first = sync(films)["public.new"]
        second = sync(films)["public.new"]
        old.execute("drop table older; commit")
    third = sync(films)["public.new"]
    query(films.source, "insert into new values (2)")
    fourth = sync(films)["public.new"]

    # Its first row was written before the table was published: the WAL has not told.
    assert first == (0, 0, 0, 0)
    assert second[0] == third[0] == EARLIER
    assert third[1] == 1
    assert fourth == (1, 1, 0, 0)
    assert is_equal(films)
