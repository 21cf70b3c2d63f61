"""`elt dbt-sources` lists a partitioned table in place of its partitions."""

import shutil

import pytest

from elt.dbt_sources.reading import read_tables
from elt.dbt_sources.rendering import SourceOptions, render_sources
from elt.postgres import connect

TABLES = """
    create schema log;
    create type mood as enum ('fine', 'odd');
    create table events (id integer, month integer, primary key (id, month))
        partition by list (month);
    comment on table events is 'What happened.';
    create table events_1 partition of events for values in (1);
    create table log.events_2 partition of events for values in (2)
        partition by list (id);
    create table log.events_2a partition of log.events_2 for values in (1);
    create table moods (mood mood, id integer) partition by hash (mood);
    create table moods_0 partition of moods for values with (modulus 1, remainder 0);
    create table empty (id integer) partition by list (id);
    create table notes (
        id integer primary key, event integer, month integer,
        foreign key (event, month) references events
    );
    create table log."line.s" (id integer primary key) partition by list (id);
    create table log."line.s_1" partition of log."line.s" default;
    create table uses (line integer references log."line.s");
    create table over (id integer) partition by list (id);
    create table over_1 partition of over default;
    insert into events values (1, 1), (1, 2);
    insert into moods values ('odd', 1);
    insert into over values (1);
    insert into log."line.s" values (1);
    insert into uses values (1);
"""
CHANGES = "drop table over; alter table notes drop column month; drop table events_1"
PROJECT_FILE = """\
name: parts
profile: postgres_elt_dbt
flags: {require_generic_test_arguments_property: true}
"""


@pytest.fixture(scope="module")
def tables(origin, replicate, module_destination_database):
    """Return the tables of a source of which some partitions and tables are gone."""
    origin(TABLES)
    replicate()
    origin(CHANGES)
    replicate()
    with connect(module_destination_database, application_name="test") as connection:
        return read_tables(connection, "raw")


def test_a_partitioned_table_stands_for_its_partitions(tables):
    assert sorted(table.stream for table in tables if table.is_partitioned) == [
        'log."line.s"',
        "public.empty",
        "public.events",
        "public.moods",
    ]
    others = sorted(table.stream for table in tables if not table.is_partitioned)
    assert others == ["public.notes", "public.uses"]


def test_a_partitioned_table_has_what_others_have(tables):
    [events] = [table for table in tables if table.name == "events"]

    assert events.comment == "What happened."
    assert events.keys == (("id", "month"),)
    assert [column.name for column in events.columns] == ["id", "month"]


def test_dbt_can_test_and_date_them(tables, dbt, dbt_project, tmp_path):
    (tmp_path / "dbt_project.yml").write_text(PROJECT_FILE)
    shutil.copy(dbt_project / "profiles.yml", tmp_path)
    shutil.copytree(dbt_project / "tests" / "generic", tmp_path / "tests" / "generic")
    (tmp_path / "models").mkdir()
    text = render_sources(tables, SourceOptions(name="parts"))
    (tmp_path / "models" / "sources.yml").write_text(text, encoding="utf-8")

    results = dbt("test", project=tmp_path).results
    ages = dbt("source", "freshness", project=tmp_path).results

    assert {str(result.status) for result in results} == {"pass"}
    assert any("relationships" in result.node.name for result in results)
    assert [str(result.status) for result in ages] == ["pass"] * 6
