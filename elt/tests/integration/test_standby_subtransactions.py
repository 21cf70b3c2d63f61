"""A standby is read from its WAL beside writers that begin in subtransactions.

The case in which an imported snapshot hides rows: decision 21.
"""

from contextlib import contextmanager

import pytest
from integration.following import batches, following, step
from integration.incremental import differing
from integration.logical import LOGICAL
from integration.logical import sync as logical_sync
from integration.replication import query, session, value, wait_until
from integration.standbys import pair_of, prepare
from integration.subtransactions import SCHEMA, writing_in_subtransactions
from servers import programs_of

RUNS = 4
FOLLOWED = 2
#: Written by many transactions, of which the longest last longer than a batch.
MANY_LOGS = 30
#: While the writers write, before the one that comes after them.
RUNS_BESIDE = 4
TITLES = "select title from films where id = 1"
CONFIG = "{sources: [{mode: logical}], allow_shrink: 1}"
COUNTS = "select (select count(*) from films), (select count(*) from ratings)"
WRITTEN = "select count(*) from logs"
LAST = "select max(id) from {}logs"
#: Above what a workload writes: the last row to arrive.
SENTINEL = 1 << 40


#: Workloads take long; what an older and a newer version do well, one between does.
OLDEST_AND_NEWEST = pytest.mark.parametrize(
    "pair", [16, 18], ids="PostgreSQL {}".format, indirect=True
)


@pytest.fixture(params=[16, 17, 18], ids="PostgreSQL {}".format)
def pair(request, binaries):
    with pair_of(programs_of(request.param, binaries)) as pair:
        yield pair


def hides_nothing(pair):
    """Tell whether both servers show the same number of rows."""
    pair.catch_up()
    return query(pair.readable, COUNTS) == query(pair.writable, COUNTS)


@contextmanager
def changing(pair):
    """Leave a row, for as long as a block, to a subtransaction that has changed it.

    It was changed before, so that runs and batches read it.
    """
    pair.write("update films set title = 'early' where id = 1")
    with session(pair.writable) as writer:
        writer.execute(
            "begin; savepoint a; update films set title = 'late' where id = 1"
        )
        # With it the standby replays what is open.
        pair.write("insert into ratings values (1, 1)")
        yield
        writer.execute("commit")
    pair.catch_up()


def test_a_run_hides_no_row_that_a_subtransaction_changes(pair, destination_database):
    databases = prepare(pair, destination_database, SCHEMA)
    with changing(pair):
        first = logical_sync(databases)["public.films"]
    second = logical_sync(databases)["public.films"]

    assert (first, second) == ((1, 0, 1, 0), (1, 0, 1, 0))
    assert query(pair.readable, TITLES) == [("late",)]
    assert differing(databases, source=LOGICAL) == []


def test_a_batch_hides_no_row_that_a_subtransaction_changes(pair, destination_database):
    databases = prepare(pair, destination_database, SCHEMA)
    with batches(databases) as opened:
        with changing(pair):
            first = step(opened)["public.films"]
        second = step(opened)["public.films"]

    assert (first, second) == ((1, 0, 1, 0), (1, 0, 1, 0))
    assert query(pair.readable, TITLES) == [("late",)]
    assert differing(databases, source=LOGICAL) == []


@OLDEST_AND_NEWEST
def test_runs_beside_writers_end_up_equal(pair, destination_database, seed):
    databases = prepare(pair, destination_database, SCHEMA)
    for number in range(RUNS):
        with writing_in_subtransactions(pair.writable, f"{seed} {number}"):
            # From the second on they read rows that others are about to change.
            for _ in range(RUNS_BESIDE):
                logical_sync(databases, allow_shrink=True)
        pair.catch_up()
        after = logical_sync(databases, allow_shrink=True)

        assert differing(databases, source=LOGICAL) == []
        assert hides_nothing(pair)
        assert all(isinstance(read, int) for read, *_ in after.values())


@OLDEST_AND_NEWEST
def test_a_standby_that_is_followed_ends_up_equal(
    pair, destination_database, seed, tmp_path
):
    databases = prepare(pair, destination_database, SCHEMA)
    with following(databases, tmp_path, config=CONFIG):
        for number in range(FOLLOWED):
            with writing_in_subtransactions(pair.writable, f"{seed} {number}"):
                before = value(pair.writable, WRITTEN)
                wanted = before + MANY_LOGS
                wait_until(lambda: value(pair.writable, WRITTEN) > wanted)  # noqa: B023
            statement = "insert into logs overriding system value values (%(id)s, 0)"
            query(pair.writable, statement, {"id": SENTINEL + number})
            wait_until(
                lambda: (
                    value(databases.destination, LAST.format("raw."))
                    == SENTINEL + number  # noqa: B023
                )
            )
            pair.catch_up()
            assert differing(databases, source=LOGICAL) == []
    assert hides_nothing(pair)


@OLDEST_AND_NEWEST
def test_runs_go_on_after_restarts_and_a_promotion(pair, destination_database, seed):
    databases = prepare(pair, destination_database, SCHEMA)
    for number, cluster in enumerate([pair.standby, pair.primary, pair.standby]):
        with writing_in_subtransactions(pair.writable, f"{seed} {number}"):
            logical_sync(databases, allow_shrink=True)
        cluster.stop("immediate")
        cluster.start()
        with writing_in_subtransactions(pair.writable, f"{seed} {number} again"):
            logical_sync(databases, allow_shrink=True)
        pair.catch_up()
        after = logical_sync(databases, allow_shrink=True)

        assert differing(databases, source=LOGICAL) == []
        assert hides_nothing(pair)
        assert all(isinstance(read, int) for read, *_ in after.values())

    query(pair.readable, "select pg_promote()")
    wait_until(lambda: not value(pair.readable, "select pg_is_in_recovery()"))
    with writing_in_subtransactions(pair.readable, seed):
        logical_sync(databases, allow_shrink=True)
    after = logical_sync(databases, allow_shrink=True)

    assert differing(databases, source=LOGICAL) == []
    assert all(isinstance(read, int) for read, *_ in after.values())
