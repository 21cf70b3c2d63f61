"""Workers load tables, and parts of big ones, side by side from one snapshot."""

import pytest
from integration.background import beside
from integration.replication import (
    changes,
    configure,
    published,
    query,
    run,
    session,
    value,
    wait_until,
)
from psycopg2.sql import SQL, Identifier

from elt.config import Verification
from elt.errors import TemporaryError
from elt.replication.rows import parts
from elt.replication.sessions import worker_connections
from elt.replication.sessions.worker_connections import open_writer

LINES = """
create table lines (id integer primary key, filler text not null);
insert into lines select n, repeat('x', 200) from generate_series(1, 5000) as n;
create index lines_filler on lines (filler);
"""
KEYS = """
select count(*) from pg_constraint
where contype in ('p', 'u') and connamespace = 'raw'::regnamespace
"""
TOTAL = """
select (select sum(balance) from raw.accounts) + (select sum from raw.vault)
"""


@pytest.fixture
def lines(databases, monkeypatch):
    """Return databases with a table that is big enough to be cut into parts."""
    monkeypatch.setattr(parts, "PART_BYTES", 100_000)
    query(databases.source, LINES)
    return databases


def same_lines(databases):
    statement = "select id, filler from {} order by 1"
    source = query(databases.source, statement.format("lines"))
    return source == query(databases.destination, statement.format("raw.lines"))


def test_parts_make_the_whole_table(lines):
    report = run(lines, workers=3)

    [receipt] = query(
        lines.destination,
        "select source_row_count, destination_row_count, is_equal from elt.receipts",
    )
    assert changes(report) == {"public.lines": (5000, 0, 0)}
    assert receipt == (5000, 5000, True)
    assert same_lines(lines)


def test_replicas_are_logged(lines):
    """What is only compared is not, and must never become a replica."""
    query(lines.source, "create unlogged table lost (id integer)")

    run(lines, workers=2)

    kinds = (
        "select distinct relpersistence::text from pg_class"
        " where relnamespace = 'raw'::regnamespace"
    )
    assert query(lines.destination, kinds) == [("p",)]


def test_replica_of_a_table_in_parts_has_its_keys(lines):
    run(lines, workers=2)

    indexes = query(
        lines.destination,
        "select indexrelid::regclass::text from pg_index"
        " where indrelid = 'raw.lines'::regclass order by 1",
    )
    assert indexes == [("raw.lines_filler",), ("raw.lines_pkey",)]


def test_changes_of_a_table_in_parts_are_published(lines):
    run(lines, workers=2)
    query(
        lines.source,
        "delete from lines where id % 10 = 0;"
        "update lines set filler = 'y' where id = 7;"
        "insert into lines values (6000, 'z')",
    )

    report = run(lines, workers=2)

    assert changes(report) == {"public.lines": (1, 1, 500)}
    assert same_lines(lines)


def test_table_in_parts_that_did_not_change_is_not_copied(lines):
    run(lines, workers=2)

    [report] = run(lines, workers=2).streams

    assert report.copied.bytes == 0
    assert report.copied.rows == 5000


def test_unchanged_table_is_copied_when_asked(lines):
    run(lines)

    [report] = run(lines, full=True).streams

    assert report.copied.bytes > 0
    assert report.difference.total == 0


def test_unchanged_table_is_copied_where_only_rows_are_counted(lines):
    run(lines)

    [report] = run(lines, verify=Verification.COUNT).streams

    assert report.copied.bytes > 0


@pytest.mark.parametrize("workers", [1, 4])
def test_parts_and_tables_show_one_instant(lines, workers):
    """An application moves money between two tables all the while."""
    query(
        lines.source,
        "create table accounts as select n as id, 100 as balance,"
        " repeat('x', 300) as filler from generate_series(1, 3000) as n;"
        "alter table accounts add primary key (id);"
        "create table vault as select 0 as sum",
    )

    def move(is_over):
        with session(lines.source) as cursor:
            while not is_over.is_set():
                cursor.execute(
                    "begin; update accounts set balance = balance - 1"
                    " where id = (select 1 + floor(random() * 3000)::integer);"
                    "update vault set sum = sum + 1; commit"
                )

    totals = set()
    with beside(move):
        for _ in range(4):
            run(lines, workers=workers)
            totals.add(value(lines.destination, TOTAL))

    assert totals == {300_000}


def test_table_in_parts_that_is_refused_publishes_nothing(lines):
    run(lines)
    before = published(lines.destination)
    query(
        lines.source,
        "update lines set filler = 'new';"
        "alter table lines add column broken integer;"
        "update lines set broken = id",
    )
    query(
        lines.destination,
        "create view in_the_way as select * from raw.lines",
    )
    query(lines.source, "alter table lines drop column filler")

    with pytest.raises(Exception, match="in_the_way"):
        run(lines, workers=2)

    assert published(lines.destination) == before
    assert (
        value(
            lines.destination,
            "select count(*) from pg_namespace where nspname like 'elt_shadow%'",
        )
        == 0
    )


def test_rows_that_are_only_counted_are_not_counted_again(
    lines, source_server, destination_server
):
    """COPY says how many rows there were."""
    logs = [source_server.log_file, destination_server.log_file]
    before = [len(log.read_text()) for log in logs]
    for database in lines:
        statement = SQL("alter database {} set log_statement to 'all'")
        query(database, statement.format(Identifier(database.database)))

    run(lines, workers=2, verify=Verification.COUNT)

    for log, start in zip(logs, before, strict=True):
        statements = log.read_text()[start:].split("LOG:")
        about_lines = [s.lower() for s in statements if '"lines"' in s]
        assert [s for s in about_lines if s.strip().startswith("statement: copy ")]
        assert [s for s in about_lines if "count(*)" in s] == []


def test_session_that_cannot_be_prepared_is_ended(databases, monkeypatch):
    def fail(*_):
        raise TemporaryError("no search path")

    monkeypatch.setattr(worker_connections, "set_search_path", fail)

    with (
        pytest.raises(TemporaryError, match="no search path") as kept,
        open_writer(configure(databases), "raw", []),
    ):
        pass

    workers = "select pid from pg_stat_activity where application_name ~ '^elt worker'"
    # Its traceback holds the session.
    assert kept.value
    wait_until(lambda: not query(databases.destination, workers), "its end")
