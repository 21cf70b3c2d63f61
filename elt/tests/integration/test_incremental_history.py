"""Numbers of transactions are relied upon within one history of one cluster only."""

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
from integration.incremental import differing, sync
from integration.replication import query, session, value, wait_until
from servers import Databases, administer, new_database

FILMS = """
create table films (id integer primary key, title text not null);
insert into films select n, 'film ' || n from generate_series(1, 100) as n;
"""
RESTARTED = "the source was restarted: it may have lost what was copied"


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


def reason(databases):
    """Replicate; return why all rows were read, or how many were."""
    return sync(databases)["public.films"][0]


def test_counter_that_went_round_loses_no_row(cluster, films):
    move_counter(cluster, (1 << 32) - LAST)
    sync(films, full=True)
    query(films.source, "update films set title = 'before' where id = 1")
    with session(films.source) as late:
        late.execute("begin; update films set title = 'late' where id = 2")
        sync(films)
        with session(films.source) as cursor:
            for _ in range(2 * LAST):
                cursor.execute("select pg_current_xact_id()")
        late.execute("commit")
    query(films.source, "update films set title = 'after' where id = 3")
    written = "select xmin::text::bigint from films where id = "
    assert value(films.source, written + "3") < value(films.source, written + "2")

    found = sync(films)

    assert found["public.films"] == (2, 0, 2, 0)
    assert differing(films) == []


def test_another_cluster_is_read_in_full(films, source_server):
    with new_database(source_server, "SOURCE") as other:
        query(other, FILMS)
        found = reason(films._replace(source=other))

    # Even if the number of the table is the same.
    assert found.startswith(("its table is another", "the source is another"))


def test_another_database_is_read_in_full(films):
    query(films.source, "update films set title = 'new' where id = 1")
    with administer(films.source) as cursor:
        cursor.execute("create database copy template app")

    query(films.source, "update films set title = 'lost' where id = 2")
    sync(films)
    source = replace(films.source, database="copy")
    found = sync(films._replace(source=source))["public.films"]

    assert found == ("the source is another database", 0, 1, 0)


def test_failed_over_source_is_read_in_full(cluster, films):
    query(films.source, "update films set title = 'new' where id = 1")
    cluster.stop()
    (cluster.data / "standby.signal").touch()
    cluster.start()
    standby = sync(films)["public.films"]
    with administer(cluster) as cursor:
        cursor.execute("select pg_promote()")
    wait_until(lambda: not value(films.source, "select pg_is_in_recovery()"))

    found = sync(films)["public.films"]

    assert standby == (RESTARTED, 0, 1, 0)
    assert found == ("the source was restored, or failed over", 0, 0, 0)


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_restarted_source_is_read_in_full(cluster, films, mode):
    cluster.stop(mode)
    cluster.start()
    query(films.source, "update films set title = 'new' where id = 1")

    assert sync(films)["public.films"] == (RESTARTED, 0, 1, 0)
    assert sync(films)["public.films"] == (0, 0, 0, 0)


def test_source_that_lost_a_backend_is_read_in_full(cluster, films):
    """All sessions end then, and transactions may be lost, but the server stays."""
    lose_backend(films.source)
    query(films.source, "update films set title = 'new' where id = 1")

    assert sync(films)["public.films"] == (RESTARTED, 0, 1, 0)


def test_source_that_went_back_is_read_in_full(cluster, films):
    """Files of an hour ago are restored: one cluster, one timeline, another history."""
    with going_back(cluster):
        query(films.source, "update films set title = 'lost' where id = 1")
        sync(films)
    query(films.source, "update films set title = 'new' where id = 2")

    found = sync(films)["public.films"]

    assert found == (RESTARTED, 0, 2, 0)
    assert differing(films) == []
