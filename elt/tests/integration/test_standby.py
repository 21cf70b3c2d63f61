"""What a standby does to those who read it: the facts behind decision 21."""

import pytest
from integration.incremental import differing, lines, stream
from integration.incremental import sync as incremental_sync
from integration.replication import changes, configure, query, run, session, value
from integration.standbys import pair_of
from servers import programs_of

from elt.config import PublishPolicy
from elt.errors import ConfigError
from elt.replication.check import check
from elt.replication.findings.finding import Level

IN_SNAPSHOT = "begin isolation level repeatable read read only"
COUNT = "select count(*) from films"

#: Lets a destination take no row of a table.
NO_FILMS = """
create function refuse() returns event_trigger language plpgsql as $$
declare
    made text;
begin
    select object_identity into made from pg_event_trigger_ddl_commands();
    if made like '%.films' then
        execute format('alter table %s add check (id is null)', made);
    end if;
end $$;
create event trigger refuse on ddl_command_end when tag in ('CREATE TABLE')
    execute function refuse();
"""


@pytest.fixture
def pair(binaries):
    with pair_of(binaries) as pair:
        yield pair


@pytest.fixture(params=[14, 15, 16, 17, 18], ids="PostgreSQL {}".format)
def versioned_pair(request, binaries):
    with pair_of(programs_of(request.param, binaries)) as pair:
        yield pair


def read_beside_an_open_transaction(pair, *, is_imported):
    """Read a table in a snapshot in which a row's transaction is open; end both."""
    pair.write("create table films (id integer); create table other (n integer)")
    with session(pair.writable) as writer:
        # Its first row is written in a subtransaction.
        writer.execute("begin; savepoint a; insert into films values (1)")
        pair.write("insert into other values (1)")
        with session(pair.readable) as holder, session(pair.readable) as reader:
            holder.execute(f"{IN_SNAPSHOT}; select pg_export_snapshot()")
            [[name]] = holder.fetchall()
            reader.execute(IN_SNAPSHOT)
            if is_imported:
                reader.execute("set transaction snapshot %(name)s", {"name": name})
            reader.execute(COUNT)
        writer.execute("commit")
    pair.catch_up()


def test_an_imported_snapshot_hides_rows_of_a_standby_from_everybody(versioned_pair):
    """Where this fails PostgreSQL has mended it, and decision 21 may be another."""
    read_beside_an_open_transaction(versioned_pair, is_imported=True)

    assert value(versioned_pair.writable, COUNT) == 1
    assert value(versioned_pair.readable, COUNT) == 0
    versioned_pair.standby.stop()
    versioned_pair.standby.start()
    assert value(versioned_pair.readable, COUNT) == 1


def test_a_snapshot_that_is_not_imported_hides_none(pair):
    read_beside_an_open_transaction(pair, is_imported=False)

    assert value(pair.readable, COUNT) == 1


def test_the_snapshot_of_a_standby_does_not_list_what_is_open(pair):
    pair.write("create table films (id integer); create table other (n integer)")
    with session(pair.writable) as writer:
        writer.execute("begin; insert into films values (1)")
        pair.write("insert into other values (1)")
        snapshot = "select pg_current_snapshot()::text"
        of_primary, of_standby = (
            value(settings, snapshot) for settings in (pair.writable, pair.readable)
        )

    assert of_primary.rpartition(":")[0] == of_standby.rpartition(":")[0]
    assert not of_primary.endswith(":")
    assert of_standby.endswith(":")


def test_a_standby_is_told_of(pair, destination_database):
    pair.write(
        "create table films (id integer primary key); create sequence tickets;"
        "create unlogged sequence lost; select nextval('tickets')"
    )
    config = configure(pair.to(destination_database))

    report = check(config, config.sources[0])

    found = {finding.text: finding for finding in report.findings}
    lost = "it is unlogged, and a standby does not have its value"
    assert f"public.lost is not copied: {lost}" in found
    assert "1 is copied, with its value" in found
    note = found["is a standby: one session reads its tables, one after the other"]
    assert (note.level, note.subject) == (Level.NOTE, "source")


@pytest.mark.parametrize("mode", ["full_refresh", "incremental"])
def test_runs_hide_no_row_of_a_standby(versioned_pair, destination_database, mode):
    """The case of the first test, with runs in place of its reader."""
    pair = versioned_pair
    databases = pair.to(destination_database)
    pair.write(
        "create table films (id integer primary key); create table other (n integer);"
        "create table wide (id integer primary key, filler text);"
        "insert into wide select n, repeat('x', 200) from generate_series(1, 5000) n"
    )
    with session(pair.writable) as writer:
        writer.execute("begin; savepoint a; insert into films values (1)")
        pair.write("insert into other values (1)")
        first = run(databases, source={"mode": mode}, workers=2)
        pair.write("update wide set filler = 'new' where id = 1")
        second = run(databases, source={"mode": mode}, workers=2)
        writer.execute("commit")
    pair.catch_up()

    third = run(databases, source={"mode": mode}, workers=2)

    assert changes(first)["public.wide"] == (5000, 0, 0)
    assert changes(second)["public.wide"] == (0, 1, 0)
    assert changes(third)["public.films"] == (1, 0, 0)
    assert value(pair.readable, COUNT) == value(pair.writable, COUNT) == 1


def test_a_stream_that_fails_is_named(pair, destination_database):
    """Its COPY takes the session with it, and so the snapshot of the others."""
    databases = pair.to(destination_database)
    pair.write(
        "create table films (id integer primary key); insert into films values (1);"
        "create table zeros (n integer); create view broken as select 1 / n from zeros;"
        "insert into zeros values (0)"
    )
    options = {"source": {"include_views": True}, "publish": PublishPolicy.EACH}

    with pytest.raises(ConfigError, match=r"public\.broken .*division by zero"):
        run(databases, **options)
    pair.write("delete from zeros")

    assert changes(run(databases, **options)) == {"public.films": (1, 0, 0)}


def test_a_small_table_that_fails_beside_others_is_named(pair, destination_database):
    pair.write(
        "create table films (id integer primary key); insert into films values (1);"
        "create table others (id integer primary key)"
    )
    query(destination_database, NO_FILMS)

    with pytest.raises(ConfigError, match=r"public\.films .*check constraint"):
        run(pair.to(destination_database))


def test_a_standby_is_not_archived(pair, destination_database, tmp_path):
    pair.write("create table films (id integer primary key)")

    with pytest.raises(ConfigError, match="its snapshot cannot be archived"):
        run(pair.to(destination_database), dump_path=tmp_path)


def test_a_cursor_of_a_standby_leads_to_a_scan_and_loses_nothing(
    pair, destination_database
):
    """When open transactions began is not known there: a cursor would miss one."""
    pair.write(
        "create table films (id integer primary key, at timestamptz default now());"
        "create index on films (at); insert into films values (1)"
    )
    databases = pair.to(destination_database)
    options = {"source": stream(cursor="at")}
    incremental_sync(databases, **options)
    with session(pair.writable) as late:
        late.execute("begin; insert into films values (2)")
        pair.write("insert into films values (3)")
        incremental_sync(databases, **options)
        late.execute("commit")
    pair.catch_up()

    with lines() as logged:
        found = incremental_sync(databases, **options)

    [told] = logged["read without cursor"]
    assert "open transactions began could not be known" in told["reason"]
    assert found["public.films"][1:] == (1, 0, 0)
    assert differing(databases) == []
