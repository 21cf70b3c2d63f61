"""A run locks a table of the source only while it reads it, and waits for nobody there.

Whoever alters a table waits for all who read it, and everybody else waits behind.
"""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from integration.gates import gate
from integration.incremental import comparing, differing
from integration.replication import query, run, session, value, wait_until

from elt.config import Shape, StreamConfig
from elt.replication.rows import parts

TABLES = """
create table small (id integer primary key, title text);
insert into small select n, 'small ' || n from generate_series(1, 10) as n;
create table large (id integer primary key, filler text);
insert into large select n, repeat('x', 500) from generate_series(1, 5000) as n;
"""
#: What keeps an application waiting if we are in the way.
ALTER = "set lock_timeout to '10s'; alter table {} add column added integer"
OUR_LOCKS = """
select distinct relation::regclass::text
from pg_locks
join pg_stat_activity using (pid)
where application_name like 'elt %' and mode = 'AccessShareLock' and granted
    and relation in (
        select oid from pg_class
        where relnamespace = 'public'::regnamespace and relkind = 'r'
    )
"""


def where(**conditions):
    """Return a source of which some tables have conditions on their rows."""
    streams = [
        (f"public.{table}", StreamConfig(shape=Shape(where=condition)))
        for table, condition in conditions.items()
    ]
    return {"streams": tuple(streams)}


@contextmanager
def running(databases, *gates, **options):
    """Run beside a block, at the end of which gates are open; give its future."""
    with ThreadPoolExecutor(1) as beside:
        try:
            yield beside.submit(run, databases, **options)
        finally:
            for closed in gates:
                closed.open()


def locked(databases):
    """Return the tables that sessions of a run have locked."""
    return sorted(name for (name,) in query(databases.source, OUR_LOCKS))


def waits(databases, mode):
    """Tell whether somebody waits for a lock on a table."""
    statement = "select count(*) from pg_locks where not granted and mode = '{}'"
    return value(databases.source, statement.format(mode))


@pytest.mark.parametrize("again", [False, True], ids=["first run", "second run"])
def test_tables_that_are_loaded_can_be_altered(databases, again):
    query(databases.source, TABLES)
    if again:
        run(databases, workers=1)
        query(
            databases.source,
            "update large set filler = 'y' where id = 1; update small set title = 'y'",
        )
    source = where(large="id < 4000 or pass_gate()")
    with (
        gate(databases.source) as closed,
        running(databases, closed, workers=1, source=source) as future,
    ):
        closed.wait()
        wait_until(lambda: locked(databases) == ["large"], "the end of other locks")
        query(databases.source, ALTER.format("small"))
        closed.open()
    assert len(future.result().streams) == 2
    run(databases, source=source)
    assert differing(databases, source=source) == []


def test_parts_of_a_table_wait_for_nobody_who_waits_for_us(databases, monkeypatch):
    """Else both would for ever: no server sees who of us waits for whom."""
    monkeypatch.setattr(parts, "PART_BYTES", 1_500_000)
    query(
        databases.source,
        TABLES + "create table other (like large including all);"
        "insert into other select n, repeat('x', 700) from generate_series(1, 4000) n",
    )
    source = where(other="id < 3500 or pass_gate()", large="id > 1 or pass_gate(2)")
    alter = "set lock_timeout to '60s'; lock table large in access exclusive mode"
    with (
        gate(databases.source) as first,
        gate(databases.source, number=2) as second,
        session(databases.source) as application,
        ThreadPoolExecutor(1) as beside,
        running(databases, first, second, workers=2, source=source) as future,
    ):
        first.wait()
        second.wait()
        application.execute("begin")
        altering = beside.submit(application.execute, alter)
        wait_until(lambda: waits(databases, "AccessExclusiveLock"), "the application")
        first.open()
        wait_until(lambda: waits(databases, "AccessShareLock"), "the other worker")
        second.open()
        altering.result()
        application.execute("commit")
        assert len(future.result().streams) == 3


def test_comparison_locks_one_table_at_a_time(databases):
    query(databases.source, TABLES)
    run(databases)

    compared = comparing(databases, name="elt verify")
    assert [locked(databases) for _ in compared] == [[], []]
