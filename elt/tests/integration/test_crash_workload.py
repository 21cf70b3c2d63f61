"""Servers that crash and replicators that are killed: the next run ends up equal.

More seeds: `make test ARGS="tests/integration -k workload --seeds 60"`.
"""

import signal
from random import Random

import pytest
from integration.following import arrives, following
from integration.history import own_cluster
from integration.incremental import differing
from integration.logical import LOGICAL
from integration.program import command, program
from integration.replication import leftovers, query
from integration.workload import LOST, SCHEMA, working, writing
from servers import Databases, new_database

#: By mode; each has streams of all kinds that it knows.
CONFIGS = {
    "full_refresh": "allow_shrink: 1",
    "incremental": """
allow_shrink: 1
sources:
  - mode: incremental
    streams:
      public.ratings: {cursor: updated_at}
      public.users: {deletes: soft}
""",
    "logical": "{sources: [{mode: logical}], allow_shrink: 1}",
}


def kill(replicator, _servers):
    """End the replicator without asking."""
    replicator.kill()


def crash_source(_replicator, servers):
    """Let the source lose all its sessions, and what they had not committed."""
    servers.source.stop("immediate")
    servers.source.start()


def restart_source(_replicator, servers):
    """Stop the source in good order."""
    servers.source.stop()
    servers.source.start()


def crash_destination(_replicator, servers):
    """The same for the destination."""
    servers.destination.stop("immediate")
    servers.destination.start()


MISFORTUNES = (kill, crash_source, restart_source, crash_destination)


@pytest.fixture(scope="module")
def servers(binaries):
    """Return servers of our own: other tests would notice that they crash."""
    with own_cluster(binaries) as source, own_cluster(binaries) as destination:
        yield Databases(source, destination)


@pytest.fixture
def databases(servers):
    """Return databases of which the source has tables for writers."""
    with (
        new_database(servers.source, "SOURCE") as source,
        new_database(servers.destination, "DESTINATION") as destination,
    ):
        query(source, SCHEMA + "alter table lines replica identity full;")
        yield Databases(source, destination)


@pytest.mark.parametrize("mode", CONFIGS)
def test_runs_after_crashes_end_up_equal(databases, servers, mode, seed, tmp_path):
    config = {"config": CONFIGS[mode]}
    random = Random(f"{seed} {mode}")  # noqa: S311
    # Making a slot waits for open transactions; so it is made before there are any.
    assert command(databases, tmp_path, **config).code == 0
    with working(databases.source, seed) as (writers, administrator):
        for strike in random.sample(MISFORTUNES, len(MISFORTUNES)):
            for _ in range(random.randrange(20, 100)):
                random.choice(writers).step()
            administrator.step()
            with program(databases, tmp_path, **config) as replicator, writing(writers):
                replicator.work_for(random.uniform(0.3, 1.2))
                strike(replicator, servers)
                replicator.kill()

            outcome = command(databases, tmp_path, **config)

            assert outcome.code == 0, outcome.output
            assert LOST not in outcome.output
            verdict = command(databases, tmp_path, "verify", **config)
            assert verdict.code == 0, verdict.output
            assert leftovers(databases.destination) == []


def test_followers_go_on_after_crashes(databases, servers, seed, tmp_path):
    config = {"config": CONFIGS["logical"]}
    random = Random(f"{seed} follow")  # noqa: S311
    # Rows without a key change all the time: run would follow run.
    query(databases.source, "drop table lines")
    assert command(databases, tmp_path, **config).code == 0
    with working(databases.source, seed) as (writers, administrator):
        for number, strike in enumerate(random.sample(MISFORTUNES, len(MISFORTUNES))):
            with following(databases, tmp_path, **config) as follower:
                with writing(writers):
                    follower.work_for(random.uniform(0.2, 1))
                    strike(follower, servers)
                    administrator.step()
                if strike is not kill:
                    catch_up(databases, follower, f"{number} at once")
            with following(databases, tmp_path, **config) as follower:
                catch_up(databases, follower, f"{number} anew")


def catch_up(databases, follower, name):
    """Wait for what was written last, end the follower, and compare."""
    query(
        databases.source,
        "insert into users select min(id) - 1, %(name)s from users",
        {"name": name},
    )
    emails = f"select email from raw.users where email = '{name}'"
    arrives(databases, emails, [(name,)])
    follower.send(signal.SIGTERM)
    assert follower.wait().code == 0
    assert differing(databases, source=LOGICAL) == []
