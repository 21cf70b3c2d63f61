"""Logical runs go on after restarts and failovers, and notice another history."""

from dataclasses import replace

import pytest
from integration.history import (
    LAST,
    going_back,
    lose_backend,
    move_counter,
    own_cluster,
    source_of,
)
from integration.incremental import differing
from integration.logical import LOGICAL, NAME, sync
from integration.replication import query, session, value, wait_until
from integration.standbys import pair_of
from servers import Databases, administer

FILMS = """
create table films (id integer primary key, title text not null);
insert into films select n, 'film ' || n from generate_series(1, 100) as n;
"""
BROKEN = "the WAL does not go on where its last run ended"


@pytest.fixture
def cluster(binaries):
    """Return a cluster of its own, for what would disturb other tests."""
    with own_cluster(binaries) as server:
        yield server


@pytest.fixture
def films(cluster, destination_database):
    """Return databases whose source has a server of its own."""
    databases = Databases(source_of(cluster), destination_database)
    query(databases.source, FILMS)
    sync(databases)
    return databases


def follow(databases, statement=""):
    """Change the source and replicate; return what was done to the films."""
    if statement:
        query(databases.source, statement)
    found = sync(databases)["public.films"]
    assert differing(databases, source=LOGICAL) == []
    return found


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_restart_costs_nothing(cluster, films, mode):
    for number in (1, 2):
        query(films.source, f"update films set title = 'before' where id = {number}")
        cluster.stop(mode)
        cluster.start()

        read, *counts = follow(films, f"delete from films where id = {number + 10}")

        # After a crash the slot may have gone back a little: a row is read once more.
        assert read in {1, 2}
        assert counts == [0, 1, 1]


def test_commits_that_a_crash_loses_were_not_published(cluster, films):
    """A run brings to disk what it has seen, before it publishes that."""
    query(films.source, "alter system set synchronous_commit = off")
    query(films.source, "alter system set wal_writer_delay = '10s'")
    query(films.source, "select pg_reload_conf()")
    for number in range(1, 6):
        query(films.source, f"update films set title = 'kept' where id = {number}")
        assert follow(films) == (1, 0, 1, 0)
        query(films.source, f"update films set title = 'lost' where id = {number}")
        cluster.stop("immediate")
        cluster.start()

        found = follow(films)

        assert found[1:] in {(0, 0, 0), (0, 1, 0)}
        assert isinstance(found[0], int)


def test_a_lost_backend_costs_nothing(films):
    lose_backend(films.source)

    assert follow(films, "update films set title = 'new' where id = 1") == (1, 0, 1, 0)


def test_a_primary_that_is_a_standby_for_a_while_is_compared_twice(cluster, films):
    """It takes no mark then, and its next run has none to find."""
    query(films.source, "update films set title = 'new' where id = 1")
    cluster.stop()
    (cluster.data / "standby.signal").touch()
    cluster.start()
    while_standby = follow(films)
    with administer(cluster) as cursor:
        cursor.execute("select pg_promote()")
    wait_until(lambda: not value(films.source, "select pg_is_in_recovery()"))

    assert while_standby[1:] == (0, 1, 0)
    assert follow(films, "delete from films where id = 2") == (BROKEN, 0, 0, 1)
    assert follow(films, "delete from films where id = 3") == (0, 0, 0, 1)


def test_files_that_were_put_back_are_noticed(cluster, films):
    """One cluster, one timeline, another history."""
    with going_back(cluster):
        query(films.source, "update films set title = 'lost' where id = 1")
        sync(films)
    query(films.source, "update films set title = 'new' where id = 2")

    assert follow(films) == (BROKEN, 0, 2, 0)
    assert follow(films, "delete from films where id = 3") == (0, 0, 0, 1)


def test_another_database_is_noticed(films):
    query(films.source, f"select pg_drop_replication_slot('{NAME}')")
    with administer(films.source) as cursor:
        cursor.execute("create database copy template app")
    source = replace(films.source, database="copy")
    query(source, "update films set title = 'other' where id = 2")

    found = follow(films._replace(source=source))

    assert found == ("its slot is gone", 0, 1, 0)


def test_a_slot_whose_wal_was_removed_is_made_anew(films):
    query(films.source, "alter system set max_slot_wal_keep_size = '1MB'")
    query(films.source, "select pg_reload_conf()")
    query(films.source, "update films set title = 'new' where id = 1")
    for _ in range(5):
        query(films.source, "select pg_current_xact_id()")
        query(films.source, "select pg_switch_wal()")
        query(films.source, "checkpoint")
    lost = "select wal_status from pg_replication_slots"
    assert value(films.source, lost) == "lost"

    first = follow(films)
    second = follow(films, "delete from films where id = 1")

    assert first == ("the source has removed WAL that its slot needs", 0, 1, 0)
    assert second == (0, 0, 0, 1)


def test_a_failover_without_the_slot_costs_a_comparison(binaries, destination_database):
    """What the standby had not received is taken back at the destination as well."""
    with pair_of(binaries) as pair:
        before = Databases(pair.writable, destination_database)
        after = Databases(pair.readable, destination_database)
        query(before.source, FILMS)
        follow(before)
        pair.catch_up()
        pair.standby.stop()
        follow(before, "update films set title = 'lost' where id = 1")
        pair.primary.stop()
        pair.standby.start()
        query(after.source, "select pg_promote()")
        query(after.source, "update films set title = 'new' where id = 2")

        read, *counts = follow(after)

        # By its number, what was lost may look older than the slot.
        assert read in {"its slot is gone", BROKEN}
        assert counts == [0, 2, 0]
        assert follow(after, "delete from films where id = 3") == (0, 0, 0, 1)


def test_a_counter_that_goes_round_loses_no_row(cluster, films):
    move_counter(cluster, (1 << 32) - LAST)
    follow(films)
    follow(films)
    query(films.source, "update films set title = 'before' where id = 1")
    with session(films.source) as late:
        late.execute("begin; update films set title = 'late' where id = 2")
        assert follow(films)[2] == 1
        with session(films.source) as cursor:
            for _ in range(2 * LAST):
                cursor.execute("select pg_current_xact_id()")
        assert follow(films)[1:] == (0, 0, 0)
        late.execute("commit")
    query(films.source, "update films set title = 'after' where id = 3")

    assert follow(films)[1:] == (0, 2, 0)
