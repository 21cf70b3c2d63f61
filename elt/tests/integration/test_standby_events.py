"""Standbys take over, and their replay ends what is in its way."""

import pytest
from integration.incremental import differing
from integration.logical import LOGICAL, NAME
from integration.logical import sync as logical_sync
from integration.program import program
from integration.replication import query, run, value, wait_until
from integration.standbys import FILMS, pair_of
from servers import Databases, programs_of

from elt.embedded import LOOPBACK

#: Each row takes its time, so that replay finds a statement to cancel.
SLOW = "create view slow as select id, pg_sleep(0.05)::text as pause from films"


@pytest.fixture(params=[17, 18], ids="PostgreSQL {}".format)
def synced_pair(request, binaries):
    """Return a pair whose standby copies the slots of its primary."""
    with pair_of(programs_of(request.param, binaries)) as pair:
        place = f"host={LOOPBACK} port={pair.primary.port}"
        for setting in (
            f"primary_conninfo = '{place} user=postgres dbname=app'",
            "sync_replication_slots = on",
        ):
            query(pair.readable, f"alter system set {setting}")
        query(pair.readable, "select pg_reload_conf()")
        yield pair


def is_synced(pair):
    statement = (
        "select exists (select from pg_replication_slots where slot_name = %(slot)s "
        "and synced and not temporary and invalidation_reason is null)"
    )
    return value(pair.readable, statement, {"slot": NAME})


def test_a_standby_that_takes_over_has_the_slot(synced_pair, destination_database):
    pair = synced_pair
    query(pair.writable, FILMS)
    before = Databases(pair.writable, destination_database)
    logical_sync(before)

    def goes_over():
        # A slot is taken over once it stands where the standby has all that it needs.
        query(pair.writable, "select pg_log_standby_snapshot()")
        logical_sync(before)
        return is_synced(pair)

    wait_until(goes_over, "the slot at the standby")
    pair.write("update films set title = 'before' where id = 1")
    pair.primary.stop()
    query(pair.readable, "select pg_promote()")
    wait_until(lambda: not value(pair.readable, "select pg_is_in_recovery()"))
    query(pair.readable, "update films set title = 'after' where id = 2")
    after = pair.to(destination_database)

    first = logical_sync(after)["public.films"]
    query(pair.readable, "delete from films where id = 3")
    second = logical_sync(after)["public.films"]

    assert first[0] >= 2  # From the WAL, and not by a comparison.
    assert first[1:] == (0, 2, 0)
    assert second[1:] == (0, 0, 1)
    assert isinstance(second[0], int)
    assert differing(after, source=LOGICAL) == []


def is_reading(pair):
    statement = (
        "select exists (select from pg_stat_activity "
        "where state = 'active' and query like 'copy%slow%' "
        "and wait_event = 'PgSleep')"
    )
    return value(pair.readable, statement)


@pytest.mark.parametrize("version", [16, 17, 18])
def test_a_read_that_replay_ends_loses_nothing(
    binaries, version, destination_database, tmp_path
):
    with pair_of(programs_of(version, binaries)) as pair:
        databases = pair.to(destination_database)
        pair.write(FILMS)
        run(databases)
        pair.write(SLOW)
        query(pair.readable, "alter system set max_standby_streaming_delay = 0")
        query(pair.readable, "select pg_reload_conf()")
        config = "sources: [{include_views: true}]"
        with program(databases, tmp_path, config=config) as running:
            wait_until(lambda: is_reading(pair), "a read of the view")
            # Its lock is replayed at once, against that of the reader.
            query(pair.writable, "alter table films alter column title drop not null")
            ended = running.wait()
        pair.write("drop view slow; update films set title = 'new' where id = 1")
        run(databases)

        assert ended.code == 75
        assert "conflict with recovery" in ended.error["message"]
        assert differing(databases) == []
        titles = "select title from raw.films where id = 1"
        assert value(databases.destination, titles) == "new"
