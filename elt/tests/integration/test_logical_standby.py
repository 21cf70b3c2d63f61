"""A standby is read from its WAL: no mark can be left there, so positions decide."""

import re
from contextlib import closing

import pytest
from integration.incremental import differing, lines
from integration.logical import LOGICAL, NAME
from integration.replication import configure, query, session, value, wait_until
from integration.standbys import (
    FILMS,
    ONLY_FILMS,
    PUBLISH,
    follow,
    noting,
    pair_of,
    sync,
)
from servers import programs_of

from elt.errors import ConfigError, LostConnectionError
from elt.postgres import connect
from elt.replication.logical import wal_reader
from elt.replication.logical.slots import read_next_transaction
from elt.replication.sessions.snapshot import describe_snapshot, find_oldest_start
from elt.replication.teardown import tear_down

GAP = "the WAL does not go on where its last run ended"
RESTARTED = "the source was restarted: it may have lost what was copied"
SLOTS = "select slot_name from pg_replication_slots where slot_type = 'logical'"


@pytest.fixture(params=[16, 17, 18], ids="PostgreSQL {}".format)
def versioned_pair(request, binaries):
    with pair_of(programs_of(request.param, binaries)) as pair:
        yield pair


@pytest.fixture
def pair(binaries):
    with pair_of(binaries) as pair:
        yield pair


@pytest.fixture
def films(pair, destination_database):
    """Return databases of which the destination has a hundred films."""
    pair.write(FILMS)
    pair.write(PUBLISH)
    databases = pair.to(destination_database)
    sync(pair, databases, source=ONLY_FILMS)
    return databases


def test_every_version_is_followed(versioned_pair, destination_database):
    pair, databases = versioned_pair, versioned_pair.to(destination_database)
    pair.write(FILMS)
    with pytest.raises(ConfigError, match=r"lacks public\.films") as refused:
        sync(pair, databases, source=ONLY_FILMS)
    assert "at its primary" in refused.value.hint
    [statement] = re.findall("CREATE PUBLICATION .*;", refused.value.hint)
    pair.write(statement)

    found = [
        follow(pair, databases),
        follow(pair, databases),
        follow(pair, databases, "update films set title = 'new' where id < 4"),
        follow(pair, databases, "delete from films where id = 9"),
        follow(pair, databases, "alter table films add column stars int default 5"),
        follow(pair, databases, "update films set stars = 1 where id = 5"),
        follow(pair, databases),
    ]

    assert [counts[1:] for counts in found[:4]] == [
        (100, 0, 0),
        (0, 0, 0),
        (0, 3, 0),
        (0, 0, 1),
    ]
    assert [read for read, *_ in found[1:4]] == [0, 3, 0]
    assert found[5] == (1, 0, 1, 0)
    assert found[6] == (0, 0, 0, 0)
    config = configure(databases, source=LOGICAL | ONLY_FILMS)
    with lines() as logged:
        dropped = tear_down(config, config.sources[0])
    assert dropped == [f"replication slot {NAME}"]
    assert logged["left publication"][0]["publication"] == NAME
    assert query(databases.source, SLOTS) == []
    assert query(pair.writable, SLOTS) == []


def test_an_open_transaction_of_the_primary_is_not_lost(pair, films):
    """The text of a standby's snapshot does not list it: it looks as if it was seen."""
    with session(pair.writable) as late:
        late.execute("begin; update films set title = 'late' where id = 1")
        first = follow(pair, films, "update films set title = 'early' where id = 2")
        second = follow(pair, films, "update films set title = 'early' where id = 3")
        late.execute("commit")
    pair.catch_up()

    assert (first, second) == ((1, 0, 1, 0), (1, 0, 1, 0))
    assert follow(pair, films) == (1, 0, 1, 0)
    assert follow(pair, films) == (0, 0, 0, 0)


def test_a_commit_behind_the_snapshot_comes_with_the_next_run(pair, films, monkeypatch):
    await_replay = wal_reader.await_replay

    def write_first(connection):
        pair.write("update films set title = 'behind' where id = 5")
        return await_replay(connection)

    with session(pair.writable) as late:
        late.execute("begin; update films set title = 'late' where id = 1")
        pair.write("delete from films where id = 2")
        with monkeypatch.context() as patch:
            patch.setattr(wal_reader, "await_replay", write_first)
            first = sync(pair, films, source=ONLY_FILMS)["public.films"]
        late.execute("commit")
    pair.catch_up()

    assert first[1:] == (0, 0, 1)
    assert follow(pair, films)[1:] == (0, 2, 0)
    assert follow(pair, films) == (0, 0, 0, 0)


def test_a_number_of_a_standby_is_above_those_of_open_transactions(pair):
    with session(pair.writable) as late:
        late.execute("begin; create table t (n int); select pg_current_xact_id()::text")
        [[number]] = late.fetchall()
        pair.write("create table u (n int)")
        with closing(connect(pair.readable, application_name="test")) as connection:
            found = read_next_transaction(connection, is_standby=True)

    assert found > int(number)


def test_a_position_is_of_before_the_snapshot(pair):
    with closing(connect(pair.readable, application_name="test")) as connection:
        oldest = find_oldest_start(connection)
        pair.write("create table t (n int)")
        facts = describe_snapshot(connection, oldest)

    assert facts.replayed_lsn == oldest.replayed_lsn
    assert facts.replayed_lsn != facts.lsn


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_restart_costs_a_comparison(pair, films, mode):
    pair.standby.stop(mode)
    query(pair.writable, "update films set title = 'meanwhile' where id = 1")
    pair.standby.start()
    pair.catch_up()

    assert follow(pair, films) == (RESTARTED, 0, 1, 0)
    assert follow(pair, films, "delete from films where id = 2") == (0, 0, 0, 1)


def test_a_primary_that_is_away_is_not_missed(pair, films):
    pair.write("update films set title = 'before' where id = 1")
    pair.primary.stop()

    first = sync(pair, films, source=ONLY_FILMS)["public.films"]
    second = sync(pair, films, source=ONLY_FILMS)["public.films"]

    pair.primary.start()
    assert (first, second) == ((1, 0, 1, 0), (0, 0, 0, 0))
    assert follow(pair, films, "delete from films where id = 1") == (0, 0, 0, 1)


def test_a_slot_that_others_advanced_is_noticed(pair, films):
    pair.write("update films set title = 'new' where id = 1")
    advance = "select pg_replication_slot_advance(%(slot)s, pg_last_wal_replay_lsn())"
    query(films.source, advance, {"slot": NAME})

    assert follow(pair, films) == (GAP, 0, 1, 0)
    assert follow(pair, films, "delete from films where id = 2") == (0, 0, 0, 1)


def test_a_slot_that_was_made_again_is_noticed(pair, films):
    pair.write("update films set title = 'new' where id = 1")
    query(films.source, f"select pg_drop_replication_slot('{NAME}')")
    with noting(pair):
        make = f"select pg_create_logical_replication_slot('{NAME}', 'pgoutput')"
        query(films.source, make)

    assert follow(pair, films) == (GAP, 0, 1, 0)
    assert follow(pair, films, "delete from films where id = 2") == (0, 0, 0, 1)


def test_a_promoted_standby_is_compared_once_and_followed_as_a_primary(pair, films):
    pair.write("update films set title = 'before' where id = 1")
    query(films.source, "select pg_promote()")
    wait_until(lambda: not value(films.source, "select pg_is_in_recovery()"))
    query(films.source, "update films set title = 'after' where id = 2")

    first = sync(pair, films, source=ONLY_FILMS)["public.films"]
    query(films.source, "delete from films where id = 3")
    second = sync(pair, films, source=ONLY_FILMS)["public.films"]

    assert (first, second) == ((GAP, 0, 2, 0), (0, 0, 0, 1))
    assert differing(films, source=LOGICAL | ONLY_FILMS) == []


def test_a_standby_that_is_promoted_beside_a_run_is_read_again(
    pair, films, monkeypatch
):
    await_replay = wal_reader.await_replay

    def promote_first(connection):
        query(films.source, "select pg_promote()")
        wait_until(lambda: not value(films.source, "select pg_is_in_recovery()"))
        query(films.source, "update films set title = 'after' where id = 2")
        return await_replay(connection)

    monkeypatch.setattr(wal_reader, "await_replay", promote_first)
    with pytest.raises(LostConnectionError, match="was promoted"):
        sync(pair, films, source=ONLY_FILMS)

    found = sync(pair, films, source=ONLY_FILMS)["public.films"]
    assert found == (GAP, 0, 1, 0)
    assert differing(films, source=LOGICAL | ONLY_FILMS) == []


def test_many_rows_are_found_by_one_scan(pair, destination_database):
    """A scan tells newer rows by numbers of transactions, which a standby knows."""
    pair.write("create table films (id integer primary key, title text not null)")
    pair.write("insert into films select n, 'film' from generate_series(1, 9000) as n")
    pair.write(PUBLISH)
    databases = pair.to(destination_database)
    sync(pair, databases, source=ONLY_FILMS)
    with session(pair.writable) as late:
        late.execute("begin; savepoint a; update films set title = '' where id > 8000")
        first = follow(pair, databases, "update films set title = '' where id < 2000")
        late.execute("commit")
    pair.catch_up()

    assert first == (1999, 0, 1999, 0)
    assert follow(pair, databases) == (1000, 0, 1000, 0)
