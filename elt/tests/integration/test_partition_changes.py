"""Partitions and children that come, change and go do so in the replica."""

import pytest
from integration.altered import same_rows
from integration.replication import query, run, value

from elt.config import PublishPolicy, SyncMode
from elt.errors import ConfigError

PARTITIONS = """
create table events (id integer, day date not null, note text, primary key (id, day))
    partition by range (day);
create table events_1 partition of events
    for values from ('2024-01-01') to ('2025-01-01');
create table events_2 partition of events
    for values from ('2025-01-01') to ('2026-01-01')
    partition by hash (id);
create table events_2a partition of events_2 for values with (modulus 2, remainder 0);
create table events_2b partition of events_2 for values with (modulus 2, remainder 1);
insert into events
    select n, date '2024-12-01' + n, 'n' || n from generate_series(1, 60) as n;
create table parents (id integer primary key, name text);
create table children (age integer) inherits (parents);
insert into parents values (1, 'p'); insert into children values (2, 'c', 3);
"""


@pytest.fixture
def events(databases):
    """Return databases with partitioned and inherited tables."""
    query(databases.source, PARTITIONS)
    run(databases)
    return databases


def test_columns_of_a_partitioned_table_are_followed_at_its_root(events):
    query(
        events.source,
        "alter table events rename note to remark;"
        "alter table events add column size integer not null default 4;"
        "create index events_size on events (size)",
    )

    run(events)

    assert same_rows(events, "id, day, remark, size", "events")
    assert value(
        events.destination, "select to_regclass('raw.events_size') is not null"
    )


LISTED = """
create table t (id integer, k integer, primary key (id, k)) partition by list (k);
create table t1 partition of t for values in (1, 2);
create table t_other partition of t default partition by list (id);
create table t_other_3 partition of t_other for values in (3);
create table t_other_rest partition of t_other default;
insert into t values (1, 1), (2, 5);
"""


@pytest.mark.parametrize("mode", SyncMode)
@pytest.mark.parametrize(
    "change",
    [
        "alter table t detach partition t1",
        "drop table t1",
        (
            "alter table t detach partition t1;"
            "alter table t attach partition t1 for values in (1)"
        ),
    ],
    ids=["detached", "dropped", "with another bound"],
)
def test_default_partition_takes_rows_of_one_that_leaves(databases, mode, change):
    query(databases.source, LISTED)
    run(databases, source={"mode": mode})
    rows = "insert into t values (3, 2), (4, 2)"
    query(databases.source, f"{change}; {rows}")

    run(databases, source={"mode": mode})

    for table in ("t", "t_other", "t_other_3", "t_other_rest"):
        assert same_rows(databases, "id, k", table)


def test_new_partition_is_attached(events):
    query(
        events.source,
        "create table events_3 partition of events for values from ('2026-01-01')"
        " to ('2027-01-01'); insert into events values (99, '2026-02-03', 'new')",
    )

    run(events)

    assert same_rows(events, "*", "events")


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("drop table events_1", id="a partition that was dropped"),
        pytest.param("alter table events detach partition events_1", id="detached"),
        pytest.param("drop table events_2a", id="dropped from a part of a part"),
    ],
)
def test_partition_that_is_gone_no_longer_shows_in_the_whole(events, statement):
    query(events.source, statement)

    run(events)

    assert same_rows(events, "*", "events")


def test_child_that_is_gone_no_longer_shows_in_its_parent(events):
    query(events.source, "drop table children")

    run(events)

    assert same_rows(events, "*", "parents")


def test_a_partition_that_is_partitioned_itself_keeps_the_name_of_its_key(events):
    query(
        events.source,
        "drop table events_1; create table events_1 partition of events"
        " for values from ('2024-01-01') to ('2025-01-01') partition by list (id);"
        "create table events_1a partition of events_1 default;"
        "insert into events values (1, '2024-12-02', 'again')",
    )

    run(events, allow_shrink=True)

    assert same_rows(events, "*", "events")
    keys = "select count(*) from pg_constraint where conname = 'events_1_pkey'"
    assert value(events.destination, keys) == 1


def test_partition_that_a_run_leaves_out_keeps_its_rows(databases):
    query(
        databases.source,
        """
        create table w (id integer, v text) partition by list (id);
        create table w1 partition of w for values in (1);
        create table w2 partition of w for values in (2);
        insert into w values (1, 'a'), (2, 'b');
        """,
    )
    run(databases)
    query(databases.source, "alter table w alter v type integer using id")

    with pytest.raises(ConfigError, match=r"rows of raw\.w2 .* does not bring them"):
        run(databases, only=["public.w1"])

    rows = "select id, v::text from raw.w order by id"
    assert query(databases.destination, rows) == [(1, "a"), (2, "b")]
    run(databases)
    assert query(databases.destination, rows) == [(1, "1"), (2, "2")]


@pytest.mark.parametrize("publish", PublishPolicy)
def test_grants_stay_where_a_table_becomes_partitioned_and_where_it_no_longer_is(
    databases, publish
):
    query(databases.source, "create table t (id integer not null)")
    run(databases, publish=publish)
    grant = "grant select, insert on raw.t to pg_monitor with grant option"
    query(databases.destination, f"{grant}; grant select on raw.t to public")
    granted = "select relacl::text from pg_class where oid = 'raw.t'::regclass"
    before = value(databases.destination, granted)
    query(
        databases.source,
        """
        alter table t rename to t1;
        create table t (id integer not null) partition by list (id);
        alter table t attach partition t1 default;
        """,
    )
    run(databases, publish=publish)
    assert value(databases.destination, granted) == before
    query(databases.source, "drop table t; create table t (id integer not null)")

    run(databases, publish=publish)

    assert value(databases.destination, granted) == before
