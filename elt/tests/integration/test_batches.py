"""A batch does what a run would do to the rows that changed, and leaves it the rest."""

from dataclasses import replace

import pytest
from integration.following import FILMS, batches, step
from integration.incremental import differing
from integration.logical import LOGICAL, retained_bytes, sync
from integration.replication import leftovers, query, session, value
from servers import administer

from elt.config import Verification
from elt.replication.follow import batches as batches_module
from elt.replication.follow.backlog import UnusualError


@pytest.fixture
def films(databases):
    query(databases.source, FILMS)
    return databases


def test_only_what_changed_is_read_and_published(films):
    with batches(films) as opened:
        first = step(opened, "update films set title = 'x' where id < 3")
        second = step(opened, "delete from films where id = 1")
        third = step(
            opened,
            "begin; insert into films values (1, 'back');"
            "update actors set id = 1000 where id = 7; commit",
        )
        fourth = step(opened)

    assert first == {"public.films": (2, 0, 2, 0)}
    assert second == {"public.films": (0, 0, 0, 1)}
    assert third == {"public.films": (1, 1, 0, 0), "public.actors": (1, 1, 0, 1)}
    assert fourth == {}
    assert differing(films, source=LOGICAL) == []
    assert leftovers(films.destination) == []


def test_a_transaction_behind_the_snapshot_comes_with_the_next_batch(
    films, monkeypatch
):
    """It is sent once only, before the mark; and its rows are not seen yet."""
    emit_mark = batches_module.emit_mark

    def write_first(connection, mark):
        query(films.source, "update films set title = 'behind' where id = 5")
        return emit_mark(connection, mark)

    with batches(films) as opened:
        with monkeypatch.context() as patch:
            patch.setattr(batches_module, "emit_mark", write_first)
            first = step(opened, "delete from films where id = 1")
        second = step(opened)
        third = step(opened)

    assert first == {"public.films": (0, 0, 0, 1)}
    assert second == {"public.films": (1, 0, 1, 0)}
    assert third == {}


def test_a_run_goes_on_with_what_a_batch_did_not_see(films, monkeypatch):
    emit_mark = batches_module.emit_mark

    def write_first(connection, mark):
        query(films.source, "update films set title = 'behind' where id = 5")
        return emit_mark(connection, mark)

    with batches(films) as opened:
        monkeypatch.setattr(batches_module, "emit_mark", write_first)
        step(opened)

    assert sync(films)["public.films"] == (1, 0, 1, 0)
    assert differing(films, source=LOGICAL) == []


def test_a_run_after_batches_reads_only_what_came_since(films):
    with batches(films) as opened:
        step(opened, "update films set title = 'x' where id = 1")
        query(films.source, "update films set title = 'y' where id = 2")

    assert sync(films) == {
        "public.films": (1, 0, 1, 0),
        "public.actors": (0, 0, 0, 0),
    }


def test_transactions_come_when_they_commit(films):
    with batches(films) as opened, session(films.source) as late:
        late.execute("begin; update films set title = 'late' where id = 1")
        first = step(opened, "update films set title = 'early' where id = 2")
        late.execute("savepoint s; delete from films where id = 3; release s")
        second = step(opened)
        late.execute("commit")
        third = step(opened)

    assert first == {"public.films": (1, 0, 1, 0)}
    assert second == {}
    assert third == {"public.films": (1, 0, 1, 1)}


def test_a_batch_leaves_a_receipt_and_one_row_for_all(films):
    with batches(films) as opened:
        step(opened, "update films set title = 'x' where id < 3")
        step(opened, "delete from films where id = 1")
        during = runs(films)
    after = runs(films)

    assert during == [("published", False), ("following", True)]
    assert after == [("published", False), ("published", False)]
    run_id = opened.stretch.run_id
    [synced] = query(
        films.destination,
        "select stream, rows_read, rows_inserted, rows_updated, rows_deleted "
        f"from elt.stream_syncs where run_id = {run_id}",
    )
    assert synced == ("public.films", 2, 0, 2, 1)
    [receipt] = query(
        films.destination,
        "select stream, method, is_equal, source_row_count from elt.receipts "
        f"where run_id = {run_id}",
    )
    assert receipt == ("public.films", "keys", True, 0)


def test_the_receipt_of_a_batch_is_about_what_changed(films):
    """What `verify` asks for takes a look at every row: runs do that."""
    with batches(films, verify=Verification.CHECKSUM) as opened:
        step(opened, "update films set title = 'x' where id = 1")

    method = f"select method from elt.receipts where run_id = {opened.stretch.run_id}"
    assert query(films.destination, method) == [("keys",)]


def runs(databases):
    return query(
        databases.destination,
        "select status, finished_at is null from elt.sync_runs order by run_id",
    )


def test_all_streams_show_the_instant_of_the_batch(films):
    instants = "select distinct snapshot_at, lsn, wal_mark from elt.streams"
    with batches(films) as opened:
        before = query(films.destination, instants)
        step(opened, "update films set title = 'x' where id = 1")
        after = query(films.destination, instants)

    assert len(before) == len(after) == 1
    assert before < after


def test_a_heartbeat_makes_quiet_streams_fresh(films):
    fresh = "select min(finished_at) from elt.stream_syncs where run_id = {}"
    with batches(films) as opened:
        opened.publish_next(is_heartbeat=True)
        first = value(films.destination, fresh.format(opened.stretch.run_id))
        opened.publish_next(is_heartbeat=True)
        second = value(films.destination, fresh.format(opened.stretch.run_id))

    assert first < second
    streams = (
        f"select count(*) from elt.stream_syncs where run_id = {opened.stretch.run_id}"
    )
    assert value(films.destination, streams) == 2


def test_the_source_forgets_what_is_published(films):
    write_much = (
        "create table if not exists other as "
        "select repeat('x', 1000) as t from generate_series(1, 10000); "
        "drop table other"
    )
    with batches(films, source={"include": ("public.films",)}) as opened:
        for _ in range(3):
            query(films.source, write_much)
            query(films.source, "checkpoint")
            opened.plan = replace(opened.plan, fingerprint=fingerprint(opened))
            step(opened)
        query(films.source, "checkpoint")
        step(opened)
        kept = retained_bytes(films)

    assert kept < 20 << 20


def test_a_heartbeat_lets_go_of_what_other_databases_write(
    films, make_database, source_server
):
    others = make_database(source_server, "SOURCE")
    with batches(films) as opened:
        for _ in range(3):
            query(others, "create table t as select n from generate_series(1, 99999) n")
            query(others, "drop table t; checkpoint")
            opened.publish_next(is_heartbeat=True)
        query(others, "checkpoint")
        opened.publish_next(is_heartbeat=True)
        kept = retained_bytes(films)

    assert kept < 5 << 20


def fingerprint(opened):
    return batches_module.read_fingerprint(opened.marker)


# ------------------------------------------------------------------ who is followed


def test_streams_that_are_always_read_in_full_are_left_to_runs(films):
    query(films.source, "create table named (id int primary key, what regclass)")
    with batches(films) as opened:
        assert list(opened.plan.left) == ["public.named"]
        assert not opened.plan.is_passing
        query(films.source, "insert into named values (1, 'films')")
        found = step(opened, "delete from films where id = 1")

    assert found == {"public.films": (0, 0, 0, 1)}
    assert sync(films)["public.named"][1:] == (1, 0, 0)


def test_rows_of_partitions_move(databases):
    query(
        databases.source,
        "create table events (id int, at date, primary key (id, at)) "
        "partition by range (at);"
        "create table old partition of events "
        "for values from (minvalue) to ('2024-01-01');"
        "create table new partition of events "
        "for values from ('2024-01-01') to (maxvalue);"
        "insert into events select n, '2023-05-05' from generate_series(1, 50) as n",
    )
    with batches(databases) as opened:
        found = step(opened, "update events set at = '2024-05-05' where id = 1")

    assert found == {"public.old": (0, 0, 0, 1), "public.new": (1, 1, 0, 0)}
    assert differing(databases, source=LOGICAL) == []


def test_keys_are_read_in_the_form_of_all_our_sessions(databases):
    """What stands in the WAL as text depends on settings, which a role may have."""
    query(
        databases.source,
        "create table days (day date primary key, stay interval);"
        "insert into days select '2024-01-01'::date + n from generate_series(1, 50) n",
    )
    with administer(databases.source) as cursor:
        name = databases.source.database
        cursor.execute(f"alter database {name} set datestyle to 'SQL, DMY'")
    with batches(databases) as opened:
        found = step(opened, "update days set stay = '1 day' where day = '2024-01-05'")

    assert found == {"public.days": (1, 0, 1, 0)}


def test_foreign_keys_hold_at_the_end_of_a_batch(films):
    query(
        films.source,
        "create table roles (film int references films, actor int references actors, "
        "primary key (film, actor))",
    )
    options = {"to": {"all_constraints": True}, "allow_shrink": 1}
    with batches(films, **options) as opened:
        found = step(
            opened,
            "begin; insert into films values (500, 'new');"
            "insert into roles values (500, 1); commit",
        )
        gone = step(
            opened, "begin; delete from roles; delete from films where id = 500; commit"
        )

    assert found == {"public.films": (1, 1, 0, 0), "public.roles": (1, 1, 0, 0)}
    assert gone == {"public.films": (0, 0, 0, 1), "public.roles": (0, 0, 0, 1)}


@pytest.mark.parametrize("policy", ["together", "each"])
def test_every_version_is_followed(versioned_databases, policy):
    query(versioned_databases.source, FILMS)
    with batches(versioned_databases, publish=policy) as opened:
        first = step(opened, "update films set title = 'x' where id < 3")
        second = step(opened, "delete from actors where id = 1")
        query(versioned_databases.source, "truncate actors")
        with pytest.raises(UnusualError):
            step(opened)

    assert first == {"public.films": (2, 0, 2, 0)}
    assert second == {"public.actors": (0, 0, 0, 1)}
    assert sync(versioned_databases, allow_shrink=True)["public.actors"][3] == 99
    assert differing(versioned_databases, source=LOGICAL) == []
