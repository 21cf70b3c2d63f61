"""`elt seed` on a real server: once, whole, alone, and never over something else."""

import os
import subprocess
import threading
import time
from dataclasses import replace

import pytest

from elt.embedded import find_binaries
from elt.errors import ConfigError, TemporaryError
from elt.postgres import connect, execute, fetch_one, transaction
from elt.seed import loading, seeder
from elt.seed.dataset import TABLES
from elt.seed.seeder import run_seed, seed
from elt.seed.size import MINIATURE
from elt.seed.traffic import QUERIES, play, run_traffic

NAMES = [table.name for table in TABLES]
#: What an action of the application may need.
VALUES = {
    "luck": 0.5,
    "stars": 3,
    "user_id": "80000000-0000-4000-8000-000000000000",
    "title": "The Test",
    "email": "test@post.example",
    "body": "A test.",
}


def contents(connection):
    """Return the rows of every table as text, and when they were last written."""
    return {
        name: execute(
            connection, f"select xmin::text, {name}::text from {name} order by 2"
        )
        for name in NAMES
    }


def texts(connection):
    """Return the rows of every table as text."""
    return {
        name: [text for _, text in rows] for name, rows in contents(connection).items()
    }


def dump(settings):
    """Return all that pg_dump writes of a database: schema, comments and rows."""
    output = run_program(
        "pg_dump", settings, "--no-owner", "--no-privileges", text=True
    ).stdout
    # Later minor versions guard a dump with a random word.
    return [line for line in output.splitlines() if "restrict " not in line]


def run_program(name, settings, *arguments, **options):
    access = {
        "host": settings.host,
        "port": settings.port,
        "username": settings.user,
        "dbname": settings.database,
    }
    flags = [f"--{option}={value}" for option, value in access.items()]
    command = [find_binaries(os.environ) / name, *flags, *arguments]
    return subprocess.run(command, check=True, capture_output=True, **options)


def table_count(connection):
    return fetch_one(
        connection, "select count(*) from pg_class where relnamespace = 2200"
    )


def test_first_seed_fills_every_table(source):
    report = seed(source, MINIATURE)

    assert report.is_new
    assert report.scale == MINIATURE
    assert report.rows == {name: len(rows) for name, rows in texts(source).items()}
    assert min(report.rows.values()) > 0


def test_every_value_arrives_as_it_was_made(source):
    seed(source, 1)

    films = execute(source, "select title from films order by film_id limit 31")
    reviews = execute(source, "select distinct body from reviews")

    assert films[16:31:2] == [
        ("NULL",),
        (r"\N",),
        (r"Back\slash",),
        ("""O'Malley's "Perfect" Alibi""",),
        ("Cafe\u0301 A\u030angstro\u0308m",),
        ("The \U0001f469\u200d\U0001f680 Who Overslept",),
        ("100% Cotton; or, The Weaver's Tale",),
        ("…{and then}",),
    ]
    assert ("Two endings.\n\\.\nThe second one is better.",) in reviews
    assert ("Line one\nLine two\r\nLine three\rLine four",) in reviews
    assert ("",) in reviews


def test_arrays_hold_nulls_and_empty_texts(source):
    seed(source, MINIATURE)

    kinds = execute(
        source,
        "select bool_or(array_position(f, null) > 0), bool_or('' = any(f)),"
        " bool_or('NULL' = any(f)), bool_or(f = '{}'), bool_or(f is null),"
        " max(array_ndims(f))"
        " from (select film_id, special_features from films) as _ (film_id, f)"
        " where film_id <> 26",
    )
    dimensions = fetch_one(
        source, "select array_ndims(special_features) from films where film_id = 26"
    )

    assert kinds == [(True, True, True, True, True, 1)]
    assert dimensions == 2


def test_second_seed_changes_nothing(source):
    seed(source, MINIATURE)
    before = contents(source)

    report = seed(source, MINIATURE)

    assert not report.is_new
    assert report.rows == {}
    assert contents(source) == before


def test_seed_without_a_scale_takes_what_is_there(source):
    seed(source, MINIATURE)

    assert seed(source).scale == MINIATURE


def test_seed_recognises_a_cinema_that_was_used(source):
    seed(source, MINIATURE)
    execute(source, "truncate ratings, reviews")

    report = seed(source, MINIATURE)

    assert not report.is_new
    assert fetch_one(source, "select count(*) from ratings") == 0


def test_other_scale_is_refused_and_says_how_to_start_over(source):
    seed(source, MINIATURE)
    before = contents(source)

    with pytest.raises(ConfigError, match="at scale 0, not 1") as refusal:
        seed(source, 1)

    assert contents(source) == before
    execute(source, refusal.value.hint.removeprefix("To start over: "))
    assert table_count(source) == 0
    assert seed(source, 1).is_new


def test_cinema_that_lost_a_table_is_refused(source):
    seed(source, MINIATURE)
    execute(source, "drop table reviews")

    with pytest.raises(ConfigError, match="has lost reviews"):
        seed(source, MINIATURE)


@pytest.mark.parametrize(
    "statement, name",
    [
        pytest.param("create table films (id int)", "films", id="a table"),
        pytest.param("create view users as select 1", "users", id="a view"),
        pytest.param("create type mpaa_rating as (a int)", "mpaa_rating", id="a type"),
        pytest.param(
            "create function touch_updated_at() returns int return 1",
            "touch_updated_at",
            id="a function",
        ),
    ],
)
def test_tables_of_somebody_else_are_left_alone(source, statement, name):
    execute(source, statement)
    before = table_count(source)

    with pytest.raises(ConfigError, match=f"already has {name}") as refusal:
        seed(source, MINIATURE)

    assert refusal.value.exit_code == 78
    assert table_count(source) == before


def test_other_tables_do_not_matter(source):
    execute(source, "create table invoices (id int)")
    execute(source, "create schema shop; create table shop.films (id int)")

    assert seed(source, MINIATURE).is_new


def test_failed_seed_leaves_nothing(source, monkeypatch):
    monkeypatch.setattr(seeder, "mark_of", lambda _: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        seed(source, MINIATURE)

    assert table_count(source) == 0


def test_interruption_in_the_middle_of_a_copy_remains_one(source, monkeypatch):
    def interrupted(rows):
        yield from ["1\tAction\t2020-01-01\n"]
        raise KeyboardInterrupt

    monkeypatch.setattr(loading, "encode_rows", interrupted)

    with pytest.raises(KeyboardInterrupt):
        seed(source, MINIATURE)

    assert table_count(source) == 0


def test_failed_copy_is_told_without_the_row(source, monkeypatch):
    monkeypatch.setattr(loading, "encode_rows", lambda _: iter(["secret\n"]))

    with pytest.raises(ConfigError) as failure:
        seed(source, MINIATURE)

    assert "secret" not in failure.value.message


def test_seeder_waits_for_another_and_finds_its_work(source, source_database):
    """The second seeder starts while the first one holds the lock."""
    reports = []
    second = threading.Thread(
        target=lambda: reports.append(run_seed(source_database, scale=MINIATURE))
    )

    with transaction(source):
        execute(source, seeder.QUERIES["lock"])
        second.start()
        wait_until_somebody_waits(source)
        seeder._create(source, seeder.size_of(MINIATURE))
    second.join(timeout=30)

    assert [report.is_new for report in reports] == [False]


def wait_until_somebody_waits(connection):
    deadline = time.monotonic() + 30
    while not fetch_one(
        connection, "select exists (select from pg_locks where not granted)"
    ):
        assert time.monotonic() < deadline, "nobody waits for a lock"


def test_many_seeders_make_one_cinema(source, source_database):
    reports = []
    seeders = [
        threading.Thread(
            target=lambda: reports.append(run_seed(source_database, scale=MINIATURE))
        )
        for _ in range(4)
    ]
    for thread in seeders:
        thread.start()
    for thread in seeders:
        thread.join(timeout=30)

    assert sorted(report.is_new for report in reports) == [False, False, False, True]


def test_role_that_may_not_create_is_told_what_to_grant(
    source, source_database, make_role
):
    role = make_role(source_database)
    execute(source, "revoke create on schema public from public")

    with pytest.raises(ConfigError, match="may not create") as refusal:
        run_seed(role, scale=MINIATURE)

    execute(source, refusal.value.hint.split(": ")[1])
    assert run_seed(role, scale=MINIATURE).is_new


def test_search_path_of_the_role_does_not_matter(source, source_database, make_role):
    role = make_role(source_database)
    execute(source, "grant create on schema public to public")
    execute(source, "create schema elsewhere")
    execute(source, f"alter role {role.user} set search_path to elsewhere")

    run_seed(role, scale=MINIATURE)

    assert fetch_one(source, "select count(*) from public.films") == 40
    assert run_traffic(role, 0.2, seed=1).transactions > 0


def test_database_in_another_encoding_is_refused(source, source_database):
    execute(
        source,
        "create database cinema_latin template template0"
        " encoding latin1 lc_collate 'C' lc_ctype 'C'",
    )
    try:
        with pytest.raises(ConfigError, match="encoded in LATIN1"):
            run_seed(replace(source_database, database="cinema_latin"))
    finally:
        execute(source, "drop database cinema_latin with (force)")


def test_application_can_go_on_inserting(source):
    report = seed(source, MINIATURE)

    rating_id = fetch_one(
        source,
        "insert into ratings (film_id, user_id, stars, rated_at)"
        " select 8, user_id, 5, now() from users limit 1 returning rating_id",
    )

    assert rating_id == report.rows["ratings"] + 1


def test_planner_knows_the_tables(source):
    seed(source, MINIATURE)

    assert (
        fetch_one(source, "select reltuples from pg_class where relname = 'films'")
        == 40
    )


def test_update_moves_updated_at(source):
    seed(source, MINIATURE)

    for name in NAMES:
        execute(source, f"update {name} set updated_at = '2000-01-01'")

        assert fetch_one(source, f"select min(updated_at) > '2026-01-01' from {name}")


def test_script_makes_what_the_seeder_makes(
    source_server, make_database, source_database
):
    run_seed(source_database, scale=MINIATURE)
    other = make_database(source_server, "SOURCE")

    run_program(
        "psql",
        other,
        *("--no-psqlrc", "--quiet", "--file=-"),
        input=seeder.read_sql("init.sql").encode(),
    )

    assert dump(other) == dump(source_database)
    assert not run_seed(other, scale=MINIATURE).is_new


@pytest.mark.parametrize("major", [14, 16, 18])
def test_cinema_is_the_same_on_other_versions(
    source, postgres_server, make_database, major
):
    seed(source, MINIATURE)
    other = connect(
        make_database(postgres_server(major), "SOURCE"), application_name="test"
    )

    seed(other, MINIATURE)

    assert texts(other) == texts(source)
    other.close()


@pytest.fixture
def quick(monkeypatch):
    """Let traffic go as fast as it can."""
    monkeypatch.setattr("elt.seed.traffic._ACTIONS_PER_SECOND", 1_000_000)


def test_traffic_changes_rows_and_counts_them(source, quick):
    seed(source, MINIATURE)
    before = {name: len(rows) for name, rows in texts(source).items()}

    report = play(source, 1, seed=1)

    after = {name: len(rows) for name, rows in texts(source).items()}
    growth = sum(after.values()) - sum(before.values())
    assert report.inserted - report.deleted == growth
    assert min(report.inserted, report.updated, report.deleted) > 0
    assert after["films"] > before["films"]
    assert after["users"] > before["users"]


@pytest.mark.parametrize("action", QUERIES)
def test_each_action_does_something(source, action):
    seed(source, MINIATURE)
    before = texts(source)

    changes = execute(source, QUERIES[action], VALUES)

    assert changes
    assert texts(source) != before


def test_rating_again_updates_the_rating(source):
    seed(source, MINIATURE)
    first = execute(source, QUERIES["rate_film"], VALUES)
    second = execute(source, QUERIES["rate_film"], VALUES | {"stars": 4})

    assert (first, second) == ([("inserted",)], [("updated",)])


def test_no_action_fails_in_an_empty_cinema(source):
    seed(source, MINIATURE)
    execute(source, f"truncate {', '.join(NAMES)}")

    for action in QUERIES:
        execute(source, QUERIES[action], VALUES)


def test_two_applications_do_not_hinder_each_other(source, source_database, quick):
    seed(source, MINIATURE)
    reports = []
    players = [
        threading.Thread(
            target=lambda number=number: reports.append(
                run_traffic(source_database, 1, seed=number)
            )
        )
        for number in range(2)
    ]
    for player in players:
        player.start()
    for player in players:
        player.join(timeout=30)

    assert len(reports) == 2


def test_traffic_without_a_cinema_says_so(source):
    with pytest.raises((ConfigError, TemporaryError), match="does not exist"):
        play(source, 1, seed=1)


def test_lost_connection_is_no_bug(source, source_database):
    seed(source, MINIATURE)
    source.close()

    with pytest.raises(TemporaryError):
        play(source, 1, seed=1)
