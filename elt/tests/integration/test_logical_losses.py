"""What others do to a slot or a publication is noticed, and mended by a comparison."""

import pytest
from integration.logical import NAME, published_tables, slots, sync
from integration.logical_source import (
    FILMS,
    GONE,
    ONLY_FILMS,
    drop_slot,
    follow,
    with_films,
)
from integration.replication import query, value, version_of

from elt.errors import ConfigError
from elt.replication.logical import wal_reader
from elt.replication.logical.slots import emit_mark

BROKEN = "the WAL does not go on where its last run ended"


@pytest.fixture
def films(databases):
    """Return databases of which the destination has a hundred films."""
    return with_films(databases)


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


def test_a_commit_beside_the_snapshot_that_somebody_else_took_is_noticed(
    films, monkeypatch
):
    """It lies before the mark of the run, which the next one still finds."""
    positions = []

    def write_first(connection, mark):
        query(films.source, "update films set title = 'late' where id = 1")
        written = "select pg_current_wal_insert_lsn()::text"
        positions.append(value(films.source, written))
        return emit_mark(connection, mark)

    with monkeypatch.context() as patch:
        patch.setattr(wal_reader, "emit_mark", write_first)
        sync(films, source=ONLY_FILMS)
    advance = "select pg_replication_slot_advance(%(slot)s, %(lsn)s::pg_lsn)"
    query(films.source, advance, {"slot": NAME, "lsn": positions[0]})

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


WHOLE = """
create schema whole;
create table whole.all_films (id integer primary key, title text)
    partition by range (id);
create table films partition of whole.all_films for values from (0) to (1000);
insert into films select n, 'film ' || n from generate_series(1, 100) as n;
"""


@pytest.mark.parametrize(
    "tables, schema, moved",
    [
        pytest.param(FILMS, "public", "films", id="itself"),
        pytest.param(WHOLE, "whole", "all_films", id="its whole"),
    ],
)
def test_a_table_that_was_in_another_schema_for_a_while_is_noticed(
    databases, tables, schema, moved
):
    query(databases.source, f"{tables} create schema other")
    query(databases.source, f"create publication given for tables in schema {schema}")
    given = {"publication": "given", "include": ("public.*",)}
    sync(databases, source=given)

    query(databases.source, f"alter table {schema}.{moved} set schema other")
    name = "other.films" if moved == "films" else "films"
    query(databases.source, f"update {name} set title = 'lost' where id = 1")
    query(databases.source, f"alter table other.{moved} set schema {schema}")

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
