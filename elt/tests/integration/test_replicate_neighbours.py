"""What others have made in a landing schema, or below a replica, stays theirs."""

import pytest
from integration.replication import configure, query, run, value

from elt.errors import ConfigError
from elt.replication.check import check

ALL_CONSTRAINTS = {"all_constraints": True}
#: A partitioned table of a user, with a row.
OF_A_USER = """
create schema raw;
create table raw.films (id int, note text) partition by list (id);
create table raw.films_7 partition of raw.films for values in (7);
insert into raw.films values (7, 'precious');
"""
#: A partitioned table of the source.
SALES = """
create table sales (id int, kind int) partition by list (kind);
create table sales_1 partition of sales for values in (1);
create table sales_2 partition of sales for values in (2) partition by list (id);
create table sales_2_rest partition of sales_2 default;
insert into sales values (1, 1), (2, 2);
"""


@pytest.fixture
def sales(databases):
    """Return databases of which the destination has partitioned sales."""
    query(databases.source, SALES)
    run(databases)
    return databases


def rows_of(database, table):
    return query(database, f"select * from {table} order by 1")


@pytest.mark.parametrize(
    "of_the_source",
    [
        "create table films (id int primary key)",
        """
        create table films (id int) partition by list (id);
        create table films_1 partition of films for values in (1)
        """,
    ],
    ids=["a table", "a partitioned table"],
)
def test_a_partitioned_table_of_somebody_else_is_refused(databases, of_the_source):
    query(databases.destination, OF_A_USER)
    query(databases.source, f"{of_the_source}; insert into films values (1)")

    with pytest.raises(ConfigError, match=r"raw\.films exists, but not through elt"):
        run(databases)

    config = configure(databases)
    report = check(config, config.sources[0])
    assert "raw.films exists, but not through elt" in str(report.findings)
    assert rows_of(databases.destination, "raw.films") == [(7, "precious")]


def test_a_run_leaves_partitions_of_somebody_else_attached(sales):
    query(
        sales.destination,
        """
        create table raw.mine (id int, kind int) partition by list (id);
        create table raw.mine_1 partition of raw.mine for values in (1)
            partition by list (kind);
        create table raw.mine_1_rest partition of raw.mine_1 default;
        insert into raw.mine values (1, 1);
        """,
    )

    run(sales)

    assert rows_of(sales.destination, "raw.mine") == [(1, 1)]


@pytest.mark.parametrize(
    "above",
    [
        """
        create table raw.mine (id int not null) partition by list (id);
        alter table raw.mine attach partition raw.plain for values in (1);
        """,
        "create table raw.mine (id int); alter table raw.plain inherit raw.mine",
    ],
    ids=["a partitioned table", "a parent"],
)
def test_a_run_leaves_a_replica_below_a_table_of_somebody_else(sales, above):
    query(sales.source, "create table plain (id int primary key)")
    run(sales)
    query(sales.destination, above)
    query(sales.source, "insert into plain values (1)")

    run(sales)

    assert rows_of(sales.destination, "raw.mine") == [(1,)]


def test_an_index_of_somebody_elses_partitioned_table_keeps_its_name(sales):
    query(
        sales.destination,
        """
        create table raw.mine (kind int) partition by list (kind);
        create index by_kind on raw.mine (kind);
        """,
    )
    query(sales.source, "create index by_kind on sales (kind)")

    with pytest.raises(ConfigError, match=r"raw\.by_kind is an index of raw\.mine"):
        run(sales)


def test_a_foreign_key_of_somebody_elses_partitioned_table_stays(databases):
    query(databases.source, "create table films (id int primary key)")
    run(databases, to=ALL_CONSTRAINTS)
    query(
        databases.destination,
        "create table raw.mine (film int constraint mine_film references raw.films "
        "deferrable) partition by list (film)",
    )

    run(databases, to=ALL_CONSTRAINTS)

    kept = "select count(*) from pg_constraint where conname = 'mine_film'"
    assert value(databases.destination, kept) == 1


@pytest.mark.parametrize("schema", ["public", "raw"])
@pytest.mark.parametrize(
    "anew",
    [
        """
        create table sales (id int, kind int) partition by list (id);
        create table sales_1 partition of sales default
        """,
        "create table sales (id int, kind int)",
    ],
    ids=["partitioned otherwise", "a table"],
)
def test_a_partition_that_somebody_attached_to_a_replica_is_not_dropped_with_it(
    sales, schema, anew
):
    query(
        sales.destination,
        f"create table {schema}.mine partition of raw.sales for values in (99);"
        f"insert into {schema}.mine values (5, 99)",
    )
    query(sales.source, f"drop table sales; {anew}; insert into sales values (1, 1)")

    with pytest.raises(ConfigError, match=rf"{schema}\.mine is a partition of") as why:
        run(sales, allow_shrink=True)

    query(sales.destination, why.value.hint.removeprefix("Detach it: "))
    run(sales, allow_shrink=True)
    assert rows_of(sales.destination, "raw.sales") == [(1, 1)]
    assert rows_of(sales.destination, f"{schema}.mine") == [(5, 99)]


@pytest.mark.parametrize(
    "change",
    [
        "alter table sales add note text",
        "drop table sales; create table sales (kind bigint) partition by list (kind)",
        "drop table sales; create table sales (id int) partition by list (id)",
    ],
    ids=["a column", "columns, one of the key", "the key"],
)
def test_grants_on_a_partitioned_replica_without_partitions_stay(
    databases, make_role, change
):
    query(
        databases.source,
        "create table sales (id int, kind int) partition by list (kind)",
    )
    run(databases)
    role = make_role(databases.destination).user
    query(databases.destination, f"grant select on raw.sales to {role}")
    query(databases.source, change)

    run(databases)

    allowed = f"select has_table_privilege('{role}', 'raw.sales', 'select')"
    assert value(databases.destination, allowed)


def test_a_view_on_a_partitioned_replica_without_partitions_lets_a_column_come(
    databases,
):
    query(databases.source, "create table sales (id int) partition by list (id)")
    run(databases)
    query(databases.destination, "create view of_a_user as select id from raw.sales")
    query(databases.source, "alter table sales add note text")

    run(databases)

    assert query(databases.destination, "select id, note from raw.sales") == []


@pytest.mark.parametrize(
    "facts, change",
    [
        ({"exclude": ("public.sales*",)}, "select"),
        ({}, "drop table sales"),
    ],
    ids=["excluded", "dropped"],
)
def test_a_partitioned_table_that_is_gone_stays_as_it_was(sales, facts, change):
    query(sales.source, f"create table others (id int); {change}")

    for _ in range(2):
        run(sales, source=facts)

    assert rows_of(sales.destination, "raw.sales") == [(1, 1), (2, 2)]


def test_a_partitioned_table_that_was_gone_comes_back(sales):
    query(sales.source, "create table others (id int); drop table sales")
    run(sales)
    query(sales.source, SALES + "insert into sales values (3, 2)")

    run(sales)

    assert rows_of(sales.destination, "raw.sales") == [(1, 1), (2, 2), (3, 2)]


def test_a_partition_that_is_gone_leaves_the_table_that_is_not(sales):
    query(sales.source, "drop table sales_2")

    run(sales, allow_shrink=True)

    assert rows_of(sales.destination, "raw.sales") == [(1, 1)]
    assert rows_of(sales.destination, "raw.sales_2") == [(2, 2)]


def test_a_partitioned_replica_that_was_dropped_is_no_longer_ours(databases):
    query(
        databases.source,
        "create table sales (id int) partition by list (id); create table others ()",
    )
    run(databases)
    query(databases.source, "drop table sales")
    query(databases.destination, "drop table raw.sales")
    run(databases)
    made = "create table {} (id int) partition by list (id)"
    query(databases.destination, made.format("raw.sales"))
    query(databases.source, made.format("sales"))

    with pytest.raises(ConfigError, match=r"raw\.sales exists, but not through elt"):
        run(databases)


def test_the_state_of_an_earlier_version_finds_partitioned_tables(sales):
    query(sales.source, "create table empty (id int) partition by list (id)")
    run(sales)
    query(
        sales.destination,
        "drop table elt.partitioned_tables;"
        "delete from elt.migrations where version ~ '^00(09|14)'",
    )
    query(sales.source, "alter table sales add note text")
    config = configure(sales)
    assert check(config, config.sources[0]).exit_code == 0

    run(sales)

    found = "select destination_table from elt.partitioned_tables order by 1"
    names = [name for (name,) in query(sales.destination, found)]
    assert names == ["empty", "sales", "sales_2"]
    assert value(sales.destination, "select count(note) from raw.sales") == 0


def test_a_deferrable_foreign_key_of_somebody_else_stays(sales):
    every = {"all_constraints": True}
    query(
        sales.source,
        """
        create table kinds (kind int primary key); insert into kinds values (1), (2);
        alter table sales add constraint ours foreign key (kind) references kinds;
        """,
    )
    run(sales, to=every)
    query(
        sales.destination,
        "alter table raw.sales add constraint mine foreign key (id)"
        " references raw.kinds deferrable initially deferred",
    )
    query(sales.source, "alter table sales add note text")
    run(sales, to=every)
    query(sales.source, "alter table sales drop constraint ours")

    run(sales, to=every)

    kept = """
        select conname from pg_constraint
        where contype = 'f' and conrelid = 'raw.sales'::regclass
        """
    assert query(sales.destination, kept) == [("mine",)]
