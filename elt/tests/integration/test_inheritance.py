"""Children that differ from their parents in what a newer server asks them to share."""

from contextlib import ExitStack

import pytest
from integration.replication import changes, configure, query, run, value
from servers import Databases, new_database

from elt.config import SyncMode
from elt.replication.check import check

PARENT = """
create table p (id int primary key, a int constraint nn not null);
create table c (b int) inherits (p);
create table d () inherits (c);
"""
_DROP = "alter table c alter a drop not null; "
NULLABLE = {
    16: _DROP + "alter table d alter a drop not null",
    17: _DROP + "alter table d alter a drop not null",
    18: "alter table p alter constraint nn no inherit;" + _DROP,
}
ROWS = "insert into p values (1, 1); insert into d values (2, null, 3)"
NOT_NULL = [
    ("public.p: not null of column a", "a table that inherits it may have nulls there")
]


@pytest.fixture
def pair(postgres_server):
    """Return a function that makes two databases, of two versions."""
    with ExitStack() as stack:

        def make(old, new):
            return Databases(
                stack.enter_context(new_database(postgres_server(old), "SOURCE")),
                stack.enter_context(new_database(postgres_server(new), "DESTINATION")),
            )

        yield make


def left_out(report):
    return [(lost.name, lost.reason) for lost in report.not_copied]


@pytest.mark.parametrize("version", NULLABLE)
def test_parent_of_a_child_with_nulls_may_have_them_too(pair, version):
    databases = pair(version, 18)
    query(databases.source, f"{PARENT}{NULLABLE[version]}; {ROWS}")

    report = run(databases)
    again = run(databases, full=True)

    assert left_out(report) == left_out(again) == NOT_NULL
    assert changes(again) == {}
    assert query(databases.destination, "select id, a from raw.p order by id") == [
        (1, 1),
        (2, None),
    ]


@pytest.mark.parametrize("only", [(), ("public.p",)], ids=str)
@pytest.mark.parametrize("mode", [SyncMode.FULL_REFRESH, SyncMode.INCREMENTAL])
def test_child_may_be_null_from_now_on(pair, only, mode):
    databases = pair(18, 18)
    source = {"mode": mode}
    query(databases.source, f"{PARENT} insert into p values (1, 1)")
    run(databases, source=source)

    query(databases.source, NULLABLE[18])
    query(databases.source, "insert into d values (2, null, 3)")
    run(databases, only=only, source=source)
    report = run(databases, source=source)

    assert left_out(report) == NOT_NULL
    assert value(databases.destination, "select count(*) from raw.p") == 2


def test_primary_key_that_children_break_is_left_out_with_what_refers_to_it(pair):
    databases = pair(17, 18)
    query(
        databases.source,
        """
        create table p (id int primary key, a int);
        create table c () inherits (p);
        create table r (p int references p);
        alter table c alter id drop not null;
        insert into p values (1, 1);
        insert into c values (null, 2);
        """,
    )

    report = run(databases, to={"all_constraints": True})
    query(databases.source, "update p set a = 3")
    again = run(databases, to={"all_constraints": True})

    assert sorted(name for name, _ in left_out(report)) == [
        "public.p: constraint p_pkey",
        "public.p: not null of column id",
        "public.r: constraint r_p_fkey",
    ]
    assert changes(again).keys() == {"public.p", "public.c"}


CODE = """
create function twice(int) returns int language sql immutable as 'select $1 * 2';
create table p (x int, g int generated always as (twice(x)) stored);
create table c (x int, g int generated always as (x * 3) stored) inherits (p);
create table d () inherits (c);
"""
PLAIN_PARENT = """
create table p (x int, g int);
create table c (x int, g int generated always as (x * 3) stored) inherits (p);
"""
OTHER_EXPRESSION = """
create table p (x int, g int generated always as (x * 2) stored);
create table c (x int, g int generated always as (x * 3) stored) inherits (p);
"""
OTHER_PART = """
create table p (x int, g int generated always as (x * 2) stored)
    partition by list (x);
create table c (x int, g int generated always as (x * 3) stored);
alter table p attach partition c for values in (1);
"""


@pytest.mark.parametrize(
    "old, new, script, generated",
    [
        pytest.param(18, 18, CODE, 0, id="code of the user"),
        pytest.param(14, 18, PLAIN_PARENT, 0, id="parent that is not generated"),
        pytest.param(14, 14, PLAIN_PARENT, 0, id="the same in 14"),
        pytest.param(18, 14, OTHER_EXPRESSION, 0, id="another expression, to 14"),
        pytest.param(18, 18, OTHER_EXPRESSION, 2, id="another expression"),
        pytest.param(18, 14, OTHER_PART, 0, id="another one of a partition, to 14"),
        pytest.param(18, 18, OTHER_PART, 2, id="another one of a partition"),
    ],
)
def test_columns_are_generated_where_those_above_and_below_are(
    pair, old, new, script, generated
):
    databases = pair(old, new)
    query(databases.source, f"{script} insert into c (x) values (1)")

    run(databases)
    query(databases.source, "insert into c (x) values (1)")
    run(databases, only=["public.c"])
    run(databases, full=True)

    count = """
        select count(*) from pg_attribute
        where attgenerated = 's' and attrelid in ('raw.p'::regclass, 'raw.c'::regclass)
    """
    assert value(databases.destination, count) == generated
    assert query(databases.destination, "select g from raw.p") == [(3,), (3,)]


def test_check_names_what_a_parent_loses(pair):
    databases = pair(18, 18)
    query(databases.source, f"{PARENT}{NULLABLE[18]}")
    config = configure(databases)

    findings = check(config, config.sources[0]).findings

    assert NOT_NULL[0][0] in "\n".join(finding.text for finding in findings)
