"""Changes that are kept away from a replica, and followed when the policy says so."""

import pytest
from integration.replication import query, run, value

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


ABOVE = {
    "partitioned": (
        """
        create table t (id integer, k integer, z integer not null)
            partition by list (k);
        create table t1 partition of t for values in (1);
        create index on t (z);
        """,
        "create table t2 partition of t for values in (2)",
    ),
    "partitioned twice": (
        """
        create table t (id integer, k integer, z integer not null)
            partition by list (k);
        create table t1 partition of t for values in (1);
        """,
        """
        create table t2 partition of t for values in (2) partition by range (id);
        create table t3 partition of t2 default;
        """,
    ),
    "without partitions": (
        "create table t (id integer, k integer, z integer) partition by list (k);",
        "create table t2 partition of t default",
    ),
    "inherited": (
        "create table t (id integer, k integer, z integer not null);",
        "create table t2 () inherits (t); create table t3 (own integer) inherits (t2)",
    ),
}
#: What is changed, and which columns keep their values.
CHANGES = {
    "added": ("add column m text default 'm'; create index on t (m)", "id, k, z"),
    "dropped": ("drop column z", "id, k"),
    "renamed": ("rename column z to y", "id, k"),
    "retyped": ("alter column z type text", "id, k"),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("above", ABOVE)
def test_a_new_table_below_one_that_keeps_its_columns(databases, above, change):
    made, below = ABOVE[above]
    altered, columns = CHANGES[change]
    query(databases.source, made)
    if above != "without partitions":
        query(databases.source, "insert into t values (1, 1, 1)")
    run(databases, on_schema_change=KEEP)
    query(databases.source, f"alter table t {altered}; {below}")
    run(databases, on_schema_change=KEEP)
    table = "t3" if above == "inherited" else "t"
    values = "2, 2" if change == "dropped" else "2, 2, 5"
    query(databases.source, f"insert into {table} values ({values})")
    run(databases, on_schema_change=KEEP)

    rows = f"select {columns} from {{}} order by id"
    at_source = query(databases.source, rows.format("t"))
    assert query(databases.destination, rows.format("raw.t")) == at_source
    nulls = value(databases.destination, "select count(*) from raw.t where z is null")
    assert nulls == (0 if change == "added" else 1)

    run(databases)
    run(databases)

    for table in ("t", "t2"):
        everything = f"select to_jsonb(x)::text from {{}}{table} as x order by 1"
        at_source = query(databases.source, everything.format(""))
        assert query(databases.destination, everything.format("raw.")) == at_source
