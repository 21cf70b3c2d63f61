"""Servers that pg_upgrade brought to a newer version, on either side."""

from contextlib import contextmanager
from dataclasses import replace

import pytest
from integration.history import own_cluster, place, source_of
from integration.incremental import differing, sync
from integration.replication import configure, query
from servers import SETTINGS, Databases, programs_of

from elt.config import SyncMode
from elt.embedded.account import run as run_program
from elt.replication.teardown import tear_down

FILMS = """
create type mood as enum ('glad', 'sad');
create table films (id integer primary key, title text not null, mood mood);
insert into films select n, 'film ' || n, 'sad' from generate_series(1, 100) as n;
create table years (year integer primary key) partition by range (year);
create table years_1 partition of years for values from (1900) to (2000);
insert into years select generate_series(1900, 1949);
"""
CHANGES = """
update films set title = 'changed', mood = 'glad' where id = {0};
delete from films where id = {0} + 1;
insert into years values (1950 + {0});
"""
CHANGED = {"public.films": (1, 0, 1, 1), "public.years_1": (1, 1, 0, 0)}


def upgrade(cluster, newer):
    """Bring what a stopped cluster holds to another one, which is empty."""
    # New clusters have checksums from version 18 on, and both must be alike.
    run_program(newer.binaries / "pg_checksums", "--disable", "-D", newer.data)
    outcome = run_program(
        # It writes into the folder where it is started.
        *("/usr/bin/env", "-C", newer.data),
        newer.binaries / "pg_upgrade",
        *("-b", cluster.binaries, "-B", newer.binaries),
        *("-d", cluster.data, "-D", newer.data),
        *("-U", cluster.user, "-s", newer.data, "--link"),
    )
    assert outcome.returncode == 0, outcome.stdout


@contextmanager
def upgraded(cluster, binaries):
    """Serve what a cluster holds by newer programs, where it was served."""
    cluster.stop()
    newer = place(binaries)
    newer.create(settings=SETTINGS)
    try:
        upgrade(cluster, newer)
        newer = replace(newer, port=cluster.port)
        newer.start()
        yield
    finally:
        newer.remove()


@pytest.mark.parametrize(
    "mode, reason",
    [
        pytest.param(
            SyncMode.INCREMENTAL, "the source is another cluster", id="incremental"
        ),
        pytest.param(SyncMode.LOGICAL, "its slot is new", id="logical"),
    ],
)
def test_upgraded_source_is_compared_once(binaries, destination_database, mode, reason):
    source = {"mode": mode}
    with own_cluster(programs_of(17, binaries)) as cluster:
        databases = Databases(source_of(cluster), destination_database)
        query(databases.source, FILMS)
        sync(databases, source=source)
        # pg_upgrade refuses a slot with WAL that nobody has read yet.
        config = configure(databases, source=source)
        tear_down(config, config.sources[0])
        with upgraded(cluster, binaries):
            assert_compared_once(databases, source, reason)


def test_slot_that_a_source_before_17_loses_is_made_anew(
    binaries, destination_database
):
    source = {"mode": SyncMode.LOGICAL}
    with own_cluster(programs_of(14, binaries)) as cluster:
        databases = Databases(source_of(cluster), destination_database)
        query(databases.source, FILMS)
        sync(databases, source=source)
        with upgraded(cluster, programs_of(16, binaries)):
            assert_compared_once(databases, source, "its slot is gone")


def assert_compared_once(databases, source, reason):
    """Replicate twice: all rows are compared for a reason, then only what changed."""
    query(databases.source, CHANGES.format(1))
    found = sync(databases, source=source)
    assert found == {name: (reason, *counts) for name, (_, *counts) in CHANGED.items()}
    assert differing(databases, source=source) == []

    query(databases.source, CHANGES.format(11))
    assert sync(databases, source=source) == CHANGED
    assert differing(databases, source=source) == []


def test_upgraded_destination_goes_on(binaries, source_database):
    source = {"mode": SyncMode.LOGICAL}
    with own_cluster(programs_of(14, binaries)) as cluster:
        destination = replace(source_of(cluster), prefix="DESTINATION")
        databases = Databases(source_database, destination)
        query(databases.source, FILMS)
        sync(databases, source=source)
        with upgraded(cluster, binaries):
            query(databases.source, CHANGES.format(1))
            assert sync(databases, source=source) == CHANGED
            assert differing(databases, source=source) == []
