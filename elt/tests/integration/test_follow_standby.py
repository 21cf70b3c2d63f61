"""A standby is followed: batches end where it had replayed, as it takes no marks."""

import signal
from random import Random

import pytest
from integration.bank import BANK, transferring, watched
from integration.following import arrives, batches, following, step
from integration.incremental import differing
from integration.logical import LOGICAL
from integration.logical import sync as logical_sync
from integration.program import program
from integration.replication import query, session, value, wait_until
from integration.standbys import FILMS, pair_of, prepare
from integration.workload import SCHEMA, working, writing
from servers import programs_of

from elt.replication.follow import batches as batches_module

CONFIG = "{sources: [{mode: logical}], allow_shrink: 1}"
TITLES = "select id, title from raw.films where id <= 2 order by id"
RUNS = 5
WHOLE = "replica identity full"


@pytest.fixture
def pair(binaries):
    with pair_of(binaries) as pair:
        yield pair


@pytest.fixture(params=[16, 17, 18], ids="PostgreSQL {}".format)
def versioned_pair(request, binaries):
    with pair_of(programs_of(request.param, binaries)) as pair:
        yield pair


@pytest.fixture
def films(pair, destination_database):
    return prepare(pair, destination_database, FILMS)


@pytest.fixture
def workload(pair, destination_database, seed):
    """Return databases and the writers of the primary."""
    schema = SCHEMA + f"alter table lines {WHOLE};"
    databases = prepare(pair, destination_database, schema)
    with working(pair.writable, seed) as (writers, administrator):
        yield databases, writers, administrator


def write_and_step(pair, opened, statement=""):
    pair.write(statement or "select 1")
    return step(opened)


def unequal(pair, databases):
    """Return the streams whose sides differ when all is replayed."""
    pair.catch_up()
    return differing(databases, source=LOGICAL)


def test_only_what_changed_is_read_and_published(pair, films):
    with batches(films) as opened, session(pair.writable) as late:
        late.execute("begin; update films set title = 'late' where id = 1")
        early = "update films set title = 'early' where id in (2, 3)"
        found = [
            write_and_step(pair, opened, early),
            write_and_step(pair, opened),
            write_and_step(pair, opened, "delete from films where id = 4"),
        ]
        late.execute("commit")
        found += [write_and_step(pair, opened), write_and_step(pair, opened)]

    assert found == [
        {"public.films": (2, 0, 2, 0)},
        {},
        {"public.films": (0, 0, 0, 1)},
        {"public.films": (1, 0, 1, 0)},
        {},
    ]
    assert unequal(pair, films) == []


def test_a_commit_behind_the_snapshot_comes_with_the_next_batch(
    pair, films, monkeypatch
):
    await_replay = batches_module.await_replay

    def write_first(connection):
        pair.write("update films set title = 'behind' where id = 5")
        return await_replay(connection)

    with batches(films) as opened:
        with monkeypatch.context() as patch:
            patch.setattr(batches_module, "await_replay", write_first)
            first = write_and_step(pair, opened, "delete from films where id = 1")
        second = write_and_step(pair, opened)
        third = write_and_step(pair, opened)

    assert first == {"public.films": (1, 0, 0, 1)}
    assert second == {"public.films": (1, 0, 1, 0)}
    assert third == {}


def test_the_slot_goes_on_though_nothing_changes(pair, films):
    position = "select confirmed_flush_lsn from pg_replication_slots"
    with batches(films) as opened:
        before = value(films.source, position)
        pair.write("create temporary table other as select generate_series(1, 1000)")
        pair.write("select pg_switch_wal()")
        step(opened)

        wait_until(lambda: value(films.source, position) != before, "the slot")


def test_every_version_is_followed(versioned_pair, destination_database, tmp_path):
    pair = versioned_pair
    databases = prepare(pair, destination_database, FILMS)
    with following(databases, tmp_path) as follower:
        query(pair.writable, "update films set title = 'new' where id = 1")
        arrives(databases, TITLES, [(1, "new"), (2, "film 2")])
        query(pair.writable, "delete from films where id = 1")
        arrives(databases, TITLES, [(2, "film 2")])
        follower.send(signal.SIGTERM)
        assert follower.wait().code == 0

    assert unequal(pair, databases) == []


def test_a_standby_that_is_promoted_goes_on_to_be_followed(pair, films, tmp_path):
    with following(films, tmp_path):
        query(pair.writable, "update films set title = 'before' where id = 1")
        arrives(films, TITLES, [(1, "before"), (2, "film 2")])
        query(films.source, "select pg_promote()")
        wait_until(lambda: not value(films.source, "select pg_is_in_recovery()"))
        query(films.source, "update films set title = 'after' where id = 2")
        arrives(films, TITLES, [(1, "before"), (2, "after")])
        query(films.source, "delete from films where id = 1")
        arrives(films, TITLES, [(2, "after")])

    assert differing(films, source=LOGICAL) == []


def test_a_standby_that_restarts_is_waited_for(pair, films, tmp_path):
    with following(films, tmp_path):
        for mode in ("fast", "immediate"):
            pair.standby.stop(mode)
            query(pair.writable, f"update films set title = '{mode}' where id = 1")
            pair.standby.start()
            arrives(films, TITLES, [(1, mode), (2, "film 2")])

    assert unequal(pair, films) == []


def test_readers_see_whole_transactions_in_order(pair, destination_database, tmp_path):
    schema = BANK + f"alter table ledger {WHOLE};"
    databases = prepare(pair, destination_database, schema)
    with (
        following(databases, tmp_path, config=CONFIG),
        watched(databases.destination),
        transferring(pair.writable) as application,
    ):
        application.wait_for_transfers(150)
    pair.catch_up()
    statement = "select max(id) from {}transfers"
    with following(databases, tmp_path, config=CONFIG):
        last = value(pair.writable, statement.format(""))
        arrives(databases, statement.format("raw."), [(last,)])

    assert unequal(pair, databases) == []


def test_runs_beside_writers_end_up_equal(workload, pair):
    databases, writers, _ = workload
    for _ in range(RUNS):
        with writing(writers):
            logical_sync(databases, allow_shrink=True)
        pair.catch_up()

        found = logical_sync(databases, allow_shrink=True)

        assert unequal(pair, databases) == []
        assert any(isinstance(read, int) for read, *_ in found.values())


def test_runs_between_steps_of_writers_end_up_equal(workload, pair, seed):
    databases, writers, administrator = workload
    random = Random(seed)  # noqa: S311
    for _ in range(RUNS):
        for _ in range(random.randrange(20, 150)):
            random.choice(writers).step()
        if random.random() < 0.5:
            administrator.step()
        pair.catch_up()

        logical_sync(databases, allow_shrink=True)

        assert unequal(pair, databases) == []


def test_runs_after_some_that_were_killed_end_up_equal(workload, pair, seed, tmp_path):
    databases, writers, _ = workload
    random = Random(seed)  # noqa: S311
    for _ in range(RUNS):
        for _ in range(random.randrange(20, 100)):
            random.choice(writers).step()
        with program(databases, tmp_path, config=CONFIG) as running:
            running.work_for(random.uniform(0.3, 1.2))
            running.kill()
        random.choice(writers).step()
        pair.catch_up()

        logical_sync(databases, allow_shrink=True)

        assert unequal(pair, databases) == []
