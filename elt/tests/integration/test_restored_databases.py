"""Databases that were dumped and restored elsewhere, on either side."""

import subprocess

import pytest
from integration.incremental import differing, sync
from integration.replication import query
from servers import new_database

from elt.config import SyncMode

FILMS = """
create type mood as enum ('glad', 'sad');
create domain stars as integer check (value between 1 and 5);
create type review as (stars stars, mood mood);
create table films (
    id integer generated always as identity primary key,
    title text not null,
    reviews review[],
    constraint titled check (title <> '')
);
insert into films (title, reviews)
select 'film ' || n, array[(1 + n % 5, 'sad')::review]
from generate_series(1, 100) as n;
create table roles (id serial primary key, film_id integer references films);
insert into roles (film_id) select n from generate_series(1, 20) as n;
"""
CHANGES = """
update films set title = 'changed ' || id where id = 50 + {0};
insert into films (title) values ('new {0}');
delete from roles where id = {0};
"""


def restore(old, new, binaries):
    """Copy a database as pg_dump and psql do."""

    def run(program, database, *options, **more):
        place = ("-h", database.host, "-p", str(database.port), "-U", database.user)
        command = (binaries / program, *place, *options, database.database)
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, **more)

    dump = run("pg_dump", old)
    run("psql", new, "--quiet", "--set=ON_ERROR_STOP=1", input=dump.stdout)


def changed(databases, source, number):
    """Change the source and replicate; return what was found, once both are equal."""
    query(databases.source, CHANGES.format(number))
    found = sync(databases, source=source)
    assert differing(databases, source=source) == []
    return found


def counts(read, times=1):
    """Return what a run finds that reads rows so, after a number of changes."""
    films, roles = read
    return {
        "public.films": (films, times, times, 0),
        "public.roles": (roles, 0, 0, times),
    }


@pytest.mark.parametrize("mode", [SyncMode.INCREMENTAL, SyncMode.LOGICAL])
def test_source_that_moved_is_compared_once(databases, source_server, binaries, mode):
    source = {"mode": mode}
    query(databases.source, FILMS)
    sync(databases, source=source)
    with new_database(source_server, "SOURCE") as other:
        restore(databases.source, other, binaries)
        drop = "select pg_drop_replication_slot(slot_name) from pg_replication_slots"
        query(databases.source, f"{drop} where database = current_database()")
        moved = databases._replace(source=other)

        reason = "its table is another one of the same name"
        assert changed(moved, source, 1) == counts([reason, reason])
        assert changed(moved, source, 2) == counts([2, 0])


@pytest.mark.parametrize("mode", SyncMode)
def test_destination_from_a_backup_catches_up(
    databases, destination_server, binaries, mode
):
    source = {"mode": mode}
    query(databases.source, FILMS)
    sync(databases, source=source)
    changed(databases, source, 1)
    with new_database(destination_server, "DESTINATION") as backup:
        restore(databases.destination, backup, binaries)
        changed(databases, source, 2)
        restored = databases._replace(destination=backup)

        found = changed(restored, source, 3)
        again = changed(restored, source, 4)

    # What the slot has let go was published to what is lost now.
    lost = "the WAL does not go on where its last run ended"
    reads = {
        SyncMode.FULL_REFRESH: ([103, 17], [104, 16]),
        SyncMode.INCREMENTAL: ([4, 0], [2, 0]),
        SyncMode.LOGICAL: ([lost, lost], [2, 0]),
    }
    first, second = reads[mode]
    assert found == counts(first, times=2)
    assert again == counts(second)
