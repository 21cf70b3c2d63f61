"""Whatever writers do and however long it takes them, each run ends up equal.

More seeds: `make test ARGS="tests/integration -k workload --seeds 60"`.
"""

from random import Random

import pytest
from integration.incremental import INCREMENTAL, differing, sync
from integration.replication import query, value
from integration.workload import LOST, SCHEMA, working, writing

from elt.config import DeletePolicy, StreamConfig, Verification

RUNS = 5
#: A stream of each kind; the others tell by xmin.
SOURCE = INCREMENTAL | {
    "streams": (
        ("public.ratings", StreamConfig(cursor="updated_at")),
        ("public.users", StreamConfig(deletes=DeletePolicy.SOFT)),
    )
}
OPTIONS = {"source": SOURCE, "allow_shrink": True}


@pytest.fixture
def workload(databases, seed):
    """Return databases, writers of the source, and an administrator."""
    query(databases.source, SCHEMA)
    with working(databases.source, seed) as (writers, administrator):
        yield databases, writers, administrator


def sync_all(databases, **options):
    """Replicate; return how many streams were read in part and had anything to read."""
    found = sync(databases, **OPTIONS, **options)
    reads = [read for read, *_ in found.values()]
    # Nobody writes to the replicas: if they lack a row, a run before has lost it.
    assert LOST not in reads
    return sum(isinstance(read, int) and read > 0 for read in reads)


def test_runs_between_steps_of_writers_end_up_equal(workload, seed):
    databases, writers, administrator = workload
    random = Random(seed)  # noqa: S311
    in_part = 0
    for number in range(RUNS):
        for _ in range(random.randrange(20, 150)):
            random.choice(writers).step()
        if random.random() < 0.5:
            administrator.step()

        found = sync_all(databases)

        in_part += found if number else 0
        assert differing(databases, source=SOURCE) == []
    assert in_part > 0


def test_runs_beside_writers_end_up_equal(workload):
    databases, writers, _ = workload
    for _ in range(RUNS - 1):
        with writing(writers):
            # The next run builds on a snapshot from the midst of everything. No table
            # is equal there but as the snapshot has it.
            sync_all(databases, verify=Verification.CHECKSUM)

        sync_all(databases)

        assert differing(databases, source=SOURCE) == []
    assert value(databases.destination, "select count(*) from raw.films") > 0
