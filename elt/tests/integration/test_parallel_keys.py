"""The keys and indexes of a big new table are built side by side, and all there."""

import pytest
from integration.replication import (
    changes,
    leftovers,
    published,
    query,
    refuse_command,
    run,
    value,
    version_of,
)

from elt.config import Verification
from elt.errors import ConfigError
from elt.replication.rows import parts

LINES = """
create table lines (
    id integer not null,
    "a (""b"") DEFERRABLE" integer not null,
    code text,
    period int4range not null,
    constraint lines_pkey primary key (id) include (code),
    constraint "a key" unique ("a (""b"") DEFERRABLE") deferrable initially deferred,
    constraint again unique (code, id) deferrable,
    exclude using gist (period with &&),
    constraint positive check (id > 0)
);
insert into lines
select n, -n, repeat('x', 100) || n, int4range(n, n + 1)
from generate_series(1, 5000) as n;
create index on lines (code, id desc) include (period) where id > 7;
create index by_length on lines (length(code));
create unique index once on lines ((id + 1));
"""
SINCE_15 = """
create table sparse (n integer, filler text, unique nulls not distinct (n));
insert into sparse
select nullif(n, 1), repeat('x', 200) from generate_series(1, 5000) as n;
"""
SINCE_18 = """
create table rooms (
    room int4range, during daterange, filler text,
    primary key (room, during without overlaps)
);
insert into rooms
select int4range(n, n + 1), '[2026-01-01,2027-01-01)', repeat('x', 200)
from generate_series(1, 5000) as n;
"""
CONSTRAINTS = """
select conname, contype, condeferrable, condeferred, pg_get_constraintdef(oid)
from pg_constraint
where conrelid = any(%s::regclass[]) and contype <> 'n' order by conname
"""
INDEXES = """
select i.indexrelid::regclass::name, i.indisunique, i.indisprimary, i.indisvalid,
    regexp_replace(pg_get_indexdef(i.indexrelid), '^.* USING ', '')
from pg_index as i where i.indrelid = any(%s::regclass[]) order by 5
"""
STATISTICS = """
select count(*) from pg_stats where schemaname = 'raw' and tablename = %s
"""


@pytest.fixture
def small_parts(monkeypatch):
    monkeypatch.setattr(parts, "PART_BYTES", 100_000)


@pytest.fixture
def lines(databases, small_parts):
    query(databases.source, LINES)
    return databases


def same(databases, statement, *tables):
    at_source = query(databases.source, statement, ([*tables],))
    tables = [f"raw.{table}" for table in tables]
    at_destination = query(databases.destination, statement, (tables,))
    assert at_source
    return [_bare(row) for row in at_source] == [_bare(row) for row in at_destination]


def _bare(row):
    return [str(part).removeprefix("raw.") for part in row]


@pytest.mark.parametrize("workers", [1, 2, 4])
@pytest.mark.parametrize("verify", [Verification.COUNT, Verification.CHECKSUM])
def test_table_has_every_key_and_index(lines, workers, verify):
    report = run(lines, workers=workers, verify=verify, to={"all_constraints": True})

    assert changes(report) == {"public.lines": (5000, 0, 0)}
    assert same(lines, CONSTRAINTS, "lines")
    assert same(lines, INDEXES, "lines")


def test_statistics_are_those_of_an_indexed_table(lines):
    run(lines, workers=2)

    assert value(lines.destination, STATISTICS, ("lines",)) == 4
    assert value(lines.destination, STATISTICS, ("by_length",)) == 1


def test_keys_of_newer_versions_are_built(versioned_databases, small_parts):
    version = version_of(versioned_databases.source)
    tables = []
    if version >= 15:
        query(versioned_databases.source, SINCE_15)
        tables.append("sparse")
    if version >= 18:
        query(versioned_databases.source, SINCE_18)
        tables.append("rooms")
    query(versioned_databases.source, LINES)

    run(versioned_databases, workers=2)

    for table in (*tables, "lines"):
        assert same(versioned_databases, INDEXES, table)


def test_index_that_cannot_be_built_publishes_nothing(lines):
    """Others that are being built are ended, and dropped with the rest."""
    refuse_command(lines.destination, "CREATE INDEX", naming="by_length")

    with pytest.raises(ConfigError, match=r"public\.lines"):
        run(lines, workers=2)

    assert published(lines.destination) == {}
    assert leftovers(lines.destination) == []
