"""Partitions by the hash of an enum, whose rows land elsewhere in another database."""

import pytest
from integration.replication import query, run

_HASHED = """
create type mood as enum ('a', 'b');
create table w (
    id integer generated always as identity (minvalue -9 increment -1),
    m mood,
    primary key (id, m)
) partition by hash (id);
create table w_1 partition of w for values with (modulus 2, remainder 0);
create table w_2 partition of w for values with (modulus 2, remainder 1)
    partition by hash (m);
create table w_2a partition of w_2 for values with (modulus 1, remainder 0);
insert into w (m) values ('a'), ('b'), ('a')
"""
_ROWS = "select id, m::text from {} order by id"


@pytest.mark.parametrize(
    "change, table",
    [
        pytest.param("insert into w (m) values ('b')", "w", id="nothing"),
        pytest.param("alter table w rename to v", "v", id="another name"),
        pytest.param(
            "alter table w rename constraint w_pkey to x", "w", id="name of a key"
        ),
        pytest.param(
            "alter table w_2 rename to v; insert into w (m) values ('b')",
            "v",
            id="another name of a part",
        ),
        pytest.param(
            "alter table w detach partition w_2", "w", id="ordinary partitions"
        ),
        pytest.param(
            "drop table w; create table w (id integer, m mood);"
            "insert into w values (1, 'b')",
            "w",
            id="no partitions",
        ),
    ],
)
def test_change_of_a_table_partitioned_by_the_hash_of_an_enum(databases, change, table):
    query(databases.source, _HASHED)
    run(databases)
    query(databases.source, change)

    run(databases, allow_shrink=True)

    assert query(databases.destination, _ROWS.format(f"raw.{table}")) == query(
        databases.source, _ROWS.format(table)
    )


def test_wholes_are_partitioned_again_without_a_part_by_the_hash_of_an_enum(databases):
    query(
        databases.source,
        "create type mood as enum ('a', 'b');"
        "create table w (m mood) partition by list (m);"
        "create table w_1 partition of w for values in ('a') partition by list (m);"
        "create table w_2 partition of w_1 for values in ('a') partition by hash (m);"
        "create table w_3 partition of w_2 for values with (modulus 1, remainder 0);"
        "create table w_4 partition of w for values in ('b');"
        "insert into w values ('a'), ('b')",
    )
    run(databases)
    query(databases.source, "alter table w_1 detach partition w_2")

    run(databases)

    assert query(databases.destination, "select m::text from raw.w") == [("b",)]
    kind = "select relkind::text from pg_class where oid = 'raw.w_1'::regclass"
    assert query(databases.destination, kind) == [("p",)]


@pytest.mark.parametrize("versioned_databases", [14], indirect=True)
def test_part_by_the_hash_of_an_enum_is_detached_on_an_older_server(
    versioned_databases,
):
    query(versioned_databases.source, _HASHED)
    run(versioned_databases)
    query(versioned_databases.source, "alter table w detach partition w_2")

    run(versioned_databases, allow_shrink=True)

    assert query(versioned_databases.destination, _ROWS.format("raw.w")) == query(
        versioned_databases.source, _ROWS.format("w")
    )


def test_ordinary_table_that_becomes_one_by_the_hash_of_an_enum(databases):
    query(databases.source, "create table w (id integer); insert into w values (7)")
    run(databases)
    query(databases.source, "drop table w;" + _HASHED)

    run(databases, allow_shrink=True)

    assert query(databases.destination, _ROWS.format("raw.w")) == query(
        databases.source, _ROWS.format("w")
    )


def test_partition_by_the_hash_of_an_enum_below_another_one(databases):
    query(
        databases.source,
        "create type mood as enum ('a', 'b');"
        "create table w (n integer, m mood) partition by list (n);"
        "create table w_1 partition of w for values in (1) partition by hash (m);"
        "create table w_1a partition of w_1 for values with (modulus 1, remainder 0);"
        "create table w_2 partition of w default;"
        "insert into w values (1, 'a'), (2, 'b')",
    )

    run(databases)

    rows = "select n, m::text from {} order by n"
    assert query(databases.destination, rows.format("raw.w")) == query(
        databases.source, rows.format("w")
    )
