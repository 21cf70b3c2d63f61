"""`elt seed` never writes over something else, and leaves nothing where it fails."""

from dataclasses import replace

import pytest
from integration.cinema import contents

from elt.errors import ConfigError
from elt.postgres import execute, fetch_one
from elt.seed import loading, seeder
from elt.seed.seeder import run_seed, seed
from elt.seed.size import MINIATURE
from elt.seed.traffic import run_traffic


def table_count(connection):
    return fetch_one(
        connection, "select count(*) from pg_class where relnamespace = 2200"
    )


# ------------------------------------------------------------------------ what is there


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


# ----------------------------------------------------------------------------- failures


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


# ------------------------------------------------------------------ roles and databases


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
