"""Readers of a table that is altered do not wait for the rows of all others."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from integration.gates import gate
from integration.replication import query, run

from elt.config import PublishPolicy

TABLES = """
create table big (id integer primary key, n integer);
insert into big select n, n from generate_series(1, 1000) as n;
create table small (id integer primary key, n integer);
create index small_n on small (n);
insert into small values (1, 1);
create table whole (id integer, k integer) partition by list (k);
create table part_1 partition of whole for values in (1);
create table others partition of whole default;
insert into whole values (1, 1), (2, 2);
create table sales (id integer primary key, small_id integer references small);
insert into sales values (1, 1);
create table alone (id integer primary key);
"""
#: The rows of a table wait before the gate.
HOLD = """
create function public.hold() returns trigger language plpgsql as $$
begin
    perform public.pass_gate();
    return null;
end $$;
create trigger hold before update on raw.big
for each statement execute function public.hold();
"""
ALL = {"all_constraints": True}


@pytest.fixture
def tables(databases):
    query(databases.source, TABLES)
    run(databases, to=ALL)
    return databases


@contextmanager
def publishing(databases, **options):
    """Stand in the middle of a publish, where the rows of `big` are written."""
    with ThreadPoolExecutor(1) as executor:
        with gate(databases.destination) as closed:
            query(databases.destination, HOLD)
            running = executor.submit(run, databases, **options)
            closed.wait()
            yield
        running.result()


def read(databases, table):
    """Return the rows of a replica; fail where its readers have to wait."""
    statement = f"set lock_timeout to '1s'; select * from raw.{table} order by 1"
    return query(databases.destination, statement)


@pytest.mark.parametrize("policy", PublishPolicy)
@pytest.mark.parametrize(
    "change, table",
    [
        ("alter table small add column m integer default 5", "small"),
        ("drop index small_n", "small"),
        ("alter table small alter n type text", "sales"),
        ("alter table whole add column m integer", "whole"),
        ("alter table whole detach partition part_1", "whole"),
        ("create index on whole (id)", "part_1"),
    ],
)
def test_reader_of_an_altered_table_does_not_wait_for_other_rows(
    tables, change, table, policy
):
    query(tables.source, f"update big set n = n + 1; {change}")
    before = read(tables, table)

    with publishing(tables, to=ALL, publish=policy):
        found = read(tables, table)

    assert found == before
    assert query(tables.source, f"select * from {table} order by 1") == read(
        tables, table
    )


def test_largest_of_the_altered_tables_is_written_first(tables):
    query(
        tables.source,
        "alter table alone add column m integer;"
        "alter table big add column m integer default 5; update big set n = n + 1",
    )

    with publishing(tables, to=ALL):
        assert read(tables, "alone") == []

    assert query(tables.destination, "select id, m from raw.alone") == []


REFERRING = """
create table a (id integer primary key);
create table b (id integer primary key, a integer references a);
create table c (id integer primary key, b integer references b);
create table d (id integer primary key, c integer references c);
create table w (id integer, k integer, c integer references c, primary key (id, k))
    partition by list (k);
create table w_1 partition of w for values in (1);
create table w_2 partition of w default;
create table v (id integer, k integer, foreign key (id, k) references w);
insert into a values (1);
insert into b values (1, 1);
insert into c values (1, 1);
insert into d values (1, 1);
insert into w values (1, 1, 1), (1, 2, 1);
insert into v values (1, 1), (1, 2);
"""
#: Rows of all tables change hands, so that each foreign key is to be checked.
REFER = """
insert into a values (2);
insert into b values (2, 2);
insert into c values (2, 2);
insert into d values (2, 2);
insert into w values (2, 1, 2), (2, 2, 2);
insert into v values (2, 1), (2, 2);
update d set c = 2;
delete from v where id = 1;
delete from w where id = 1;
delete from c where id = 1;
delete from b where id = 1;
delete from a where id = 1;
"""


@pytest.mark.parametrize(
    "change",
    [
        "alter table a add column x integer",
        "alter table b add column x integer",
        "alter table d drop constraint d_c_fkey",
        "alter table v drop constraint v_id_k_fkey",
        "alter table w add column x integer",
        "alter table c alter id type bigint",
        "create table w_3 partition of w for values in (3)",
        "alter table d rename constraint d_pkey to e",
        "drop table v; alter table w detach partition w_1",
        "drop table d",
        "alter table b add foreign key (id) references a",
    ],
)
@pytest.mark.parametrize("policy", PublishPolicy)
def test_rows_that_refer_to_each_other_are_written_beside_alterations(
    databases, change, policy
):
    query(databases.source, REFERRING)
    run(databases, to=ALL)
    query(databases.source, REFER + change)

    run(databases, to=ALL, publish=policy, allow_shrink=True)

    for table in "abcw":
        found = f"select * from {{}}{table} order by 1"
        assert query(databases.destination, found.format("raw.")) == query(
            databases.source, found.format("")
        )
