"""The WAL that a slot keeps at the source stays within its budget, and is told."""

from contextlib import closing
from dataclasses import replace

import pytest
from integration.background import beside
from integration.incremental import lines
from integration.logical import NAME, retained_bytes, slots, stream, sync
from integration.logical_source import (
    GONE,
    MUCH,
    ONLY_FILMS,
    drop_slot,
    findings,
    follow,
    with_films,
    write_much,
)
from integration.replication import query, session

from elt.config import PublishPolicy, RetrySettings, SchemaChangePolicy
from elt.errors import EltError, TemporaryError
from elt.postgres import connect, execute
from elt.replication.findings.finding import Level
from elt.replication.status import read_status

SMALL_BUDGET = ONLY_FILMS | {"wal_budget": MUCH}
#: What an application writes between the look of a run and that of a test.
BESIDE = 1 << 20


@pytest.fixture
def films(databases):
    """Return databases of which the destination has a hundred films."""
    return with_films(databases)


def test_what_is_published_is_forgotten_by_the_source(films):
    write_much(films)
    follow(films)

    assert retained_bytes(films) < MUCH


def test_a_source_of_which_others_write_is_not_held_back(
    films, make_database, source_server
):
    others = make_database(source_server, "SOURCE")
    for _ in range(3):
        write_much(films._replace(source=others))
        assert follow(films) == (0, 0, 0, 0)

    assert retained_bytes(films) < MUCH


def test_a_slot_above_its_budget_is_replaced_and_followed_again(films):
    with lines() as logged:
        write_much(films)
        first = follow(films, wal_budget=MUCH)
    second = follow(films, "delete from films where id = 1", wal_budget=MUCH)

    assert "more than wal_budget 5 MB" in first[0]
    assert first[1:] == (0, 0, 0)
    assert second == (0, 0, 0, 1)
    assert "more than wal_budget 5 MB" in logged["replaced slot"][0]["reason"]
    assert retained_bytes(films) < MUCH


def test_a_warning_comes_at_half_of_the_budget(films):
    write_much(films)

    with lines() as logged:
        follow(films, wal_budget=20 << 20)

    assert logged["kept much WAL"][0]["wal_budget"] == 20 << 20


@pytest.mark.parametrize("retries", [0, 1])
def test_a_destination_that_is_down_costs_the_source_no_more_than_its_budget(
    films, retries
):
    down = films._replace(destination=replace(films.destination, port=1))
    retry = RetrySettings(max_retries=retries, delay_seconds=0.01)
    write_much(films)
    query(films.source, "update films set title = 'meanwhile' where id = 1")

    for budget in (1 << 30, MUCH):
        with pytest.raises(TemporaryError):
            sync(down, source=ONLY_FILMS | {"wal_budget": budget}, retry=retry)
        assert slots(films) == ([NAME] if budget > MUCH else [])

    assert follow(films) == (GONE, 0, 1, 0)
    assert follow(films, "delete from films where id = 1") == (0, 0, 0, 1)


def test_wal_stays_within_its_budget_while_no_run_can_publish(films):
    """Once in each cycle the slot is measured; what a cycle writes may come on top."""
    down = films._replace(destination=replace(films.destination, port=1))
    budget = 25 << 20
    with updating(films.source):
        for _ in range(8):
            write_much(films)

            with pytest.raises(TemporaryError):
                sync(down, source=ONLY_FILMS | {"wal_budget": budget})

            assert all(kept <= budget + BESIDE for kept in retained(films))
        assert slots(films) == []

    assert follow(films)[1] == 0
    assert follow(films, "delete from films where id = 9") == (0, 0, 0, 1)


def test_a_transaction_that_stays_open_costs_no_more_than_the_budget(
    films, monkeypatch
):
    """No slot can go on beyond it, however often somebody reads, and none be made."""
    monkeypatch.setattr("elt.replication.logical.slots._LONGEST_WAIT", "500ms")
    with session(films.source) as late:
        late.execute("begin; update films set title = 'late' where id = 1")
        write_much(films)
        within = follow(films, "update films set title = 'new' where id = 2")
        kept = retained_bytes(films)
        above = follow(films, "delete from films where id = 3", wal_budget=MUCH)
        left = slots(films)
        late.execute("commit")

    assert within == (1, 0, 1, 0)
    assert kept > MUCH
    assert above == ("its slot could not be made yet", 0, 0, 1)
    assert left == []
    assert follow(films)[1:] == (0, 1, 0)
    assert follow(films, "delete from films where id = 4") == (0, 0, 0, 1)


def updating(settings):
    """Let an application update films beside a block."""

    def update(is_over):
        with session(settings) as cursor:
            while not is_over.wait(0.002):
                cursor.execute("update films set title = title || '.' where id < 9")

    return beside(update)


def retained(databases):
    """Return how much WAL the slot makes the source keep, where there is one."""
    return [retained_bytes(databases)] if slots(databases) else []


def test_a_stream_that_is_refused_does_not_hold_the_wal_back(films):
    query(films.source, "create table actors (id integer primary key)")
    source = {"include": ("public.films", "public.actors")}
    frozen = stream("public.actors", on_schema_change=SchemaChangePolicy.FAIL)
    options = {"source": source | frozen, "publish": PublishPolicy.EACH}
    sync(films, **options)
    query(films.source, "alter table actors add column name text")
    query(films.source, "insert into actors values (1, 'late')")

    write_much(films)
    refused = sync(films, **options)
    kept = retained_bytes(films)
    mended = sync(films, source=source)

    assert "public.actors" not in refused
    assert kept < MUCH
    assert mended["public.actors"][1:] == (1, 0, 0)
    assert mended["public.films"] == (0, 0, 0, 0)


# ------------------------------------------------------------------------- what is told


def test_check_says_how_the_slot_is(films):
    before = findings(films, Level.OK, **ONLY_FILMS)
    write_much(films)
    above = findings(films, Level.WARNING, **SMALL_BUDGET)
    drop_slot(films)
    gone = findings(films, Level.WARNING, **ONLY_FILMS)

    assert any("1 logical stream: the slot elt_raw keeps" in text for text in before)
    assert any("more than wal_budget" in text for text in above)
    assert any("its slot is gone" in text for text in gone)


def test_status_tells_the_lag(films):
    with closing(connect(films.destination, application_name="test")) as connection:
        [after_run] = read_status(connection).streams
        write_much(films)
        execute(connection, "create view raw.v as select * from raw.films")
        query(films.source, "alter table films drop title")
        with pytest.raises(EltError):
            sync(films, source=ONLY_FILMS)
        [after_failure] = read_status(connection).streams

    assert after_run.lag_bytes < MUCH < after_failure.lag_bytes
    assert 0 <= after_run.lag_seconds < after_failure.lag_seconds
