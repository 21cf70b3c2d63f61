"""`elt replicate` beside a follower waits for a run of the follower, and reports it."""

import signal

import pytest
from integration.following import FOLLOW, arrives, following
from integration.program import command, program
from integration.replication import last_run, query, session, value, wait_until

FILMS = """
create table films (id integer primary key, title text not null);
create table actors (id integer primary key, name text);
insert into films select n, 'film ' || n from generate_series(1, 100) as n;
insert into actors select n, 'actor ' || n from generate_series(1, 100) as n;
"""
#: Batches bring films; only runs bring actors.
CONFIG = """
sources:
  - mode: logical
    streams: {public.actors: {mode: full_refresh}}
"""
OTHER_CONFIG = """
sources:
  - mode: logical
    streams:
      public.actors: {mode: full_refresh}
      public.films: {columns: {exclude: [title]}}
"""
ACTORS = "select count(*) from raw.actors"
RUNS = "select count(*) from elt.sync_runs where batch_count is null"
ASKING = """
select count(*) from pg_locks
where locktype = 'advisory' and granted
    and (classid::bigint << 32) + objid::bigint = hashtextextended('elt:ask:raw', 0)
"""


@pytest.fixture
def films(databases):
    query(databases.source, FILMS)
    return databases


@pytest.fixture
def follower(films, tmp_path):
    folder = tmp_path / "follower"
    folder.mkdir()
    with following(films, folder, config=CONFIG) as started:
        yield started


def ask(films, folder, *options):
    return command(films, folder, "replicate", *options, config=CONFIG)


def messages(outcome):
    return [record["message"] for record in outcome.records]


def test_run_of_the_follower_brings_what_batches_do_not(films, follower, tmp_path):
    query(films.source, "insert into actors values (101, 'new')")

    outcome = ask(films, tmp_path)

    assert outcome.code == 0
    assert value(films.destination, ACTORS) == 101
    asked, finished = outcome.records[0], outcome.records[-1]
    assert asked["message"] == "asked the follower for a run"
    assert (
        finished.items()
        >= {
            "message": "finished run",
            "run": last_run_id(films),
            "streams": 2,
            "failed": 0,
            "read": 101,
            "changed": 1,
        }.items()
    )


def last_run_id(films):
    statement = "select max(run_id) from elt.sync_runs where batch_count is null"
    return value(films.destination, statement)


def test_slot_is_measured_for_who_watches_the_jobs(films, follower, tmp_path):
    outcome = ask(films, tmp_path)

    [measured] = [r for r in outcome.records if r["message"] == "measured slot"]
    assert measured["retained_bytes"] >= 0


def test_follower_goes_on_after_one_run(films, follower, tmp_path):
    before = value(films.destination, RUNS)

    assert ask(films, tmp_path).code == 0
    query(films.source, "update films set title = 'new' where id = 1")
    arrives(films, "select title from raw.films where id = 1", [("new",)])

    assert value(films.destination, RUNS) == before + 1
    assert ask(films, tmp_path).code == 0
    assert value(films.destination, RUNS) == before + 2


def test_who_asks_during_a_run_gets_the_next_one(films, follower, tmp_path):
    """What is written after a snapshot is not in it."""
    folders = [tmp_path / "first", tmp_path / "second"]
    for folder in folders:
        folder.mkdir()
    with session(films.destination) as reader:
        reader.execute("begin; lock table raw.actors in exclusive mode")
        query(films.source, "insert into actors values (101, 'first')")
        with program(films, folders[0], "replicate", config=CONFIG) as first:
            wait_until(lambda: waits_for(films, "raw.actors"), "the first run")
            query(films.source, "insert into actors values (102, 'second')")
            with program(films, folders[1], "replicate", config=CONFIG) as second:
                wait_until(lambda: query(films.destination, ASKING) == [(2,)], "both")
                reader.execute("commit")
                runs = [started.wait() for started in (first, second)]

    assert [run.code for run in runs] == [0, 0]
    assert [run.records[-1]["changed"] for run in runs] == [1, 1]
    assert value(films.destination, ACTORS) == 102


def waits_for(films, table):
    statement = (
        "select count(*) from pg_locks where not granted and relation = %(t)s::regclass"
    )
    return value(films.destination, statement, {"t": table}) == 1


@pytest.mark.parametrize(
    "options",
    [("--full",), ("--allow-shrink",), ("--stream", "public.films")],
    ids=" ".join,
)
def test_options_are_for_a_run_of_ones_own(films, follower, tmp_path, options):
    outcome = ask(films, tmp_path, *options)

    assert outcome.code == 75
    assert "Leave out --stream, --full and --allow-shrink" in outcome.error["hint"]


def test_run_by_another_elt_yaml_is_not_asked_for(films, follower, tmp_path):
    before = value(films.destination, RUNS)

    outcome = command(films, tmp_path, config=OTHER_CONFIG)

    assert outcome.code == 75
    assert "another elt.yaml" in outcome.error["message"]
    assert value(films.destination, RUNS) == before


def test_run_that_is_refused_ends_both_with_its_code(films, follower, tmp_path):
    query(films.source, "delete from actors where id > 10")

    outcome = ask(films, tmp_path)

    assert outcome.code == 65
    assert "public.actors" in outcome.error["message"]
    assert value(films.destination, ACTORS) == 100
    assert follower.wait().code == 65


def test_who_waits_takes_over_from_a_follower_that_dies(films, follower, tmp_path):
    query(films.source, "insert into actors values (101, 'new')")
    with session(films.destination) as reader:
        reader.execute("begin; lock table raw.actors in exclusive mode")
        with program(films, tmp_path, "replicate", config=CONFIG) as asking:
            wait_until(lambda: waits_for(films, "raw.actors"), "the run")
            follower.send(signal.SIGKILL)
            follower.wait()
            reader.execute("commit")
            outcome = asking.wait()

    assert outcome.code == 0
    assert "synced stream" in messages(outcome)
    assert value(films.destination, ACTORS) == 101
    assert last_run(films.destination) == ("published", 0, None)


def test_follower_waits_for_a_run(films, tmp_path):
    first = tmp_path / "first"
    first.mkdir()
    assert ask(films, tmp_path).code == 0
    with session(films.destination) as reader:
        reader.execute("begin; lock table raw.actors in exclusive mode")
        query(films.source, "insert into actors values (101, 'new')")
        with program(films, first, "replicate", config=CONFIG) as run:
            # Else the follower might come first, and the run would ask it.
            wait_until(lambda: waits_for(films, "raw.actors"), "the run")
            with program(
                films, tmp_path, *FOLLOW, config=CONFIG, ELT_RETRY_DELAY_SECONDS="0.05"
            ) as follower:
                wait_until(
                    lambda: "interrupted following" in follower.output, "a pause"
                )
                reader.execute("commit")
                assert run.wait().code == 0
                query(films.source, "update films set title = 'new' where id = 1")
                arrives(films, "select title from raw.films where id = 1", [("new",)])
                follower.send(signal.SIGTERM)
                assert follower.wait().code == 0


def test_follower_waits_for_the_first_table(databases, tmp_path):
    with program(
        databases,
        tmp_path,
        *FOLLOW,
        config="sources: [{mode: logical}]",
        ELT_RETRY_DELAY_SECONDS="0.05",
    ) as follower:
        wait_until(lambda: failed_runs(databases) > 1, "two attempts")
        query(databases.source, FILMS)
        arrives(databases, "select count(*) from raw.films", [(100,)])
        follower.send(signal.SIGTERM)

        assert follower.wait().code == 0


def failed_runs(databases):
    if value(databases.destination, "select to_regclass('elt.sync_runs') is null"):
        return 0
    statement = "select count(*) from elt.sync_runs where status = 'failed'"
    return value(databases.destination, statement)
