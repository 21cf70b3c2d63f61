"""`elt seed` on a real server makes one cinema: whole, the same anywhere, and once."""

import os
import subprocess
import threading
import time

import pytest
from integration.cinema import NAMES, contents, texts

from elt.embedded import find_binaries
from elt.postgres import connect, execute, fetch_one, transaction
from elt.seed import seeder
from elt.seed.seeder import run_seed, seed
from elt.seed.size import MINIATURE


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


# ------------------------------------------------------------------------- many seeders


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
