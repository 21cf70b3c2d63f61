"""`elt replicate --follow` goes on after whatever goes wrong, or says what ended it."""

from dataclasses import replace
from random import Random

import pytest
from integration.following import (
    FILMS,
    FOLLOW,
    TITLES,
    arrives,
    change,
    following,
    stop,
)
from integration.history import own_cluster, source_of
from integration.incremental import differing
from integration.logical import LOGICAL, NAME, sync
from integration.program import program
from integration.replication import (
    leftovers,
    query,
    session,
    value,
    wait_until,
)
from integration.workload import SCHEMA, working, writing

SHRINKING = "{sources: [{mode: logical}], allow_shrink: 1}"


@pytest.fixture
def films(databases):
    query(databases.source, FILMS)
    return databases


@pytest.mark.parametrize("side", ["source", "destination"])
@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_server_that_goes_away_is_waited_for(
    databases, binaries, tmp_path, side, mode
):
    with own_cluster(binaries) as cluster:
        own = replace(source_of(cluster), prefix=side.upper())
        ours = databases._replace(**{side: own})
        query(ours.source, FILMS)
        with following(ours, tmp_path) as follower:
            cluster.stop(mode)
            if side == "destination":
                change(ours, "update films set title = 'meanwhile' where id = 1")
            wait_until(lambda: "interrupted following" in follower.output, "the loss")
            cluster.start()
            change(ours, "update films set title = 'after' where id = 2")
            first = "film 1" if side == "source" else "meanwhile"
            arrives(ours, TITLES, [(1, first), (2, "after")])
            stop(follower)

        assert differing(ours, source=LOGICAL) == []
        assert leftovers(ours.destination) == []


@pytest.mark.parametrize("name", ["replicate", "stream", "wal"])
def test_a_session_that_ends_at_the_source_is_begun_again(films, tmp_path, name):
    with following(films, tmp_path) as follower:
        query(
            films.source,
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where application_name ~ %(name)s and datname = current_database()",
            {"name": f"^elt {name}"},
        )
        change(films, "update films set title = 'new' where id = 1")
        arrives(films, TITLES, [(1, "new"), (2, "film 2")])
        stop(follower)

    assert differing(films, source=LOGICAL) == []


def test_a_slot_that_is_dropped_is_made_anew(films, tmp_path):
    with following(films, tmp_path) as follower:
        with session(films.source) as cursor:
            cursor.execute(
                "select pg_terminate_backend(active_pid) from pg_replication_slots;"
            )
            wait_until(lambda: try_to_drop(cursor), "the slot to be dropped")
        change(films, "update films set title = 'new' where id = 1")
        arrives(films, TITLES, [(1, "new"), (2, "film 2")])
        stop(follower)

    assert differing(films, source=LOGICAL) == []


def try_to_drop(cursor):
    """Drop the slot in the moment in which nobody reads it."""
    cursor.execute(
        "select pg_terminate_backend(active_pid) from pg_replication_slots where active"
    )
    cursor.execute(
        "select count(pg_drop_replication_slot(slot_name)) from pg_replication_slots "
        f"where slot_name = '{NAME}' and not active"
    )
    return cursor.fetchone()[0]


def test_killed_followers_lose_nothing(databases, tmp_path):
    query(databases.source, SCHEMA + "alter table lines replica identity full;")
    sync(databases)
    random = Random(1)  # noqa: S311
    with working(databases.source, 1) as (writers, administrator), writing(writers):
        for _ in range(4):
            with program(databases, tmp_path, *FOLLOW, config=SHRINKING) as follower:
                follower.work_for(random.uniform(0.5, 2.5))
                follower.kill()
            administrator.step()
    with following(databases, tmp_path, config=SHRINKING) as follower:
        change(databases, "insert into users values (-1, 'last')")
        arrives(databases, "select email from raw.users where id = -1", [("last",)])
        stop(follower)

    assert differing(databases, source=LOGICAL) == []
    assert leftovers(databases.destination) == []


def test_whatever_writers_do_is_followed(databases, tmp_path):
    # Rows without a key change all the time: run would follow run.
    query(databases.source, SCHEMA + "drop table lines;")
    with following(databases, tmp_path, config=SHRINKING) as follower:
        with working(databases.source, 2) as (writers, administrator):
            for _ in range(10):
                with writing(writers):
                    wait_for_a_moment(databases)
                administrator.step()
        change(databases, "insert into users values (-1, 'last')")
        arrives(databases, "select email from raw.users where id = -1", [("last",)])
        stop(follower)

    assert differing(databases, source=LOGICAL) == []


def wait_for_a_moment(databases):
    """Wait until the replicas show another instant."""
    instant = "select max(snapshot_at) from elt.streams"
    before = value(databases.destination, instant)
    wait_until(
        lambda: value(databases.destination, instant) > before, "another instant"
    )


def test_what_is_refused_ends_it(films, tmp_path):
    with following(films, tmp_path) as follower:
        # What nobody writes to is looked at every ten seconds only.
        change(films, "alter table films drop constraint films_pkey")
        change(films, "delete from actors where id = 1")
        outcome = follower.wait()

    assert outcome.code == 78
    assert "Run at the source" in outcome.error["hint"]
    assert leftovers(films.destination) == []


def test_a_table_that_is_emptied_ends_it(films, tmp_path):
    with following(films, tmp_path) as follower:
        query(films.source, "delete from films")
        outcome = follower.wait()

    assert outcome.code == 65
    assert "lose more than 50% of their rows" in outcome.error["message"]
    assert value(films.destination, "select count(*) from raw.films") == 100
