"""A source comes to no harm by logical runs, and whatever happens to it is mended."""

import re
from contextlib import closing, contextmanager
from dataclasses import replace
from threading import Event, Thread

import pytest
from integration.incremental import differing, lines
from integration.logical import (
    LOGICAL,
    NAME,
    published_tables,
    retained_bytes,
    slots,
    sync,
)
from integration.program import command
from integration.replication import (
    configure,
    query,
    session,
    value,
    version_of,
    with_role,
)
from servers import administer

from elt.config import RetrySettings, SyncMode
from elt.errors import ConfigError, EltError, LostConnectionError, TemporaryError
from elt.postgres import connect, execute
from elt.replication.check import check
from elt.replication.findings.finding import Level
from elt.replication.status import read_status
from elt.replication.teardown import tear_down

FILMS = """
create table films (id integer primary key, title text not null);
insert into films select n, 'film ' || n from generate_series(1, 100) as n;
"""
BROKEN = "the WAL does not go on where its last run ended"
GONE = "its slot is gone"
#: Writes about ten megabytes of WAL that no stream is interested in.
WRITE_MUCH = """
create table if not exists other (n integer, t text);
insert into other select n, repeat('x', 1000) from generate_series(1, 10000) as n;
"""
MUCH = 5 << 20
SEGMENT = 16 << 20


@pytest.fixture
def films(databases):
    """Return databases of which the destination has a hundred films."""
    query(databases.source, FILMS)
    sync(databases, source=ONLY_FILMS)
    return databases


ONLY_FILMS = {"include": ("public.films",)}
SMALL_BUDGET = ONLY_FILMS | {"wal_budget": MUCH}


def follow(databases, statement="", **source):
    """Change the source and replicate; return what was done to the films."""
    if statement:
        query(databases.source, statement)
    found = sync(databases, source=ONLY_FILMS | source)
    assert differing(databases, source=LOGICAL | ONLY_FILMS) == []
    return found["public.films"]


def write_much(databases):
    """Write WAL; a checkpoint is where a slot can go on from, or a few idle seconds."""
    query(databases.source, WRITE_MUCH)
    query(databases.source, "checkpoint")


def drop_slot(databases):
    query(databases.source, f"select pg_drop_replication_slot('{NAME}')")


# ------------------------------------------------------------------ the WAL


def test_what_is_published_is_forgotten_by_the_source(films):
    write_much(films)
    follow(films)

    assert retained_bytes(films) < MUCH


def test_a_source_of_which_others_write_is_not_held_back(films, make_database):
    for _ in range(3):
        write_much(films)
        assert follow(films) == (0, 0, 0, 0)

    assert retained_bytes(films) < MUCH


def test_a_slot_above_its_budget_is_replaced_and_followed_again(films):
    with lines() as logged:
        write_much(films)
        first = follow(films, wal_budget=MUCH)
    second = follow(films, "delete from films where id = 1", wal_budget=MUCH)

    assert "more than wal_budget 5 MB" in first[0]
    assert first[1:] == (0, 0, 0)
    assert second == (0, 0, 0, 1)
    assert "more than wal_budget 5 MB" in logged["replaced slot"][0]["reason"]
    assert retained_bytes(films) < MUCH


def test_a_warning_comes_at_half_of_the_budget(films):
    write_much(films)

    with lines() as logged:
        follow(films, wal_budget=20 << 20)

    assert logged["kept much WAL"][0]["wal_budget"] == 20 << 20


@pytest.mark.parametrize("retries", [0, 1])
def test_a_destination_that_is_down_costs_the_source_no_more_than_its_budget(
    films, retries
):
    down = films._replace(destination=replace(films.destination, port=1))
    retry = RetrySettings(max_retries=retries, delay_seconds=0.01)
    write_much(films)
    query(films.source, "update films set title = 'meanwhile' where id = 1")

    for budget in (1 << 30, MUCH):
        with pytest.raises(TemporaryError):
            sync(down, source=ONLY_FILMS | {"wal_budget": budget}, retry=retry)
        assert slots(films) == ([NAME] if budget > MUCH else [])

    assert follow(films) == (GONE, 0, 1, 0)
    assert follow(films, "delete from films where id = 1") == (0, 0, 0, 1)


def test_wal_stays_within_its_budget_while_no_run_can_publish(films):
    """Once in each cycle the slot is measured; what a cycle writes may come on top."""
    down = films._replace(destination=replace(films.destination, port=1))
    budget = 25 << 20
    with updating(films.source):
        for _ in range(8):
            write_much(films)

            with pytest.raises(TemporaryError):
                sync(down, source=ONLY_FILMS | {"wal_budget": budget})

            assert all(kept <= budget + SEGMENT for kept in retained(films))

    assert follow(films)[1] == 0
    assert follow(films, "delete from films where id = 9") == (0, 0, 0, 1)


@contextmanager
def updating(settings):
    """Let an application update films beside a block."""
    is_over = Event()

    def update():
        with session(settings) as cursor:
            while not is_over.wait(0.002):
                cursor.execute("update films set title = title || '.' where id < 9")

    thread = Thread(target=update)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def retained(databases):
    """Return how much WAL the slot makes the source keep, where there is one."""
    return [retained_bytes(databases)] if slots(databases) else []


# ------------------------------------------------------------------ slots that are lost


def test_a_slot_that_was_dropped_is_made_anew(films):
    drop_slot(films)

    first = follow(films, "update films set title = 'x' where id = 1")
    second = follow(films, "delete from films where id = 1")

    assert first == (GONE, 0, 1, 0)
    assert second == (0, 0, 0, 1)


def test_a_slot_is_one_that_standbys_take_over(versioned_databases):
    query(versioned_databases.source, FILMS)
    sync(versioned_databases)

    failover = "to_jsonb(s) -> 'failover'"
    found = value(
        versioned_databases.source,
        f"select {failover} from pg_replication_slots as s "
        "where database = current_database()",
    )
    version = version_of(versioned_databases.source)
    assert found is (True if version >= 17 else None)


def test_a_slot_that_somebody_made_again_is_noticed(films):
    drop_slot(films)
    query(films.source, "update films set title = 'lost' where id = 1")
    query(
        films.source,
        f"select pg_create_logical_replication_slot('{NAME}', 'pgoutput')",
    )

    assert follow(films) == (BROKEN, 0, 1, 0)
    assert follow(films, "delete from films where id = 1") == (0, 0, 0, 1)


def test_changes_that_somebody_else_took_are_noticed(films):
    query(films.source, "update films set title = 'taken' where id = 1")
    query(
        films.source,
        f"select pg_replication_slot_advance('{NAME}', pg_current_wal_lsn())",
    )

    assert follow(films) == (BROKEN, 0, 1, 0)
    assert follow(films, "delete from films where id = 1") == (0, 0, 0, 1)


def test_a_publication_that_was_made_again_is_noticed(films):
    query(films.source, f"drop publication {NAME}")
    query(films.source, "update films set title = 'lost' where id = 1")

    first = follow(films)
    second = follow(films, "delete from films where id = 1")
    third = follow(films, "delete from films where id = 2")

    assert isinstance(first[0], str)
    assert first[2] == 1
    # Changes from before the publication cannot be decoded: the slot is made anew.
    assert second[1:] == (0, 0, 1)
    assert third == (0, 0, 0, 1)


def test_a_table_that_was_taken_out_and_added_again_is_noticed(films):
    query(films.source, f"alter publication {NAME} drop table films")
    query(films.source, "update films set title = 'lost' where id = 1")
    query(films.source, f"alter publication {NAME} add table films")

    assert follow(films)[1:] == (0, 1, 0)
    assert follow(films, "delete from films where id = 1") == (0, 0, 0, 1)


@pytest.mark.parametrize(
    "membership, out, back",
    [
        pytest.param(
            "table films",
            "set (publish = 'insert')",
            "set (publish = 'insert, update, delete, truncate')",
            id="its updates",
        ),
        pytest.param(
            "tables in schema public",
            "drop tables in schema public",
            "add tables in schema public",
            id="its schema",
        ),
        pytest.param("table all_films", "drop table all_films", None, id="its whole"),
        pytest.param("table all_films", None, None, id="from its whole"),
    ],
)
def test_what_is_published_for_a_while_only_is_noticed(
    databases, membership, out, back
):
    query(
        databases.source,
        """
        create table all_films (id integer primary key, title text)
            partition by range (id);
        create table films partition of all_films for values from (0) to (1000);
        insert into all_films select n, 'film ' || n from generate_series(1, 100) as n;
        """
        f"create publication given for {membership}",
    )
    given = {"publication": "given"}
    sync(databases, source=given)
    attach = "attach partition films for values from (0) to (1000)"
    change = (
        (
            "publication given " + out,
            "publication given " + (back or "add " + membership),
        )
        if out
        else ("table all_films detach partition films", f"table all_films {attach}")
    )

    assert sync(databases, source=given)["public.films"][0] == 0
    query(databases.source, f"alter {change[0]}")
    query(databases.source, "update films set title = 'lost' where id = 1")
    query(databases.source, f"alter {change[1]}")

    assert sync(databases, source=given)["public.films"][1:] == (0, 1, 0)
    assert sync(databases, source=given)["public.films"][0] == 0


def test_a_slot_of_others_is_left_alone(databases):
    query(
        databases.source,
        f"{FILMS} create table actors (id integer primary key);"
        f"create publication {NAME} for table films, actors",
    )
    query(
        databases.source,
        f"select pg_create_logical_replication_slot('{NAME}', 'pgoutput')",
    )

    with pytest.raises(ConfigError, match="elt_raw of the source is not ours") as error:
        sync(databases, source=ONLY_FILMS)

    assert "slot: another_name" in error.value.hint
    assert slots(databases) == [NAME]
    assert published_tables(databases) == ["actors", "films"]
    assert sync(databases, source={"slot": "mine"})["public.films"][1] == 100
    assert slots(databases) == [NAME, "mine"]


# ------------------------------------------------------------------ runs that die


def test_a_run_that_dies_after_its_publish_applies_nothing_twice(films, monkeypatch):
    query(films.source, "delete from films where id = 1")
    with monkeypatch.context() as patch:
        patch.setattr("elt.replication.synchronization.release_wal", _die)
        with pytest.raises(RuntimeError):
            sync(films, source=ONLY_FILMS)

    found = follow(films, "insert into films values (1, 'back')")

    assert found == (1, 1, 0, 0)


def test_a_run_that_dies_before_its_publish_loses_nothing(films, monkeypatch):
    query(films.source, "delete from films where id = 1")
    with monkeypatch.context() as patch:
        patch.setattr("elt.replication.synchronization.publish", _die)
        with pytest.raises(RuntimeError):
            sync(films, source=ONLY_FILMS)

    assert follow(films) == (0, 0, 0, 1)


def _die(*_):
    raise RuntimeError


def test_a_slot_that_was_made_halfway_is_made_anew(databases, monkeypatch):
    query(databases.source, FILMS)
    with monkeypatch.context() as patch:
        patch.setattr("elt.replication.state.slot_state.complete_slot", _die)
        with pytest.raises(RuntimeError):
            sync(databases)
    assert slots(databases) == [NAME]

    sync(databases)

    assert follow(databases, "delete from films where id = 1") == (0, 0, 0, 1)


def test_a_slot_that_cannot_be_made_yet_costs_only_a_comparison(films, monkeypatch):
    monkeypatch.setattr("elt.replication.logical.slots._LONGEST_WAIT", "200ms")
    drop_slot(films)
    with session(films.source) as old:
        old.execute("begin; update films set title = 'late' where id = 1")
        old.execute("select pg_backend_pid(), current_database()")
        holder = "backend {} in database {}".format(*old.fetchone())
        query(films.source, "delete from films where id = 2")
        with lines() as logged:
            first = sync(films, source=ONLY_FILMS)["public.films"]
        old.execute("commit")

    [failed] = logged["failed to make slot"]
    assert holder in failed["error"]
    assert first == ("its slot could not be made yet", 0, 0, 1)
    assert isinstance(follow(films)[0], str)
    assert follow(films, "delete from films where id = 1") == (0, 0, 0, 1)


def test_wal_that_cannot_be_read_leads_to_a_comparison(films, monkeypatch):
    query(films.source, "delete from films where id = 1")
    with monkeypatch.context() as patch:
        patch.setattr(
            "elt.replication.logical.wal_reader.peek",
            lambda *_: "copy nothing to stdout",
        )
        first = follow(films)
    second = follow(films)
    third = follow(films, "delete from films where id = 2")

    assert first == ("the WAL could not be read", 0, 0, 1)
    assert second == ("its last run did not read the WAL", 0, 0, 0)
    assert third == (0, 0, 0, 1)


def test_a_connection_that_is_lost_while_the_wal_is_read_fails_the_run(
    films, monkeypatch
):
    def lose(*_):
        raise LostConnectionError("gone")

    monkeypatch.setattr("elt.replication.logical.wal_reader.emit_mark", lose)

    with pytest.raises(LostConnectionError):
        sync(films, source=ONLY_FILMS)


# ------------------------------------------------------------------ who may what


def test_a_table_that_could_no_longer_be_updated_is_refused(databases):
    query(databases.source, FILMS + "create table lines (n integer);")

    with pytest.raises(
        ConfigError, match=r"which rows of public\.lines change"
    ) as error:
        sync(databases)

    assert "ALTER TABLE public.lines REPLICA IDENTITY FULL;" in error.value.hint
    query(databases.source, "insert into lines values (1); update lines set n = 2")
    assert published_tables(databases) == ["films"]


@pytest.mark.parametrize(
    "key",
    [
        'constraint "One Line" unique (n)',
        "unique (n) deferrable); create unique index on lines (n",
    ],
    ids=["constraint", "index"],
)
def test_a_key_that_is_not_primary_may_tell_rows_apart(databases, key):
    query(
        databases.source,
        f"{FILMS} create table lines (n integer not null, word text, {key});"
        "insert into lines values (1), (2)",
    )

    with pytest.raises(ConfigError, match=r"which rows of public\.lines") as error:
        sync(databases)

    [statement] = re.findall("ALTER TABLE public.lines .* INDEX .*;", error.value.hint)
    query(databases.source, statement)
    sync(databases)
    query(databases.source, "update lines set word = 'new' where n = 1")
    assert sync(databases)["public.lines"] == (1, 0, 1, 0)


def test_a_table_that_lost_its_key_can_be_updated_after_the_next_run(films):
    query(films.source, "alter table films drop constraint films_pkey")

    with pytest.raises(ConfigError, match=r"which rows of public\.films change"):
        sync(films)

    query(films.source, "update films set title = 'as before' where id = 1")


def test_just_the_streams_are_published(films):
    query(films.source, "create table actors (id integer primary key)")
    assert published_tables(films) == ["films"]

    sync(films)
    assert published_tables(films) == ["actors", "films"]

    follow(films)
    assert published_tables(films) == ["films"]


@pytest.fixture
def reader(databases, make_role):
    """Return databases whose source is read by a role that may only read."""
    role = make_role(databases.source)
    query(
        databases.source,
        FILMS + f"grant select on all tables in schema public to {role.user};",
    )
    return with_role(databases, role)


def permit(databases, reader, statement):
    with administer(databases.source) as cursor:
        cursor.execute(statement.format(role=reader.source.user))


def test_a_role_that_may_only_read_is_told_what_is_missing(databases, reader):
    with pytest.raises(ConfigError, match="may not make a replication slot") as error:
        sync(reader)
    assert f"ALTER ROLE {reader.source.user} REPLICATION;" in error.value.hint
    permit(databases, reader, "alter role {role} replication")

    with pytest.raises(ConfigError, match="may not publish tables") as error:
        sync(reader)
    assert (
        "CREATE PUBLICATION elt_raw FOR TABLE public.films WITH (" in error.value.hint
    )
    query(databases.source, "create publication elt_raw for table public.films")

    given = {"publication": "elt_raw"}
    sync(reader, source=given)
    query(databases.source, "delete from films where id = 1")
    assert sync(reader, source=given)["public.films"] == (0, 0, 0, 1)


@pytest.mark.parametrize(
    "options, fault",
    [
        pytest.param("for all tables", "is FOR ALL TABLES", id="all tables"),
        pytest.param(
            "for table films with (publish_via_partition_root)",
            "publishes partitions as their root",
            id="roots",
        ),
        pytest.param(
            "for table films with (publish = 'insert')",
            "does not publish all operations",
            id="inserts",
        ),
        pytest.param(
            "for table films where (id > 5)", "leaves out rows or columns", id="rows"
        ),
        pytest.param(
            "for table films (id)", "leaves out rows or columns", id="columns"
        ),
        pytest.param("", "lacks public.films", id="no tables"),
    ],
)
def test_a_publication_that_hides_something_is_refused(databases, options, fault):
    query(databases.source, FILMS + f"create publication given {options};")

    with pytest.raises(ConfigError, match=f"publication given of the source {fault}"):
        sync(databases, source={"publication": "given"})


def test_a_publication_that_was_given_is_never_changed(databases):
    query(
        databases.source,
        FILMS + "create table actors (id integer primary key);"
        "create publication given for table films, actors;",
    )
    source = ONLY_FILMS | {"publication": "given"}

    sync(databases, source=source)
    tear_down(*_configuration(databases, **source))

    assert published_tables(databases, "given") == ["actors", "films"]
    assert slots(databases) == []


# ------------------------------------------------------------------ leaving


def _configuration(databases, **source):
    config = configure(databases, source=LOGICAL | source)
    return config, config.sources[0]


def test_teardown_leaves_nothing_at_the_source(films):
    dropped = tear_down(*_configuration(films))
    again = tear_down(*_configuration(films))

    assert dropped == ["replication slot elt_raw", "publication elt_raw"]
    assert again == []
    assert slots(films) == []
    assert value(films.source, "select count(*) from pg_publication") == 0
    assert follow(films)[0] == "its slot is new"
    assert follow(films, "delete from films where id = 1") == (0, 0, 0, 1)


def test_teardown_needs_no_destination(films):
    down = films._replace(destination=replace(films.destination, port=1))

    assert len(tear_down(*_configuration(down))) == 2
    assert slots(films) == []


def test_the_command_says_what_it_dropped(films, tmp_path):
    config = "sources: [{mode: logical}]"

    outcome = command(films, tmp_path, "teardown", config=config)

    dropped = "dropped replication slot elt_raw, publication elt_raw"
    assert (outcome.code, outcome.output) == (0, f"source raw: {dropped}\n")


def test_a_source_without_logical_streams_keeps_no_slot(films):
    sync(films, source={"mode": SyncMode.FULL_REFRESH})

    assert slots(films) == []
    assert value(films.source, "select count(*) from pg_publication") == 0


def test_a_publication_of_somebody_else_does_not_hold_a_run_up(databases, reader):
    permit(databases, reader, "alter role {role} replication")
    query(databases.source, "create publication elt_raw for table films")
    sync(reader, source={"publication": "elt_raw"})

    sync(reader, source={"mode": SyncMode.FULL_REFRESH})

    assert slots(databases) == []
    assert published_tables(databases) == ["films"]


def test_another_name_for_the_slot_takes_the_old_one_away(films):
    follow(films, slot="other")

    assert slots(films) == ["other"]
    assert published_tables(films, "other") == ["films"]
    assert published_tables(films) == []
    assert follow(films, "delete from films where id = 1", slot="other") == (0, 0, 0, 1)


# ------------------------------------------------------------------ what is told


def findings(databases, level, **source):
    """Return text and fix of what a check finds."""
    report = check(*_configuration(databases, **source))
    return {f.text: f.fix for f in report.findings if f.level is level}


def test_check_names_what_is_missing(databases, reader):
    query(
        databases.source,
        "create table lines (n integer); grant select on lines to public",
    )

    found = findings(reader, Level.ERROR)

    role = reader.source.user
    assert f"ALTER ROLE {role} REPLICATION;" in str(found)
    assert "ALTER TABLE public.lines REPLICA IDENTITY FULL;" in str(found)
    assert "CREATE PUBLICATION elt_raw FOR TABLE public.films WITH (" in str(found)
    assert slots(databases) == []


def test_check_says_how_the_slot_is(films):
    before = findings(films, Level.OK, **ONLY_FILMS)
    write_much(films)
    above = findings(films, Level.WARNING, **SMALL_BUDGET)
    drop_slot(films)
    gone = findings(films, Level.WARNING, **ONLY_FILMS)

    assert any("1 logical streams: the slot elt_raw keeps" in text for text in before)
    assert any("more than wal_budget" in text for text in above)
    assert any("its slot is gone" in text for text in gone)


def test_status_tells_the_lag(films):
    with closing(connect(films.destination, application_name="test")) as connection:
        [after_run] = read_status(connection).streams
        write_much(films)
        execute(connection, "create view raw.v as select * from raw.films")
        query(films.source, "alter table films drop title")
        with pytest.raises(EltError):
            sync(films, source=ONLY_FILMS)
        [after_failure] = read_status(connection).streams

    assert after_run.lag_bytes < MUCH < after_failure.lag_bytes
    assert 0 <= after_run.lag_seconds < after_failure.lag_seconds
