"""Rows that the WAL tells by generated columns: their application comes to no harm.

From version 18 on, a table with such an identity can be neither updated nor deleted
from while it is published without these columns.
"""

import re

import pytest
from integration.incremental import differing
from integration.logical import LOGICAL, NAME, stream, sync
from integration.replication import query
from servers import Databases

from elt.config import Shape
from elt.errors import ConfigError

MAJORS = [14, 15, 16, 17, 18]
BY_KEY = """
create table films (title text, slug text not null generated always as (lower(title))
    stored, stars integer, primary key (slug));
"""
BY_ALL = """
create table films (id integer primary key, title text, slug text
    generated always as (lower(title)) {kind}, stars integer);
alter table films replica identity full;
"""
ROWS = """
insert into films (title, stars) values ('Alien', 1), ('Brazil', 2), ('Cube', 3);
"""
NUMBERED_ROWS = "insert into films values (1, 'Alien'), (2, 'Brazil'), (3, 'Cube');"
WRITES = [
    "insert into films (title, stars) values ('Dune', 4)",
    "update films set stars = 5 where title = 'Alien'",
    "update films set title = 'Blade' where title = 'Brazil'",
    "delete from films where title = 'Cube'",
]


@pytest.fixture
def make_source(postgres_server, make_database, destination_database):
    """Return a function that makes databases, the source of some version."""

    def make(major, statements):
        source = make_database(postgres_server(major), "SOURCE")
        query(source, statements)
        return Databases(source, destination_database)

    return make


def write_and_sync(databases, **source):
    """Write as an application does; return what each run brought."""
    found = []
    for statement in WRITES:
        query(databases.source, statement)
        found.append(sync(databases, source=source)["public.films"])
        assert differing(databases, source=LOGICAL | source) == []
    return found


@pytest.mark.parametrize("major", MAJORS)
def test_rows_with_a_generated_key_can_be_written_and_are_followed(make_source, major):
    databases = make_source(major, BY_KEY + ROWS)
    sync(databases)

    found = write_and_sync(databases)

    reason = "the WAL does not have all columns of its key"
    if major >= 18:
        assert found == [(1, 1, 0, 0), (1, 0, 1, 0), (1, 1, 0, 1), (0, 0, 0, 1)]
    else:
        assert {read for read, *_ in found} == {reason}


@pytest.mark.parametrize("major", MAJORS)
def test_rows_that_are_told_by_all_columns_can_be_written(make_source, major):
    databases = make_source(major, BY_ALL.format(kind="stored") + NUMBERED_ROWS)
    sync(databases)

    query(databases.source, "update films set title = 'Blade' where id = 2")
    query(databases.source, "delete from films where id = 3")

    assert sync(databases)["public.films"] == (1, 0, 1, 1)
    assert differing(databases, source=LOGICAL) == []


def test_rows_with_a_virtual_column_are_not_told_by_all(make_source):
    databases = make_source(18, BY_ALL.format(kind="virtual"))

    with pytest.raises(ConfigError, match=r"which rows of public\.films") as refused:
        sync(databases)

    [statement] = re.findall(r"ALTER TABLE .*;", refused.value.hint)
    assert statement == "ALTER TABLE public.films REPLICA IDENTITY DEFAULT;"
    query(databases.source, statement + "insert into films values (1, 'Alien')")
    sync(databases)
    query(databases.source, "update films set stars = 5")
    assert sync(databases)["public.films"] == (1, 0, 1, 0)


def test_rows_with_a_virtual_column_and_no_key_need_one(make_source):
    definition = BY_ALL.format(kind="virtual").replace(" primary key", "")
    databases = make_source(18, definition)

    with pytest.raises(ConfigError) as refused:
        sync(databases)

    assert "ALTER TABLE public.films ADD PRIMARY KEY (…);" in refused.value.hint


@pytest.mark.parametrize("major", MAJORS[1:])
def test_shaped_rows_with_a_generated_key(make_source, major):
    databases = make_source(major, BY_KEY + ROWS)
    source = stream("public.films", shape=Shape(excluded=("stars",)))

    if major < 18:
        with pytest.raises(ConfigError, match="by slug, as that is generated"):
            sync(databases, source=source)
    else:
        sync(databases, source=source)
        found = write_and_sync(databases, **source)
        assert found == [(1, 1, 0, 0), (1, 0, 0, 0), (1, 1, 0, 1), (0, 0, 0, 1)]


def test_a_publication_that_lacks_generated_columns_is_mended(make_source):
    """As one is that an older version of elt has made."""
    databases = make_source(18, BY_KEY + ROWS)
    query(databases.source, f"create publication {NAME} for table films")

    sync(databases)

    query(databases.source, "update films set stars = 5")
    assert sync(databases)["public.films"][1:] == (0, 3, 0)


@pytest.mark.parametrize("is_there", [True, False])
def test_a_publication_that_was_given_must_send_generated_columns(
    make_source, is_there
):
    databases = make_source(18, BY_KEY + ROWS)
    if is_there:
        query(databases.source, "create publication given for table films")

    with pytest.raises(ConfigError, match="lacks ") as refused:
        sync(databases, source={"publication": "given"})

    [statement] = re.findall(r"\w+ PUBLICATION .*;", refused.value.hint)
    query(databases.source, statement)
    sync(databases, source={"publication": "given"})
    query(databases.source, "update films set stars = 5")
    found = sync(databases, source={"publication": "given"})
    assert found["public.films"] == (3, 0, 3, 0)


def test_a_generated_column_that_comes_to_identify_rows_stops_nobody(make_source):
    databases = make_source(18, BY_ALL.format(kind="stored") + NUMBERED_ROWS)
    query(databases.source, "alter table films drop column slug")
    sync(databases)

    query(
        databases.source,
        "alter table films add shout text generated always as (upper(title)) stored",
    )

    query(databases.source, "update films set stars = 5 where id = 1")
    sync(databases)
    assert differing(databases, source=LOGICAL) == []
