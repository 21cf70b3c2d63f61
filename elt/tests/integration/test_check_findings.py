"""Each sentence of `elt check` about the two databases, with what to do about it."""

from dataclasses import replace

import pytest
from integration.replication import configure, query
from psycopg2.sql import SQL, Identifier
from servers import administer

from elt.replication.check import check

FILMS = "create table films (id integer primary key); insert into films values (1), (2)"


def findings(databases):
    """Return level, text and fix of each finding by what it is about."""
    config = configure(databases)
    found = check(config, config.sources[0]).findings
    return [(str(f.level), f.subject, f.text, f.fix) for f in found]


@pytest.fixture
def films(databases):
    """Return databases of which the source has two films."""
    query(databases.source, FILMS)
    query(databases.source, "analyze films")
    return databases


def test_streams_are_counted_and_the_time_is_guessed(films):
    found = findings(films)

    assert ("ok", "streams", "1 table, about 2 rows and 8 kB", None) in found
    time = "a full refresh takes about 1 s at 50 MB/s"
    assert ("ok", "time", time, None) in found


def test_destination_in_another_encoding_is_a_warning(films, destination_server):
    name = f"{films.destination.database}_latin"
    options = SQL(" encoding 'LATIN1' locale 'C' template template0")
    statement = SQL("create database {}").format(Identifier(name))
    with administer(destination_server) as cursor:
        cursor.execute(statement + options)
    try:
        latin = replace(films.destination, database=name)
        found = findings(films._replace(destination=latin))
    finally:
        with administer(destination_server) as cursor:
            cursor.execute(SQL("drop database {}").format(Identifier(name)))

    text = "its encoding is LATIN1, that of the source UTF8"
    fix = "Create the destination database with ENCODING 'UTF8'."
    assert ("warning", "destination", text, fix) in found


@pytest.mark.parametrize("limit, is_told", [(2, True), (5, False), (-1, False)])
def test_role_that_may_have_few_connections_is_told(films, make_role, limit, is_told):
    role = make_role(films.source)
    query(
        films.source,
        f"grant select on films to {role.user};"
        f"alter role {role.user} connection limit {limit}",
    )

    config = configure(films._replace(source=role), workers=2)
    found = check(config, config.sources[0]).findings

    told = [f for f in found if "connections at a time" in f.text]
    assert bool(told) is is_told
    for finding in told:
        assert (finding.subject, finding.level) == ("source", "warning")
        assert finding.text.endswith("may have 2 connections at a time, a run takes 5")
        query(films.source, finding.fix.split(": ")[1].split("; ")[0])


def test_role_that_may_not_create_schemas_is_told_the_grant(films, make_role):
    role = make_role(films.destination)

    found = findings(films._replace(destination=role))

    text = f"Role {role.user} may not create schemas in database {role.database}"
    fix = f"Run there: GRANT CREATE ON DATABASE {role.database} TO {role.user};"
    assert ("error", "destination", text, fix) in found


def test_grant_names_a_role_as_sql_reads_it(films):
    query(films.destination, 'drop role if exists "O""dd"; create role "O""dd" login')
    role = replace(films.destination, user='O"dd')

    found = findings(films._replace(destination=role))

    assert any('TO "O""dd";' in str(fix) for *_, fix in found)


def test_one_database_for_both_sides_is_an_error(films):
    same = replace(films.source, prefix="DESTINATION")

    text = "Source and destination are one database"
    found = findings(films._replace(destination=same))
    assert ("error", "destination", text, "Correct DESTINATION_*.") in found


def test_types_that_are_missing_come_with_their_extension(films):
    query(films.source, "create extension hstore; alter table films add tags hstore")

    text = "The destination does not have the types hstore (of public.films.tags)"
    fix = "Run there: CREATE EXTENSION hstore; Or leave the columns out in elt.yaml."
    assert ("error", "destination", text, fix) in findings(films)


def test_tables_that_are_copied_as_text_are_named(films):
    query(films.source, "alter table films add words tsquery")

    text = "public.films: copied as text, as a type has no safe binary form"
    assert ("note", "streams", text, None) in findings(films)
