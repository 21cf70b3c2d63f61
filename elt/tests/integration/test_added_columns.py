"""Columns that somebody adds to a replica stay, with their values, and checks do."""

import pytest
from integration.replication import query, run

from elt.config import SchemaChangePolicy

WHOLE = """
create table w (id integer, k integer, x text, primary key (id, k))
    partition by list (k);
create table w1 partition of w for values in (1);
create table w2 partition of w for values in (2) partition by list (id);
create table w2_2 partition of w2 for values in (2);
insert into w values (1, 1, 'a'), (2, 2, 'b');
"""
ADD = "alter table raw.{0} add note text; update raw.{0} set note = 'mine'"


def notes(databases, table="w"):
    return query(databases.destination, f"select id, note from raw.{table} order by 1")


@pytest.mark.parametrize(
    "change",
    [
        "update w set x = 'c' where id = 1",
        "alter table w add y integer; create index on w (x)",
        "alter table w drop x",
        "alter table w rename x to y",
        "alter table w alter x type varchar(9)",
        "alter table w detach partition w2",
    ],
)
def test_column_of_a_partitioned_replica_stays(databases, change):
    query(databases.source, WHOLE)
    run(databases)
    query(databases.destination, ADD.format("w"))
    query(databases.source, change)

    run(databases)
    run(databases)

    kept = [note for note in notes(databases) if note[1] == "mine"]
    assert kept == [(1, "mine")] + ([] if "detach" in change else [(2, "mine")])


def test_new_partitions_come_to_have_the_column(databases):
    query(databases.source, WHOLE)
    run(databases)
    query(databases.destination, ADD.format("w"))
    query(
        databases.source,
        "create table w2_3 partition of w2 for values in (3);"
        "create table w4 partition of w for values in (4) partition by list (id);"
        "create table w4_4 partition of w4 for values in (4);"
        "insert into w values (3, 2, 'c'), (4, 4, 'd')",
    )

    run(databases)
    query(databases.source, "alter table w drop x; insert into w values (5, 1)")
    run(databases)

    there = [(1, "mine"), (2, "mine"), (3, None), (4, None), (5, None)]
    assert notes(databases) == there


def test_new_child_comes_to_have_the_column(databases):
    query(databases.source, "create table t (id integer); insert into t values (1)")
    run(databases)
    query(databases.destination, ADD.format("t"))
    query(databases.source, "create table s () inherits (t); insert into s values (2)")

    run(databases)

    assert notes(databases, "t") == [(1, "mine"), (2, None)]


def test_new_partitions_come_to_have_a_check(databases):
    query(databases.source, WHOLE)
    run(databases, to={"all_constraints": True})
    query(databases.destination, "alter table raw.w add constraint mine check (id > 0)")
    query(
        databases.source,
        "create table w4 partition of w for values in (4) partition by list (id);"
        "create table w4_4 partition of w4 for values in (4)",
    )

    run(databases, to={"all_constraints": True})
    run(databases, to={"all_constraints": True})

    checks = (
        "select conrelid::regclass::text from pg_constraint where conname = 'mine' "
        "and coninhcount > 0 and conrelid::regclass::text ~ 'w4' order by 1"
    )
    assert query(databases.destination, checks) == [("raw.w4",), ("raw.w4_4",)]


def test_column_stays_where_others_are_kept_and_then_followed(databases):
    keep = {"on_schema_change": SchemaChangePolicy.KEEP}
    query(databases.source, WHOLE)
    run(databases, **keep)
    query(databases.destination, ADD.format("w"))
    query(
        databases.source,
        "alter table w drop x; create table w4 partition of w for values in (4);"
        "insert into w values (4, 4)",
    )
    run(databases, **keep)

    run(databases)
    run(databases)

    assert notes(databases) == [(1, "mine"), (2, "mine"), (4, None)]
