"""Soft deletes: rows stay when the source deletes them, marked and out of the way."""

import pytest
from integration.incremental import FILMS, INCREMENTAL, differing, methods, stream, sync
from integration.replication import query, value

from elt.config import DeletePolicy, SchemaChangePolicy, StreamConfig, Verification
from elt.errors import ConfigError, DataError

SOFT = {"source": stream(deletes="soft")}
DELETED = "select id from raw.films where _elt_deleted_at is not null order by id"
PARTITION = """
create table a (id int) partition by range (id);
create table films partition of a default;
"""


@pytest.fixture
def films(databases):
    """Return databases whose hundred films were replicated with soft deletes."""
    query(databases.source, FILMS)
    sync(databases, **SOFT)
    return databases


def sync_after(databases, statements, **options):
    """Change the source and replicate; return what was done to the films."""
    query(databases.source, statements)
    return sync(databases, **(SOFT | options))["public.films"]


def deleted(databases):
    """Return the keys of the rows that are marked."""
    return [key for (key,) in query(databases.destination, DELETED)]


def test_deleted_rows_stay_and_are_marked(films):
    found = sync_after(films, "delete from films where id <= 3")

    assert found == (0, 0, 0, 3)
    assert deleted(films) == [1, 2, 3]
    assert value(films.destination, "select count(*) from raw.films") == 100
    assert value(films.destination, "select row_count from elt.streams") == 97
    assert differing(films, **SOFT) == []


def test_marks_are_set_once(films):
    sync_after(films, "delete from films where id = 1")
    marks = "select max(_elt_deleted_at) from raw.films"
    before = value(films.destination, marks)

    found = sync_after(films, "update films set title = 'new' where id = 2")

    assert found == (1, 0, 1, 0)
    assert value(films.destination, marks) == before


def test_row_that_comes_back_is_marked_no_longer(films):
    sync_after(films, "delete from films where id <= 3")

    found = sync_after(films, "insert into films values (1, 'film 1', 1), (101, '', 2)")

    assert found == (2, 2, 0, 0)
    assert deleted(films) == [2, 3]
    assert differing(films, **SOFT) == []


def test_unique_value_of_a_deleted_row_is_free(films):
    found = sync_after(
        films, "delete from films where id = 7; insert into films values (200, '', 7)"
    )

    assert found == (1, 1, 0, 1)
    assert differing(films, **SOFT) == []


def test_full_run_keeps_the_marks(films):
    sync_after(films, "delete from films where id = 1")

    found = sync_after(films, "delete from films where id = 2", full=True)

    assert found == (98, 0, 0, 1)
    assert deleted(films) == [1, 2]
    assert sync(films, full=True, **SOFT) == {"public.films": (98, 0, 0, 0)}


@pytest.mark.parametrize("verification", list(Verification))
def test_every_receipt_is_about_rows_that_are_there(films, verification):
    sync_after(films, "delete from films where id = 1", verify=verification)

    found = sync_after(
        films, "update films set title = '' where id = 2", verify=verification
    )

    assert found == (1, 0, 1, 0)
    assert methods(films) == {"public.films": verification}


def test_replica_has_the_column_only_where_it_is_wanted(films):
    columns = "select count(*) from information_schema.columns "
    columns += "where column_name = '_elt_deleted_at'"
    query(films.source, "create table actors (id integer primary key)")
    sync(films, **SOFT)

    assert value(films.destination, columns) == 1


def test_soft_deletes_that_end_take_the_rows_along(films):
    sync_after(films, "delete from films where id <= 3")

    sync(films)

    assert value(films.destination, "select count(*) from raw.films") == 97
    assert differing(films) == []
    found = sync(films, source=INCREMENTAL)
    assert found == {"public.films": (0, 0, 0, 0)}


@pytest.mark.parametrize("policy", list(SchemaChangePolicy))
def test_soft_deletes_begin_whatever_the_policy(databases, policy):
    query(databases.source, FILMS)
    sync(databases)
    query(databases.source, "delete from films where id = 1")
    options = StreamConfig(deletes=DeletePolicy.SOFT, on_schema_change=policy)
    source = INCREMENTAL | {"streams": (("public.films", options),)}

    sync(databases, source=source)

    assert deleted(databases) == [1]
    assert differing(databases, source=source) == []


def test_view_on_the_replica_survives(films):
    query(films.destination, "create view seen as select id, title from raw.films")

    sync_after(films, "delete from films where id = 1")

    assert value(films.destination, "select count(*) from seen") == 100


def test_table_without_a_key_keeps_its_rows(databases):
    query(databases.source, "create table films (id integer, title text)")
    query(databases.source, "insert into films values (1, 'a'), (1, 'a'), (2, 'b')")
    sync(databases, **SOFT)

    found = sync_after(
        databases,
        "delete from films where ctid = (select min(ctid) from films);"
        "update films set title = 'c' where id = 2",
    )

    assert found[1:] == (1, 0, 2)
    assert deleted(databases) == [1, 2]
    assert differing(databases, **SOFT) == []


def test_renamed_key_is_followed(films):
    sync_after(films, "delete from films where id = 1")

    query(films.source, "alter table films rename id to number")
    query(films.source, "update films set title = '' where number = 2")
    sync(films, **SOFT)

    marked = "select number from raw.films where _elt_deleted_at is not null"
    assert value(films.destination, marked) == 1
    assert differing(films, **SOFT) == []


def test_shrinking_is_refused(films):
    with pytest.raises(DataError, match="100 to 20 rows"):
        sync_after(films, "delete from films where id > 20")


@pytest.mark.parametrize(
    "tables",
    [
        PARTITION,
        "create table a (id int); create table films () inherits (a)",
        "create table films (id int); create table a () inherits (films)",
    ],
)
def test_hierarchies_are_refused(databases, tables):
    query(databases.source, tables)

    with pytest.raises(ConfigError, match=r"public\.films is part of a hierarchy"):
        sync(databases, **SOFT)


def test_column_of_that_name_is_refused(databases):
    query(databases.source, "create table films (_elt_deleted_at date)")

    with pytest.raises(ConfigError, match="_elt_deleted_at of its own"):
        sync(databases, **SOFT)
