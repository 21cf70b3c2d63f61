"""Changes that are kept away from a replica, and followed when the policy says so."""

import pytest
from integration.replication import query, run

from elt.config import SchemaChangePolicy

KEEP = SchemaChangePolicy.KEEP
PLAIN = "create table t (id integer primary key, x text not null, n integer not null);"
PARTITIONED = """
create table t (id integer, x text not null, n integer not null, primary key (id))
    partition by range (id);
create table t1 partition of t for values from (0) to (10);
"""
ROW = "insert into t values (1, 'a', 1);"


def nullable(databases, table="raw.t"):
    """Return the columns of a replica that may be null."""
    found = query(
        databases.destination,
        "select attname from pg_attribute where attrelid = %(table)s::regclass "
        "and attnum > 0 and not attisdropped and not attnotnull order by attnum",
        {"table": table},
    )
    return [name for (name,) in found]


@pytest.mark.parametrize("table", [PLAIN, PARTITIONED], ids=["plain", "partitioned"])
@pytest.mark.parametrize(
    "change, kept, missing",
    [
        ("alter table t rename x to y", ["x"], []),
        ("alter table t alter n drop not null", ["n"], ["n"]),
        ("alter table t drop column x; alter table t add x text", ["x"], ["x"]),
        ("alter table t alter n type bigint", ["n"], []),
    ],
    ids=["renamed", "may be null", "made anew", "retyped"],
)
def test_not_null_comes_back_from_keep_to_propagate(
    databases, table, change, kept, missing
):
    query(databases.source, table + ROW)
    run(databases, on_schema_change=KEEP)
    query(databases.source, change)
    for _ in range(2):
        run(databases, on_schema_change=KEEP)
        assert nullable(databases) == kept

    run(databases)

    assert nullable(databases) == missing
    run(databases)
    assert nullable(databases) == missing
