"""A source keeps no more WAL than its budget while a run waits at the destination."""

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from integration.following import batches
from integration.history import own_cluster, source_of
from integration.incremental import differing, lines
from integration.logical import LOGICAL, NAME, slots, sync
from integration.logical_source import GONE, write_much
from integration.program import program
from integration.replication import configure, query, session, value, wait_until
from servers import Databases, programs_of

from elt.replication.follow.backlog import UnusualError
from elt.replication.logical.seam import guarding

FILMS = """
create table films (id integer primary key, title text not null);
insert into films select n, 'film ' || n from generate_series(1, 100) as n;
"""
ONLY_FILMS = {"include": ("public.films",)}
BUDGET = ONLY_FILMS | {"wal_budget": 5 << 20}
STALLED = "sources: [{mode: logical, wal_budget: 1MiB, include: [public.films]}]"


@pytest.fixture
def films(databases, monkeypatch):
    """Return databases of which the destination has a hundred films."""
    for name in (
        "logical.slot_guard.INTERVAL_SECONDS",
        "sessions.lock_waits.INTERVAL_SECONDS",
        "sessions.lock_waits.LONGEST_SILENCE_SECONDS",
    ):
        monkeypatch.setattr(f"elt.replication.{name}", 0.02)
    query(databases.source, FILMS)
    sync(databases, source=BUDGET)
    return databases


@contextmanager
def locked_films(films):
    """Hold a lock on the replica that whoever writes it waits for."""
    with session(films.destination) as cursor:
        cursor.execute("begin")
        cursor.execute("lock table raw.films in share mode")
        yield
        cursor.execute("rollback")


def await_waiter(films):
    """Wait until somebody waits for that lock."""
    statement = (
        "select count(*) from pg_locks where not granted "
        "and relation = 'raw.films'::regclass"
    )
    wait_until(lambda: value(films.destination, statement), "somebody who waits")


def test_a_run_that_waits_to_publish_costs_the_source_no_more_than_its_budget(films):
    query(films.source, "update films set title = 'before' where id = 1")
    with ThreadPoolExecutor(1) as pool, lines() as logged:
        with locked_films(films):
            run = pool.submit(guarded_sync, films)
            await_waiter(films)
            query(films.source, "update films set title = 'meanwhile' where id = 2")
            write_much(films)
            wait_until(lambda: slots(films) == [], "a slot that is dropped")
            wait_until(lambda: logged["waited for lock"], "a wait that is told")
        published = run.result()

    assert published["public.films"] == (1, 0, 1, 0)
    [dropped], [lost] = logged["dropped slot"], logged["lost slot"]
    assert "more than wal_budget 5 MB" in dropped["reason"]
    assert lost["slot"] == dropped["slot"]
    [waited] = logged["waited for lock"]
    assert waited["locked"] == "raw.films"
    assert re.fullmatch(r"test of postgres \(backend \d+\)", waited["holder"])
    assert sync(films, source=BUDGET)["public.films"] == (GONE, 0, 1, 0)
    query(films.source, "delete from films where id = 3")
    assert sync(films, source=BUDGET)["public.films"] == (0, 0, 0, 1)
    assert differing(films, source=LOGICAL | BUDGET) == []


def guarded_sync(films):
    """Run once, as the command does."""
    with guarding([guarded(films)]):
        return sync(films, source=BUDGET)


def guarded(films):
    return configure(films, source=LOGICAL | BUDGET).sources[0]


def test_a_batch_that_waits_costs_the_source_no_more_than_its_budget(films):
    """Its stream keeps the slot in use; the batch is published, then a run comes."""
    with pytest.raises(UnusualError, match=GONE):
        publish_behind_lock(films)

    assert sync(films, source=BUDGET)["public.films"][0] == GONE
    query(films.source, "delete from films where id = 3")
    assert sync(films, source=BUDGET)["public.films"] == (0, 0, 0, 1)


def publish_behind_lock(films):
    """Let a batch wait until the slot is gone, then go on."""
    with (
        guarding([guarded(films)]),
        batches(films, source=BUDGET) as opened,
        ThreadPoolExecutor(1) as pool,
    ):
        query(films.source, "update films set title = 'before' where id = 1")
        with locked_films(films):
            batch = pool.submit(opened.publish_next, is_heartbeat=False)
            await_waiter(films)
            write_much(films)
            wait_until(lambda: slots(films) == [], "a slot that is dropped")
        assert [s.difference.updated for s in batch.result().streams] == [1]
        opened.wait(1)


# ------------------------------------------------- a standby that confirms nothing


@pytest.fixture(params=[17, 18], ids="PostgreSQL {}".format)
def stalled(request, binaries, destination_database):
    """Return databases of whose source no slot may overtake a standby that is gone."""
    with own_cluster(programs_of(request.param, binaries)) as server:
        databases = Databases(source_of(server), destination_database)
        query(databases.source, FILMS)
        sync(databases, source=ONLY_FILMS)
        for statement in (
            "select pg_create_physical_replication_slot('gone', true)",
            "alter system set synchronized_standby_slots = 'gone'",
            "select pg_reload_conf()",
            "update films set title = 'x' where id = 1",
        ):
            query(databases.source, statement)
        yield databases


def await_stall(databases):
    statement = (
        "select count(*) from pg_stat_activity "
        "where wait_event = 'WaitForStandbyConfirmation'"
    )
    wait_until(lambda: value(databases.source, statement), "the stall")


def test_a_run_that_waits_for_a_standby_costs_no_more_than_its_budget(
    stalled, tmp_path
):
    with program(stalled, tmp_path, config=STALLED) as started:
        await_stall(stalled)
        write_much(stalled)
        wait_until(lambda: NAME not in slots(stalled), "a slot that is dropped")
        outcome = started.wait()

    assert outcome.code == 75


def test_what_a_killed_run_waits_for_does_not_hold_the_next_one_up(stalled, tmp_path):
    """Its server notices that it is gone when the standby is back, if ever."""
    with program(stalled, tmp_path, config=STALLED) as started:
        await_stall(stalled)
        started.kill()
    query(stalled.source, "alter system reset synchronized_standby_slots")
    query(stalled.source, "select pg_reload_conf()")
    query(stalled.source, "select pg_drop_replication_slot('gone')")

    assert sync(stalled, source=ONLY_FILMS)["public.films"][1:] == (0, 1, 0)
