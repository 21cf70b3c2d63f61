"""`elt dbt-sources` for a database that nobody designed with dbt in mind."""

import shutil

import pytest

from elt.dbt_sources.reading import read_tables
from elt.dbt_sources.rendering import SourceOptions, render_sources
from elt.errors import ConfigError
from elt.postgres import connect

ODD_TABLES = """
    create schema shop;
    create type mood as enum ('fine', 'odd');
    create table "Order" (
        "select" integer primary key,
        "Two Words" text not null unique,
        mood mood,
        dropped integer
    );
    alter table "Order" drop column dropped;
    comment on table "Order" is 'Made with {{ braces }}.';
    comment on column "Order"."select" is E'Two lines:\\nthe "second".';
    create table shop.items (
        "Order No" integer not null references "Order",
        part integer not null,
        replaces integer references "Order" ("select"),
        note text,
        primary key ("Order No", part),
        unique (part, note)
    );
    create unique index on shop.items (lower(note));
    create unique index on shop.items (replaces) where part > 1;
    create unique index on shop.items (note) include (part);
    create table notes (words text);
    insert into "Order" values (1, 'a', 'odd'), (2, 'b', null);
    insert into shop.items
    values (1, 1, 2, null), (1, 2, null, 'x'), (2, 1, null, null);
    insert into notes values ('twice'), ('twice'), (null);
"""
PROJECT_FILE = """\
name: odd
profile: postgres_elt_dbt
flags: {require_generic_test_arguments_property: true}
"""


@pytest.fixture
def connection(module_destination_database):
    connection = connect(module_destination_database, application_name="test")
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def odd_source(origin, replicate):
    origin(ODD_TABLES)
    replicate()


def test_a_destination_without_replicas_is_refused(connection):
    with pytest.raises(ConfigError, match="no replica of source other"):
        read_tables(connection, "other")


def test_keys_are_those_that_hold_for_every_row(odd_source, connection):
    tables = {table.stream: table for table in read_tables(connection, "raw")}

    assert tables["public.Order"].keys == (("select",), ("Two Words",))
    assert tables["shop.items"].keys[0] == ("Order No", "part")
    assert sorted(tables["shop.items"].keys[1:]) == [("note",), ("part", "note")]
    assert tables["public.notes"].keys == ()


def test_columns_are_those_of_the_replica(odd_source, connection):
    tables = {table.stream: table for table in read_tables(connection, "raw")}

    columns = [
        (column.name, column.quoted_name, column.data_type, column.is_not_null)
        for column in tables["public.Order"].columns
    ]

    assert columns == [
        ("select", '"select"', "integer", True),
        ("Two Words", '"Two Words"', "text", True),
        ("mood", "mood", "raw.mood", False),
    ]


def test_dbt_can_test_odd_tables(odd_source, connection, dbt, dbt_project, tmp_path):
    (tmp_path / "dbt_project.yml").write_text(PROJECT_FILE)
    shutil.copy(dbt_project / "profiles.yml", tmp_path)
    shutil.copytree(dbt_project / "tests" / "generic", tmp_path / "tests" / "generic")
    (tmp_path / "models").mkdir()
    text = render_sources(read_tables(connection, "raw"), SourceOptions(name="odd"))
    (tmp_path / "models" / "sources.yml").write_text(text, encoding="utf-8")

    results = dbt("test", project=tmp_path).results
    ages = dbt("source", "freshness", project=tmp_path).results

    assert {str(result.status) for result in results} == {"pass"}
    assert len(results) == 11
    assert [str(result.status) for result in ages] == ["pass"] * 3
