"""`elt replicate --follow` goes on whatever happens, until a signal says stop."""

import signal
from contextlib import closing

import pytest
from integration.bank import BANK, transferring, watched
from integration.following import (
    FILMS,
    FOLLOW,
    TITLES,
    arrives,
    batches,
    change,
    following,
    stop,
)
from integration.incremental import differing
from integration.logical import LOGICAL, NAME, published_tables, slots, sync
from integration.program import command
from integration.replication import (
    configure,
    last_run,
    leftovers,
    query,
    session,
    value,
    wait_until,
)

from elt.errors import TemporaryError
from elt.postgres import connect
from elt.postgres.streaming import open_stream
from elt.replication.logical.slots import stream_options
from elt.replication.status import format_status, read_status
from elt.replication.teardown import tear_down

SHRINKING = "{sources: [{mode: logical}], allow_shrink: 1}"
WAITING = """
select count(*) from pg_locks
where not granted and relation = 'raw.films'::regclass
"""
SOON = ("--every", "1s")


@pytest.fixture
def films(databases):
    query(databases.source, FILMS)
    return databases


# ------------------------------------------------------------------ what arrives


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["TERM", "INT"])
def test_changes_arrive_until_a_signal_ends_it(films, tmp_path, number):
    with following(films, tmp_path) as follower:
        change(films, "update films set title = 'new' where id = 1")
        arrives(films, TITLES, [(1, "new"), (2, "film 2")])
        change(films, "delete from films where id = 1")
        arrives(films, TITLES, [(2, "film 2")])
        outcome = stop(follower, number)

    assert outcome.records[-1]["message"] == "stopped following"
    assert differing(films, source=LOGICAL) == []
    assert leftovers(films.destination) == leftovers(films.source) == []
    assert last_run(films.destination) == ("published", 0, None)
    assert slots(films) == [NAME]


def test_a_signal_breaks_off_a_batch(films, tmp_path):
    with following(films, tmp_path) as follower, session(films.destination) as other:
        other.execute("begin; lock table raw.films in exclusive mode")
        change(
            films,
            "begin; update actors set name = 'new' where id = 1;"
            "update films set title = 'new' where id = 1; commit",
        )
        wait_until(lambda: query(films.destination, WAITING) == [(1,)], "the batch")
        stop(follower)
        other.execute("commit")

    titles = "select title from raw.films where id = 1"
    names = "select name from raw.actors where id = 1"
    assert query(films.destination, titles) == [("film 1",)]
    assert query(films.destination, names) == [("actor 1",)]
    assert leftovers(films.destination) == []
    assert sync(films)["public.films"] == (1, 0, 1, 0)


def test_readers_see_whole_transactions(databases, tmp_path):
    # What it counts never changes: that is a key.
    query(databases.source, BANK + "alter table ledger add primary key (amount)")
    with (
        following(databases, tmp_path) as follower,
        watched(databases.destination),
        transferring(databases.source) as application,
    ):
        for _ in range(5):
            wanted = application.transfers + 5
            wait_until(
                lambda wanted=wanted: newest_transfer(databases) >= wanted, "transfers"
            )
        stop(follower)

    assert sync(databases).keys() == {
        "public.accounts",
        "public.transfers",
        "public.ledger",
    }
    assert differing(databases, source=LOGICAL) == []


def newest_transfer(databases):
    return value(databases.destination, "select max(id) from raw.transfers")


@pytest.mark.parametrize(
    "statement, expected",
    [
        pytest.param(
            "alter table films add column price numeric default 9.99",
            "select distinct price::text from raw.films -> 9.99",
            id="new column",
        ),
        pytest.param(
            "alter table films rename column title to name",
            "select name from raw.films where id = 1 -> film 1",
            id="renamed",
        ),
        pytest.param(
            "alter table films alter column title type varchar(20) using upper(title)",
            "select title from raw.films where id = 1 -> FILM 1",
            id="retyped",
        ),
        pytest.param(
            "truncate films", "select count(*)::text from raw.films -> 0", id="truncate"
        ),
        pytest.param(
            "create table users (id int primary key, name text);"
            "insert into users values (1, 'Ada')",
            "select name from raw.users -> Ada",
            id="new table",
        ),
        pytest.param(
            "drop table films; create table films (id int primary key, title text);"
            "insert into films values (1, 'another')",
            "select title from raw.films -> another",
            id="another table",
        ),
        pytest.param(
            "insert into films select n, 'x' from generate_series(101, 5000) as n",
            "select count(*)::text from raw.films -> 5000",
            id="most rows",
        ),
    ],
)
def test_what_changes_at_the_source_is_followed(films, tmp_path, statement, expected):
    question, answer = expected.split(" -> ")
    with following(films, tmp_path, config=SHRINKING) as follower:
        change(films, statement + "; update actors set name = 'new' where id = 1")
        arrives(films, question, [(answer,)])
        change(films, "update actors set name = 'later' where id = 1")
        arrives(films, "select name from raw.actors where id = 1", [("later",)])
        stop(follower)

    assert differing(films, source=LOGICAL) == []


def test_streams_of_other_modes_come_with_the_runs_between(films, tmp_path):
    config = "sources: [{mode: logical, streams: {public.actors: {mode: incremental}}}]"
    with following(films, tmp_path, *SOON, config=config) as follower:
        change(films, "update actors set name = 'new' where id = 1")
        arrives(films, "select name from raw.actors where id = 1", [("new",)])
        change(films, "update films set title = 'new' where id = 1")
        arrives(films, TITLES, [(1, "new"), (2, "film 2")])
        stop(follower)

    assert published_tables(films) == ["films"]


def test_status_tells_that_it_is_being_followed(films, tmp_path):
    with following(films, tmp_path) as follower:
        change(films, "update films set title = 'new' where id = 1")
        arrives(films, TITLES, [(1, "new"), (2, "film 2")])
        with closing(connect(films.destination, application_name="test")) as connection:
            status = read_status(connection)
        stop(follower)

    assert [run.status for run in status.runs] == ["following"]
    assert "following" in format_status(status)
    assert "1 row changed" in format_status(status)
    assert max(stream.age_seconds for stream in status.streams) < 60
    assert max(stream.lag_seconds for stream in status.streams) < 60


# ------------------------------------------------------------------ one at a time


def test_others_are_told_who_follows(films, tmp_path):
    with following(films, tmp_path) as follower:
        other = tmp_path / "other"
        other.mkdir()
        refused = command(films, other, *FOLLOW, config="sources: [{mode: logical}]")
        stop(follower)

    assert refused.code == 75
    assert f":{follower.process.pid}" in refused.error["message"]


def open_our_stream(databases, name):
    return open_stream(
        databases.source, NAME, stream_options(NAME), application_name=name
    )


def test_a_stream_that_a_dead_follower_left_is_ended(films):
    sync(films)
    with open_our_stream(films, "elt stream raw somewhere:1"):
        query(films.source, "delete from films where id = 1")

        assert sync(films)["public.films"] == (0, 0, 0, 1)


def test_a_stream_of_somebody_else_is_left_alone(films, monkeypatch):
    monkeypatch.setattr("elt.replication.logical.slots._LONGEST_FREEING_SECONDS", 0)
    sync(films)
    with (
        open_our_stream(films, "somebody"),
        pytest.raises(TemporaryError, match="slot elt_raw of the source is in use"),
    ):
        sync(films)


def test_teardown_leaves_nothing_afterwards(films):
    with batches(films):
        pass
    config = configure(films, source=LOGICAL)

    tear_down(config, config.sources[0])

    assert slots(films) == []
    assert value(films.source, "select count(*) from pg_publication") == 0


# ------------------------------------------------------------------ wrong usage


@pytest.mark.parametrize(
    "config, options, refused",
    [
        pytest.param(
            "sources: [{mode: logical}, {name: b, mode: logical, connection: OTHER}]",
            (),
            (64, "--follow needs --source"),
            id="several sources",
        ),
        pytest.param(
            "sources: [{mode: logical}]",
            ("--stream", "public.films"),
            (64, "cannot have --stream"),
            id="a stream",
        ),
        pytest.param(
            "sources: [{mode: logical}]",
            ("--every", "often"),
            (64, "--every must be a duration"),
            id="no duration",
        ),
        pytest.param(
            "sources: [{mode: incremental}]",
            (),
            (78, "no stream of mode logical"),
            id="another mode",
        ),
        pytest.param(
            "sources: [{mode: logical, include: [public.films], "
            "streams: {public.films: {mode: full_refresh}}}]",
            (),
            (78, "no stream of mode logical"),
            id="other modes",
        ),
    ],
)
def test_what_cannot_be_followed_is_refused(films, tmp_path, config, options, refused):
    others = {f"OTHER_{k[7:]}": v for k, v in films.environ().items() if "SOURCE" in k}

    outcome = command(films, tmp_path, *FOLLOW, *options, config=config, **others)

    code, message = refused
    assert outcome.code == code
    assert message in outcome.error["message"]
