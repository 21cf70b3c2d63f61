"""`elt prune`: replicas that no run brings up to date go, and nothing else does."""

import json

import pytest
from integration.program import command
from integration.replication import configure, query, run, session, value

from elt.config import SyncMode
from elt.errors import ConfigError, TemporaryError, UsageError
from elt.postgres import connect
from elt.replication import prune as pruning
from elt.replication.prune import prune

NOTES = """
create table notes (id integer primary key);
create table films (id integer primary key);
insert into notes values (1), (2); insert into films values (1);
"""
EVENTS = """
create table events (id integer, month integer, primary key (id, month))
    partition by list (month);
create table events_1 partition of events for values in (1);
create table events_2 partition of events for values in (2) partition by list (id);
create table events_2a partition of events_2 for values in (1);
create table events_2b partition of events_2 default;
insert into events values (1, 1), (1, 2), (2, 2);
"""


def pruned(databases, *patterns, source=None, dry_run=False):
    """Prune a source, and return what was said of each replica."""
    config = configure(databases, source=source).sources[0]
    with connect(databases.destination, application_name="test") as connection:
        found = prune(connection, config.name, config.covers, patterns, dry_run=dry_run)
        return list(found)


def texts(*arguments, **options):
    """Return just the words."""
    return [one.text for one in pruned(*arguments, **options)]


def replicas(databases):
    """Return the tables of the landing schema."""
    rows = query(
        databases.destination,
        "select relname from pg_class where relnamespace = 'raw'::regnamespace"
        " and relkind in ('r', 'p') order by 1",
    )
    return [name for (name,) in rows]


def streams(databases):
    """Return the streams that the state knows."""
    rows = query(databases.destination, "select stream from elt.streams order by 1")
    return [name for (name,) in rows]


@pytest.fixture
def gone(databases):
    """Return two databases; the source has dropped its notes since they were copied."""
    query(databases.source, NOTES)
    run(databases)
    query(databases.source, "drop table notes")
    run(databases)
    return databases


def test_replica_of_a_dropped_table_goes_and_is_forgotten(gone):
    said = texts(gone, dry_run=True)
    assert said == ["would drop raw.notes, 2 rows: the source no longer has its table"]
    assert replicas(gone) == ["films", "notes"]

    said = texts(gone)

    assert said == ["dropped raw.notes, 2 rows: the source no longer has its table"]
    assert replicas(gone) == ["films"]
    assert streams(gone) == ["public.films"]
    assert texts(gone) == []


def test_table_that_comes_again_is_copied_anew(gone):
    texts(gone)
    query(gone.source, "create table notes (text text); insert into notes values ('a')")

    run(gone)

    assert query(gone.destination, "table raw.notes") == [("a",)]


def test_views_on_a_replica_keep_it_and_are_named(gone):
    query(
        gone.destination,
        "create view mine as select * from raw.notes;"
        "create view above as select * from mine",
    )

    for dry_run in (True, False):
        [kept] = pruned(gone, dry_run=dry_run)
        assert kept.text == (
            "kept raw.notes: Views use raw.notes: public.mine (id), "
            "public.above (public.mine). Run at the destination: "
            "DROP VIEW public.above; DROP VIEW public.mine;"
        )
        assert kept.error.exit_code == ConfigError.exit_code
    assert replicas(gone) == ["films", "notes"]
    assert streams(gone) == ["public.films", "public.notes"]
    query(gone.destination, "DROP VIEW public.above; DROP VIEW public.mine;")
    assert len(texts(gone)) == 1
    assert replicas(gone) == ["films"]


def test_foreign_key_on_a_replica_keeps_it_and_is_named(gone):
    query(gone.destination, "create table mine (note integer references raw.notes)")

    [kept] = pruned(gone)

    assert "constraint mine_note_fkey on table public.mine depends on" in kept.text
    assert kept.error.hint == "Drop what depends on it, then prune again."
    assert replicas(gone) == ["films", "notes"]
    assert streams(gone) == ["public.films", "public.notes"]


def test_what_cannot_go_keeps_nothing_else(gone):
    query(gone.destination, "create view mine as select * from raw.notes")
    query(gone.source, "drop table films; create table others (id integer)")
    run(gone)

    assert len(texts(gone)) == 2

    assert replicas(gone) == ["notes", "others"]


def test_reader_keeps_a_replica(gone):
    with session(gone.destination) as reader:
        reader.execute("begin; select from raw.notes")
        [kept] = pruned(gone)

    assert isinstance(kept.error, TemporaryError)
    assert "raw.notes could not be altered within a lock timeout of 5s" in kept.text
    assert replicas(gone) == ["films", "notes"]


def test_table_of_somebody_else_stays(gone):
    query(gone.destination, "drop table raw.notes; create table raw.notes (mine text)")

    [kept] = pruned(gone)

    assert kept.text == (
        "kept raw.notes: raw.notes is not the replica that elt has made. "
        "Rename it, to let elt forget the replica."
    )
    assert replicas(gone) == ["films", "notes"]
    query(gone.destination, "alter table raw.notes rename to mine")
    assert texts(gone) == ["forgot raw.notes: somebody has dropped it"]
    assert replicas(gone) == ["films", "mine"]
    assert streams(gone) == ["public.films"]


def test_view_of_somebody_else_stays(gone):
    query(gone.destination, "drop table raw.notes; create view raw.notes as select 1")

    [kept] = pruned(gone)

    assert "is not the replica that elt has made" in kept.text
    assert value(gone.destination, "select count(*) from raw.notes") == 1


def test_stream_that_is_published_meanwhile_stays(gone, monkeypatch):
    def published(*arguments):
        query(gone.source, "create table notes (id integer primary key)")
        run(gone, allow_shrink=True)

    monkeypatch.setattr(pruning, "_refuse", published)

    [kept] = pruned(gone)

    assert kept.text == (
        "kept raw.notes: public.notes was published meanwhile. Prune again."
    )
    assert replicas(gone) == ["films", "notes"]
    assert streams(gone) == ["public.films", "public.notes"]


def test_table_that_elt_yaml_leaves_out_goes_only_where_it_is_named(databases):
    query(databases.source, NOTES)
    run(databases)
    without = {"exclude": ("public.notes",)}
    run(databases, source=without)

    [said] = texts(databases, source=without)

    assert said == (
        "kept raw.notes: elt.yaml leaves its table out; "
        "--stream public.notes drops it, too"
    )
    assert replicas(databases) == ["films", "notes"]
    said = texts(databases, "public.n*", source=without)
    assert said == ["dropped raw.notes, 2 rows: elt.yaml leaves its table out"]
    assert streams(databases) == ["public.films"]


def test_stream_that_is_replicated_cannot_be_named(gone):
    with pytest.raises(UsageError, match=r"--stream public\.films names"):
        pruned(gone, "public.films")

    assert texts(gone, "public.*", dry_run=True) == texts(gone, dry_run=True)


@pytest.mark.parametrize("mode", SyncMode)
def test_partitions_that_were_dropped_go_and_the_others_stay(databases, mode):
    query(databases.source, EVENTS)
    run(databases, source={"mode": mode})
    query(databases.source, "drop table events_1")
    run(databases, source={"mode": mode})

    said = texts(databases)

    assert said == ["dropped raw.events_1, 1 row: the source no longer has its table"]
    assert replicas(databases) == ["events", "events_2", "events_2a", "events_2b"]
    run(databases, source={"mode": mode})
    assert value(databases.destination, "select count(*) from raw.events") == 2


def test_partitioned_table_that_was_dropped_goes_as_a_whole(databases):
    query(databases.source, EVENTS + "create table films (id integer)")
    run(databases)
    query(databases.source, "drop table events")
    run(databases)

    assert len(texts(databases, dry_run=True)) == len(texts(databases)) == 3

    assert replicas(databases) == ["films"]
    assert not value(
        databases.destination, "select count(*) from elt.partitioned_tables"
    )
    query(databases.source, EVENTS)
    run(databases)
    assert value(databases.destination, "select count(*) from raw.events") == 3


def test_partitioned_table_whose_partitions_inherit_it_here_goes_as_a_whole(databases):
    # The hash of an enum depends on the object ids of its labels: no other server
    # sends a row to the same partition.
    query(
        databases.source,
        "create type mood as enum ('glad', 'sad');"
        " create table films (id integer, mood mood) partition by hash (mood);"
        " create table films_0 partition of films for values with"
        " (modulus 2, remainder 0) partition by list (id);"
        " create table films_0_all partition of films_0 default;"
        " create table films_1 partition of films for values with"
        " (modulus 2, remainder 1);"
        " create table notes (id integer);"
        " insert into films values (1, 'glad'), (2, 'sad')",
    )
    run(databases)
    assert value(databases.destination, "select count(*) from raw.films") == 2
    query(databases.source, "drop table films")
    run(databases)

    assert len(texts(databases, dry_run=True)) == len(texts(databases)) == 2

    assert replicas(databases) == ["notes"]
    assert not value(
        databases.destination, "select count(*) from elt.partitioned_tables"
    )


def test_partition_of_somebody_else_keeps_the_table_above_it(databases):
    query(databases.source, EVENTS + "create table films (id integer)")
    run(databases)
    query(databases.source, "drop table events")
    run(databases)
    query(
        databases.destination, "create table raw.mine partition of raw.events default"
    )

    texts(databases)

    assert replicas(databases) == ["events", "films", "mine"]


def test_replicas_that_were_left_go(databases):
    query(databases.source, NOTES)
    run(databases)
    elsewhere = {"schemas": (("public", "other"),)}
    run(databases, source=elsewhere)

    assert len(texts(databases, source=elsewhere)) == 2

    assert replicas(databases) == []
    assert streams(databases) == ["public.films", "public.notes"]
    run(databases, source=elsewhere)
    assert not query(databases.destination, "select object from elt.not_copied")
    assert value(databases.destination, "select count(*) from other.notes") == 2


def test_nothing_was_replicated(databases):
    assert texts(databases) == []


def test_command_says_what_went_and_what_stays(gone, tmp_path):
    dry = command(gone, tmp_path, "prune", "--dry-run")
    query(gone.destination, "create view mine as select * from raw.notes")
    kept = command(gone, tmp_path, "prune")
    query(gone.destination, "drop view mine")
    done = command(gone, tmp_path, "prune")
    again = command(gone, tmp_path, "prune")

    what = "raw.notes, 2 rows: the source no longer has its table"
    assert (dry.code, dry.output) == (0, f"source raw: would drop {what}\n")
    assert kept.code == ConfigError.exit_code
    said, last = kept.output.splitlines()
    assert said.startswith("source raw: kept raw.notes: ")
    assert said.endswith("DROP VIEW public.mine;")
    assert json.loads(last)["message"] == "1 replica could not be dropped"
    assert (done.code, done.output) == (0, f"source raw: dropped {what}\n")
    assert (again.code, again.output) == (0, "source raw: nothing to drop\n")


def test_source_that_elt_yaml_has_no_more_is_pruned_by_name(gone, tmp_path):
    config = "sources: [{name: other}]\n"
    named = ("prune", "--source", "raw")
    listed = command(gone, tmp_path, *named, "--dry-run", config=config)
    unknown = command(gone, tmp_path, "prune", "--source", "raws", config=config)

    command(gone, tmp_path, *named, "--stream", "public.*", config=config)

    assert "--stream public.films drops it, too" in listed.output
    assert unknown.code == UsageError.exit_code
    assert streams(gone) == replicas(gone) == []
