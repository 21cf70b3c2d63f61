"""Rows that stay though the source deleted them are in the way of nothing else."""

import pytest
from integration.incremental import INCREMENTAL, lines, stream, sync
from integration.replication import configure, query, value

from elt.config import DeletePolicy
from elt.errors import ConfigError
from elt.replication.check import check

USERS = """
create table users (id integer primary key, email text unique, s text);
insert into users select i, 'm' || i, 'x' || i from generate_series(1, 20) as i;
"""
FAMILY = """
create table p (id integer primary key);
create table c (id integer primary key, p integer references p);
insert into p values (1), (2), (3);
insert into c values (1, 1), (2, 2), (3, 3);
"""
ROWS = "select count(*) from raw.users"
ADDED = "alter table users add column c integer not null default 5"
REQUIRED = "update users set s = ''; alter table users alter column s set not null"
USED_AGAIN = "insert into users values (21, 'm1')"
REKEYED = """
update users set s = 'new' where id = 2;
alter table users drop constraint users_pkey, add primary key (id, email);
"""
RETYPED = """
update users set s = 'new' where id = 2; alter table users alter column id type bigint;
"""
RENAMED = """
update users set s = 'new' where id = 2; alter table users rename column id to number;
"""

UNFIT = "alter table users alter column s type integer using substr(s, 2)::integer"
WITHOUT_NULLS = """
create domain d as text check (value is not null);
alter table users add column z d default 'x';
"""


PARTITIONED = """
alter table users rename to old;
create table users (id integer not null, email text, s text) partition by list (id);
alter table users attach partition old default;
"""


@pytest.fixture(params=["soft", "ignore"])
def source(databases, request):
    """Return the options of users, of whom one is deleted and stays."""
    options = stream("public.users", deletes=request.param)
    query(databases.source, USERS + "update users set s = null where id = 1")
    sync(databases, source=options)
    query(databases.source, "delete from users where id = 1")
    sync(databases, source=options)
    return options


@pytest.mark.parametrize("change", [ADDED, REQUIRED, REKEYED, RETYPED, RENAMED])
def test_tables_change_in_spite_of_them(databases, source, change):
    query(databases.source, change)

    [(_, inserted, _, deleted)] = sync(databases, source=source).values()

    assert (inserted, deleted) == (0, 0)
    assert value(databases.destination, ROWS) == 20
    assert sync(databases, source=source) == {"public.users": (0, 0, 0, 0)}


def test_their_unique_values_are_free(databases, source):
    query(databases.source, USED_AGAIN)

    assert sync(databases, source=source) == {"public.users": (1, 1, 0, 0)}


def test_what_they_refer_to_may_go(databases):
    query(databases.source, FAMILY)
    options = {
        "source": stream("public.c", deletes="ignore"),
        "to": {"all_constraints": True},
    }
    sync(databases, **options)
    query(databases.source, "delete from c where id = 3; delete from p where id = 3")

    sync(databases, **options)

    assert value(databases.destination, "select count(*) from raw.c") == 3


def test_a_key_that_they_break_is_explained(databases, source):
    query(
        databases.source,
        "alter table users drop constraint users_pkey, add primary key (s)",
    )

    with pytest.raises(ConfigError) as caught:
        sync(databases, source=source)

    assert "set deletes: apply for one run" in caught.value.hint
    sync(databases, source=INCREMENTAL)
    assert value(databases.destination, ROWS) == 19


def test_a_column_of_the_key_that_they_lack_is_explained(databases, source):
    query(
        databases.source,
        "alter table users drop constraint users_pkey,"
        "add column n integer generated always as identity, add primary key (n)",
    )

    with pytest.raises(ConfigError, match=r"key of public\.users has a new") as caught:
        sync(databases, source=source)

    assert "apply for one run" in caught.value.hint


@pytest.mark.parametrize("change", [UNFIT, WITHOUT_NULLS])
def test_values_that_cannot_be_carried_over_take_no_row_along(
    databases, source, change
):
    query(databases.source, change)

    with pytest.raises(ConfigError) as caught:
        sync(databases, source=source)

    assert "set deletes: apply for one run" in caught.value.hint
    assert value(databases.destination, ROWS) == 20
    sync(databases, source=INCREMENTAL)
    assert value(databases.destination, ROWS) == 19


def test_rows_of_partitions_stay_as_well(databases):
    query(
        databases.source,
        "create table users (id integer primary key, s text) partition by range (id);"
        "create table a partition of users for values from (0) to (100);"
        "insert into users select i, 'x' || i from generate_series(1, 20) as i",
    )
    options = stream("public.a", deletes="ignore")
    sync(databases, source=options)
    query(
        databases.source,
        f"delete from users where id = 1; {UNFIT}",
    )

    with pytest.raises(ConfigError) as caught:
        sync(databases, source=options)

    assert "set deletes: apply for one run" in caught.value.hint
    assert value(databases.destination, ROWS) == 20


def test_partitions_get_a_column_that_they_have_no_value_for(databases):
    source = INCREMENTAL | {"deletes": DeletePolicy.IGNORE}
    query(
        databases.source,
        """
        create table users (id integer primary key) partition by list (id);
        create table users_1 partition of users default;
        insert into users values (1), (2);
        """,
    )
    sync(databases, source=source)
    query(databases.source, "delete from users where id = 1")
    query(databases.source, ADDED)

    sync(databases, source=source)
    with lines() as logged:
        sync(databases, source=source)

    rows = "select id, c from raw.users order by id"
    assert query(databases.destination, rows) == [(1, None), (2, 5)]
    assert not logged["read in full"]
    query(databases.source, "alter table users rename c to d")
    sync(databases, source=source)
    rows = "select id, d from raw.users order by id"
    assert query(databases.destination, rows) == [(1, None), (2, 5)]


@pytest.mark.parametrize("kind", ["view", "materialized view"])
def test_they_do_not_go_with_a_table_that_becomes_a_view(databases, kind):
    source = INCREMENTAL | {"deletes": DeletePolicy.IGNORE, "include_views": True}
    query(
        databases.source,
        "create table users (id integer primary key);insert into users values (1), (2)",
    )
    sync(databases, source=source)
    query(databases.source, "delete from users where id = 1")
    sync(databases, source=source)
    query(databases.source, "alter table users rename to people")
    query(databases.source, f"create {kind} users as select id from people")

    with pytest.raises(ConfigError, match=rf"users is a {kind} by now.*keeps rows"):
        sync(databases, source=source)

    assert query(databases.destination, "select id from raw.users") == [(1,), (2,)]
    query(databases.destination, "drop table raw.users")
    for _ in range(2):
        sync(databases, source=source)
    assert query(databases.destination, "select id from raw.users") == [(2,)]


def test_they_are_not_dropped_with_a_replica_that_becomes_partitioned(
    databases, source
):
    query(databases.source, PARTITIONED)
    source = refused_if_soft(databases, source)
    config = configure(databases, source=source)

    with pytest.raises(ConfigError, match=r"raw\.users keeps rows") as raised:
        sync(databases, source=source)

    found = [finding.text for finding in check(config, config.sources[0]).findings]
    assert raised.value.message in found
    assert value(databases.destination, ROWS) == 20
    query(
        databases.destination,
        "create schema before; alter table raw.users set schema before",
    )
    sync(databases, source=source)
    assert value(databases.destination, ROWS) == 19


def refused_if_soft(databases, source):
    """Return the options, but those that a partitioned table can have."""
    [(_, options)] = source["streams"]
    if options.deletes is not DeletePolicy.SOFT:
        return source
    with pytest.raises(ConfigError, match=r"public\.users is part of a hierarchy"):
        sync(databases, source=source)
    return stream("public.users", deletes="ignore")
