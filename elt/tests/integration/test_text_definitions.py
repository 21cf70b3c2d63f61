"""Definitions with columns that arrive as text: kept where text is enough, or named.

A regclass names something of its own database, so its column is text at the
destination, and so is a composite value with one in it.
"""

import pytest
from integration.replication import changes, query, run

REGCLASS = "create table t (id integer primary key, r regclass)"
ARRAY = "create table t (id integer primary key, r regclass[])"
COMPOSITE = """
create type two as (b boolean, r regclass);
create table t (id integer primary key, r two, z integer)
"""
ROWS = {
    REGCLASS: "insert into t values (1, 'pg_class'), (2, 'pg_type'), (3, null)",
    ARRAY: "insert into t values (1, '{pg_class}'), (2, '{pg_type,pg_class}')",
    # Neither null nor not null, so a condition on r holds for none of them.
    COMPOSITE: "insert into t values (1, (true, null), 5), (2, (true, null), 5)",
}
EXCLUSION = """
alter table t add constraint x exclude using btree (z with =) where (r is not null)
"""
KEPT = [
    (REGCLASS, "alter table t add constraint x unique (r)"),
    (REGCLASS, "alter table t add constraint x exclude using btree (r with =)"),
    (REGCLASS, "create index x on t (r desc nulls last, id)"),
    (REGCLASS, "create index x on t (id) include (r)"),
    (REGCLASS, "create index x on t using brin (r)"),
    (REGCLASS, "create index x on t using hash (r)"),
    (REGCLASS, "create unique index x on t (r) where r is not null"),
    (COMPOSITE, "create unique index x on t (r, id)"),
]
LEFT_OUT = [
    (REGCLASS, "alter table t add constraint x check (r <> 'pg_proc'::regclass)"),
    (REGCLASS, "alter table t add constraint x check (r::oid < 100000::oid)"),
    (REGCLASS, "create index x on t ((r::oid))"),
    (REGCLASS, "create unique index x on t ((r::oid))"),
    (REGCLASS, "create index x on t (id) where r <> 'pg_proc'::regclass"),
    (REGCLASS, "create index x on t using brin (r oid_bloom_ops)"),
    (ARRAY, "create index x on t using gin (r)"),
    (COMPOSITE, "create unique index x on t (z) where r is not null"),
    (COMPOSITE, "create index x on t (((r).b))"),
    (COMPOSITE, "alter table t add constraint x check ((r).b)"),
    (COMPOSITE, EXCLUSION),
]


def _names_after_run(databases, table, part):
    """Return which of the source's keys and indexes the replica has, and what not."""
    query(databases.source, f"{table}; {ROWS[table]}; {part}")
    report = run(databases, to={"all_constraints": True})
    assert not report.failures
    there = query(
        databases.destination,
        "select relname from pg_index join pg_class on pg_class.oid = indexrelid"
        " where indrelid = 'raw.t'::regclass union all select conname"
        " from pg_constraint where conrelid = 'raw.t'::regclass and contype = 'c'",
    )
    (stream,) = report.streams
    return {name for (name,) in there}, [
        (left_out.name, left_out.reason) for left_out in stream.replica.not_copied
    ]


@pytest.mark.parametrize("table, part", KEPT, ids=[part for _, part in KEPT])
def test_what_asks_for_equality_and_order_of_columns_is_kept(databases, table, part):
    there, left_out = _names_after_run(databases, table, part)

    assert there > {"t_pkey"}
    assert left_out == []


@pytest.mark.parametrize("table, part", LEFT_OUT, ids=[part for _, part in LEFT_OUT])
def test_what_needs_the_type_is_named_and_left_out(databases, table, part):
    there, left_out = _names_after_run(databases, table, part)

    kind = "constraint" if " constraint " in part else "index"
    assert there == {"t_pkey"}
    assert left_out == [
        (f"public.t: {kind} x", "needs the type of column r, which is text there")
    ]


def test_column_generated_from_one_that_arrives_as_text_keeps_its_values(databases):
    query(
        databases.source,
        "create type two as (b boolean, r regclass);"
        "create table a (id integer, t two,"
        " n boolean generated always as (t is null) stored);"
        "insert into a values (1, row(null, null)), (2, row(true, null)), (3, null)",
    )

    run(databases)

    rows = "select id, n from {} order by id"
    assert query(databases.destination, rows.format("raw.a")) == query(
        databases.source, rows.format("a")
    )


def test_check_of_a_column_that_arrives_as_text_is_added_once(databases):
    query(
        databases.source,
        "create table w (k integer, r regclass, check (r is not null))"
        " partition by list (k);"
        "create table w_1 partition of w default; insert into w values (1, 'pg_class')",
    )
    run(databases, to={"all_constraints": True})
    checks = "select oid from pg_constraint where conrelid = 'raw.w'::regclass"
    before = query(databases.destination, checks)
    query(databases.source, "update w set k = 2")

    run(databases, to={"all_constraints": True})

    assert len(before) == 1
    assert query(databases.destination, checks) == before


OF_ROLES = "create table p (r regrole) partition by "
BY_LIST = """
create table p_1 partition of p for values in ('pg_monitor');
create table p_2 partition of p default
"""
BY_RANGE = """
create table p_1 partition of p for values from (minvalue) to ('pg_monitor');
create table p_2 partition of p default
"""
BY_HASH = """
create table p_1 partition of p for values with (modulus 2, remainder 0);
create table p_2 partition of p for values with (modulus 2, remainder 1)
"""
OF_DOMAIN = """
create domain d as regrole;
create table p (r d) partition by hash (r)
"""
BY_NUMBER = """
create table p_1 partition of p for values in (10);
create table p_2 partition of p default
"""


@pytest.mark.parametrize(
    "table, parts, is_partitioned",
    [
        pytest.param(f"{OF_ROLES} list (r)", BY_LIST, True, id="list"),
        pytest.param(f"{OF_ROLES} range (r)", BY_RANGE, False, id="range"),
        pytest.param(f"{OF_ROLES} hash (r)", BY_HASH, False, id="hash"),
        pytest.param(OF_DOMAIN, BY_HASH, False, id="hash of a domain"),
        pytest.param(f"{OF_ROLES} list ((r::oid))", BY_NUMBER, False, id="expression"),
    ],
)
def test_partitions_by_what_is_text_there_become_children(
    databases, table, parts, is_partitioned
):
    query(databases.source, f"{table}; {parts}")
    query(databases.source, "insert into p select oid from pg_roles")

    report = run(databases)
    again = run(databases)

    # Other tests may have made roles whose names stand in quotes.
    expected = query(databases.source, "select r::text from p")
    reason = "what places its rows is not the same there"
    told = [(lost.name, lost.reason) for lost in report.not_copied]
    found = query(databases.destination, "select r from raw.p")
    assert sorted(found) == sorted(expected)
    assert changes(again) == {}
    assert told == ([] if is_partitioned else [("public.p: partitioning p", reason)])
