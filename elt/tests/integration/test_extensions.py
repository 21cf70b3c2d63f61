"""What belongs to an extension needs it at the destination, and is left alone there."""

import re

import pytest
from integration.replication import (
    changes,
    query,
    run,
    value,
)

from elt.errors import ConfigError

FILMS = """
create table films (id integer generated always as identity primary key, title text);
insert into films (title) select 'film ' || n from generate_series(1, 10) as n;
"""


@pytest.fixture
def films(databases):
    query(databases.source, FILMS)
    return databases


def test_missing_extension_is_named(films):
    query(
        films.source,
        "create extension hstore; create table tagged (id integer, tags hstore[])",
    )

    with pytest.raises(ConfigError, match=r"public\.tagged\.tags") as caught:
        run(films)

    assert "CREATE EXTENSION hstore;" in caught.value.hint


def test_extension_in_a_schema_that_the_role_may_not_use_is_named(films, make_role):
    for database in films:
        query(database, "create schema tools; create extension citext schema tools")
    query(films.source, "create table emails (email tools.citext)")
    role = make_role(films.destination)
    name = films.destination.database
    query(films.destination, f'grant create on database "{name}" to "{role.user}"')
    unfit = films._replace(destination=role)

    with pytest.raises(ConfigError, match=r"public\.emails\.email") as caught:
        run(unfit)

    grant = re.match("Run there: (GRANT [^;]*;) Or", caught.value.hint)[1]
    query(films.destination, grant)
    run(unfit)
    assert value(films.destination, "select count(*) from raw.emails") == 0


def test_tables_of_users_in_the_schema_of_an_extension_are_copied(films):
    query(
        films.source,
        "create extension citext; create schema chunks;"
        "alter extension citext add schema chunks;"
        "create table chunks.catalog (id integer);"
        "alter extension citext add table chunks.catalog;"
        "create table readings (id integer);"
        "create table chunks.readings_1 (primary key (id)) inherits (readings);"
        "insert into chunks.readings_1 values (1), (2)",
    )

    assert changes(run(films, only=["public.readings", "chunks.readings_1"])) == {
        "chunks.readings_1": (2, 0, 0)
    }
    assert value(films.destination, "select count(*) from raw.readings") == 2
    assert value(films.destination, "select to_regclass('raw_chunks.catalog')") is None


def test_index_that_needs_a_missing_extension_is_left_out(films):
    query(
        films.source,
        "create extension pg_trgm; create extension btree_gist;"
        "create index alike on films using gin (title gin_trgm_ops);"
        "alter table films add constraint apart "
        "exclude using gist (id with =, title with <>)",
    )

    report = run(films)

    assert changes(report)["public.films"] == (10, 0, 0)
    assert {(n.name, n.reason) for n in report.not_copied} == {
        (
            "public.films: index alike",
            "needs the extension pg_trgm, which does not exist there",
        ),
        (
            "public.films: constraint apart",
            "needs the extension btree_gist, which does not exist there",
        ),
    }


def test_extension_may_live_in_another_schema(films):
    query(films.source, "create schema tools; create extension citext schema tools")
    query(films.source, "create table emails (email tools.citext primary key)")
    query(films.source, "insert into emails values ('Ada@x.example')")
    query(films.destination, "create extension citext")

    report = run(films)

    assert changes(report)["public.emails"] == (1, 0, 0)
    assert changes(run(films)) == {}


@pytest.mark.parametrize(
    "extension, kind, values",
    [
        pytest.param("citext", "citext", ("Film", "film"), id="citext"),
        pytest.param("hstore", "hstore", ('a=>1, "b c"=>NULL', ""), id="hstore"),
        pytest.param("cube", "cube", ("(1,2),(3,4)", "(NaN,Infinity)"), id="cube"),
        pytest.param("ltree", "ltree", ("a.b.c", ""), id="ltree"),
        pytest.param("ltree", "lquery", ("*.b|c.*{1,2}",), id="lquery"),
        # These have no binary form.
        pytest.param("seg", "seg", ("1.0 .. 2.50", "~5"), id="seg"),
        pytest.param("isn", "isbn13", ("978-0-393-04002-9",), id="isbn13"),
        pytest.param("intarray", "query_int", ("1&(2|3)", "!4"), id="query_int"),
    ],
)
def test_types_of_an_extension_arrive(databases, extension, kind, values):
    for database in databases:
        query(database, f"create extension {extension}")
    query(
        databases.source,
        f"create domain positive as {kind} check (value is not null);"
        "create table kinds "
        f"(id integer primary key, a {kind}, b {kind}[], c positive)",
    )
    for number, text in enumerate(values):
        query(
            databases.source,
            "insert into kinds select %(id)s, v, array[v, null, v], v "
            f"from cast(%(text)s as {kind}) as v",
            {"id": number, "text": text},
        )

    run(databases)

    rows = "select id, a::text, b::text, c::text from {} order by id"
    expected = query(databases.source, rows.format("kinds"))
    assert query(databases.destination, rows.format("raw.kinds")) == expected
    assert changes(run(databases)) == {}
