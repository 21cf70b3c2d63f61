"""Which unique indexes tell the rows of a table apart, and which only seem to."""

import pytest
from integration.replication import changes, query, run

TABLE = """
create type pair as (n numeric);
create domain name_of as citext;
create domain short_name as name_of;
create table t (
    c citext not null, d short_name not null, r pair not null, x text not null,
    v varchar not null, i integer not null,
    n integer
);
"""
ALIKE = """
insert into t values
    ('a', 'a', row(1.0), 'a', 'a', 1, 1),
    ('A', 'A', row(1.00), 'b', 'b', 2, 2)
"""
OTHERS = ["c text_ops", "d text_ops", "r record_image_ops"]
KEYS = [
    "x",
    "x text_pattern_ops",
    "v varchar_pattern_ops",
    "v",
    "i desc",
    'x collate "C"',
]


@pytest.fixture
def source(databases):
    """Return a source that has tables with odd columns."""
    for database in databases:
        query(database, "create extension citext")
    query(databases.source, TABLE + ALIKE)
    return databases.source


@pytest.mark.parametrize("index", OTHERS)
def test_index_that_takes_equal_values_for_others_is_no_key(databases, source, index):
    query(source, f"create unique index on t ({index})")

    first = run(databases)
    query(source, "update t set n = n + 10")
    second = run(databases)

    assert [stream.replica.key for stream in first.streams] == [()]
    assert changes(second) == {"public.t": (2, 0, 2)}


@pytest.mark.parametrize("index", KEYS)
def test_index_by_the_equality_of_its_columns_is_a_key(databases, source, index):
    query(source, f"create unique index on t ({index})")

    first = run(databases)
    query(source, "update t set n = n + 10")
    second = run(databases)

    assert [stream.replica.key for stream in first.streams] == [(index.split()[0],)]
    assert changes(second) == {"public.t": (0, 2, 0)}
