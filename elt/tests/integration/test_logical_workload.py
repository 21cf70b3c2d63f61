"""Whatever writers do, each logical run ends up equal, also after one that was killed.

More seeds: `make test ARGS="tests/integration -k workload --seeds 60"`.
"""

from random import Random

import pytest
from integration.incremental import differing
from integration.logical import LOGICAL, sync
from integration.program import program
from integration.replication import query, value
from integration.workload import LOST, SCHEMA, working, writing

from elt.config import Verification

RUNS = 6
OPTIONS = {"allow_shrink": True}
CONFIG = "{sources: [{mode: logical}], allow_shrink: 1}"


@pytest.fixture
def workload(databases, seed):
    """Return databases, writers of the source, and an administrator."""
    query(databases.source, SCHEMA + "alter table lines replica identity full;")
    # Making a slot waits for open transactions; so it is made before there are any.
    sync(databases, **OPTIONS)
    with working(databases.source, seed) as (writers, administrator):
        yield databases, writers, administrator


def sync_all(databases, **options):
    """Replicate; return how many streams were read in part and had anything to read."""
    found = sync(databases, **OPTIONS, **options)
    reads = [read for read, *_ in found.values()]
    assert LOST not in reads
    return sum(isinstance(read, int) and read > 0 for read in reads)


def test_runs_between_steps_of_writers_end_up_equal(workload, seed):
    databases, writers, administrator = workload
    random = Random(seed)  # noqa: S311
    in_part = 0
    for _ in range(RUNS):
        for _ in range(random.randrange(20, 150)):
            random.choice(writers).step()
        if random.random() < 0.5:
            administrator.step()

        in_part += sync_all(databases)

        assert differing(databases, source=LOGICAL) == []
    assert in_part > 0


def test_runs_beside_writers_end_up_equal(workload):
    databases, writers, _ = workload
    for _ in range(RUNS - 1):
        with writing(writers):
            # The next run builds on a snapshot from the midst of everything. No table
            # is equal there but as the snapshot has it.
            sync_all(databases, verify=Verification.CHECKSUM)

        sync_all(databases)

        assert differing(databases, source=LOGICAL) == []
    assert value(databases.destination, "select count(*) from raw.films") > 0


def test_runs_after_some_that_were_killed_end_up_equal(workload, seed, tmp_path):
    databases, writers, administrator = workload
    random = Random(seed)  # noqa: S311
    for _ in range(RUNS):
        for _ in range(random.randrange(20, 100)):
            random.choice(writers).step()
        administrator.step()
        with program(databases, tmp_path, config=CONFIG) as running:
            running.work_for(random.uniform(0.3, 1.2))
            running.kill()
        random.choice(writers).step()

        sync_all(databases)

        assert differing(databases, source=LOGICAL) == []
