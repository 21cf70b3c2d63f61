"""A standby is read from its WAL beside writers that begin in subtransactions.

The case in which an imported snapshot hides rows: decision 21.
"""

import pytest
from integration.following import following
from integration.incremental import differing
from integration.logical import LOGICAL
from integration.logical import sync as logical_sync
from integration.replication import query, value, wait_until
from integration.standbys import pair_of, prepare
from integration.subtransactions import SCHEMA, writing_in_subtransactions
from servers import programs_of

RUNS = 6
CONFIG = "{sources: [{mode: logical}], allow_shrink: 1}"
COUNTS = "select (select count(*) from films), (select count(*) from ratings)"
WRITTEN = "select count(*) from logs"
LAST = "select max(id) from {}logs"
#: Above what a workload writes: the last row to arrive.
SENTINEL = 1 << 40


@pytest.fixture(params=[16, 17, 18], ids="PostgreSQL {}".format)
def pair(request, binaries):
    with pair_of(programs_of(request.param, binaries)) as pair:
        yield pair


def hides_nothing(pair):
    """Tell whether both servers show the same number of rows."""
    pair.catch_up()
    return query(pair.readable, COUNTS) == query(pair.writable, COUNTS)


def test_runs_beside_writers_end_up_equal(pair, destination_database, seed):
    databases = prepare(pair, destination_database, SCHEMA)
    for number in range(RUNS):
        with writing_in_subtransactions(pair.writable, f"{seed} {number}"):
            logical_sync(databases, allow_shrink=True)
        pair.catch_up()
        after = logical_sync(databases, allow_shrink=True)

        assert differing(databases, source=LOGICAL) == []
        assert hides_nothing(pair)
        assert all(isinstance(read, int) for read, *_ in after.values())


def test_a_standby_that_is_followed_ends_up_equal(
    pair, destination_database, seed, tmp_path
):
    databases = prepare(pair, destination_database, SCHEMA)
    with following(databases, tmp_path, config=CONFIG):
        for number in range(RUNS):
            with writing_in_subtransactions(pair.writable, f"{seed} {number}"):
                before = value(pair.writable, WRITTEN)
                wait_until(lambda: value(pair.writable, WRITTEN) > before + 100)  # noqa: B023
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
