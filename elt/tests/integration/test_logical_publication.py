"""What must be published, who may publish it, and what a publication may not hide."""

import re

import psycopg2
import pytest
import yaml
from integration.incremental import lines
from integration.logical import NAME, published_tables, slots, sync
from integration.logical_source import (
    FILMS,
    ONLY_FILMS,
    findings,
    follow,
    with_films,
)
from integration.replication import query, with_role
from servers import administer

from elt.config import Mask, MaskKind, Shape, StreamConfig, SyncMode
from elt.errors import ConfigError
from elt.replication.findings.finding import Level


@pytest.fixture
def films(databases):
    """Return databases of which the destination has a hundred films."""
    return with_films(databases)


# ------------------------------------------------------------------------------- tables


def test_a_table_that_could_no_longer_be_updated_is_refused(databases):
    query(databases.source, FILMS + "create table lines (n integer);")

    with pytest.raises(
        ConfigError, match=r"which rows of public\.lines change"
    ) as error:
        sync(databases)

    assert "ALTER TABLE public.lines REPLICA IDENTITY FULL;" in error.value.hint
    query(databases.source, "insert into lines values (1); update lines set n = 2")
    assert published_tables(databases) == ["films"]


def test_the_lines_for_elt_yaml_help_as_well(databases):
    query(
        databases.source,
        f"{FILMS} create table lines (n integer); create unlogged table pages (n text);"
        "insert into lines values (1); insert into pages values ('a'), ('b')",
    )
    with pytest.raises(ConfigError) as error:
        sync(databases)

    options = yaml.safe_load(error.value.hint.partition("in elt.yaml:")[2])
    streams = tuple(
        (name, StreamConfig(mode=SyncMode(found["mode"])))
        for name, found in options.items()
    )

    found = sync(databases, source={"streams": streams})
    assert {name: rows for name, (_, rows, *_) in found.items()} == {
        "public.films": 100,
        "public.lines": 1,
        "public.pages": 2,
    }


@pytest.mark.parametrize(
    "key, fix",
    [("primary key", "SET LOGGED"), ("", "SET LOGGED, REPLICA IDENTITY FULL")],
    ids=["with a key", "without"],
)
def test_an_unlogged_table_is_called_so_and_the_statement_helps(databases, key, fix):
    query(
        databases.source,
        f"{FILMS} create unlogged table lines (n integer {key});"
        "insert into lines values (1), (2)",
    )

    with pytest.raises(ConfigError) as error:
        sync(databases)

    message = "The WAL has no rows of unlogged tables: public.lines"
    assert error.value.message == message
    [statement] = re.findall("ALTER TABLE .*;", error.value.hint)
    assert statement == f"ALTER TABLE public.lines {fix};"
    assert "primary keys" not in error.value.hint
    query(databases.source, statement)
    assert sync(databases)["public.lines"] == (2, 2, 0, 0)


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


@pytest.mark.parametrize(
    "change, options, refused",
    [
        (
            "alter table films drop constraint films_pkey",
            {"streams": (("public.gone", StreamConfig()),)},
            "has no table public.gone",
        ),
        (
            "alter table films replica identity using index films_title",
            {},
            "rows of public.films by title, which must not leave",
        ),
    ],
    ids=["elt.yaml is wrong", "the identity is masked"],
)
def test_a_run_that_is_refused_lets_tables_be_updated(
    databases, change, options, refused
):
    masked = Shape(masks=(("title", Mask(kind=MaskKind.NULL)),))
    shaped = {"streams": (("public.films", StreamConfig(shape=masked)),)}
    query(databases.source, f"{FILMS} create unique index films_title on films (title)")
    sync(databases, source=shaped)
    query(databases.source, change)

    with lines() as logged, pytest.raises(ConfigError, match=refused):
        sync(databases, source=shaped | options)

    [line] = logged["took out of publication"]
    assert line["table"] == "public.films"
    query(databases.source, "update films set title = 'another' where id = 1")
    query(databases.source, "alter table films drop constraint if exists films_pkey")
    query(databases.source, "alter table films add primary key (id)")
    query(databases.source, "alter table films replica identity default")
    sync(databases, source=shaped)
    assert published_tables(databases) == ["films"]


def test_just_the_streams_are_published(films):
    query(films.source, "create table actors (id integer primary key)")
    assert published_tables(films) == ["films"]

    sync(films)
    assert published_tables(films) == ["actors", "films"]

    follow(films)
    assert published_tables(films) == ["films"]


@pytest.mark.parametrize(
    "addition, table",
    [
        pytest.param("tables in schema other", "other.lines", id="schema"),
        pytest.param("table other.whole", "other.part", id="partitioned table"),
    ],
)
def test_what_somebody_added_to_ours_as_a_whole_is_named(films, addition, table):
    query(
        films.source,
        "create schema other; create table other.lines (n integer primary key);"
        "create table other.whole (n integer primary key) partition by range (n);"
        "create table other.part partition of other.whole default",
    )
    query(films.source, f"alter publication {NAME} add {addition}")

    with pytest.raises(ConfigError, match=f"publication elt_raw .*{table}") as error:
        sync(films, source=ONLY_FILMS)

    assert error.value.message in findings(films, Level.ERROR, **ONLY_FILMS)
    query(films.source, re.findall("DROP PUBLICATION .*;", error.value.hint)[0])
    follow(films)
    follow(films)
    assert follow(films, "delete from films where id = 1") == (0, 0, 0, 1)
    assert published_tables(films) == ["films"]


# -------------------------------------------------------------------------------- roles


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


def test_a_publication_of_somebody_else_does_not_hold_a_run_up(databases, reader):
    permit(databases, reader, "alter role {role} replication")
    query(databases.source, "create publication elt_raw for table films")
    sync(reader, source={"publication": "elt_raw"})

    sync(reader, source={"mode": SyncMode.FULL_REFRESH})

    assert slots(databases) == []
    assert published_tables(databases) == ["films"]


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


# --------------------------------------------------------- publications that were given


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


def test_check_names_tables_that_a_publication_makes_useless(databases):
    query(databases.source, FILMS + "create table lines (n integer, m integer);")
    query(databases.source, "create publication given for table films, lines")

    [text] = stuck(databases, **ONLY_FILMS)

    assert text == (
        "publication given lets nobody update or delete rows of public.lines: "
        "the WAL would not say which"
    )
    with pytest.raises(psycopg2.Error, match="does not have a replica identity"):
        query(databases.source, "insert into lines values (1); delete from lines")
    query(databases.source, "alter table lines replica identity full")
    assert stuck(databases, **ONLY_FILMS) == []


def test_check_names_a_table_that_a_run_refuses_once(databases):
    query(databases.source, FILMS + "create table lines (n integer);")
    query(databases.source, "create publication given for table films, lines")

    assert stuck(databases) == []


def stuck(databases, **source):
    """Return what a check says of tables that nobody can update."""
    found = findings(databases, Level.WARNING, publication="given", **source)
    return [text for text in found if "lets nobody" in text]
