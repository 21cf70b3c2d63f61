"""What cannot be replicated is named with its reason, and nothing else suffers."""

import pytest
from integration.incremental import differing
from integration.replication import changes, query, run, session, value

from elt.config import SyncMode

FOREIGN = "a foreign table: its rows are not in this database"
ELSEWHERE = """
create foreign data wrapper nothing;
create server elsewhere foreign data wrapper nothing;
"""
FILMS = """
create table films (id integer primary key, title text);
insert into films values (1, 'one'), (2, 'two');
"""
EVENTS = """
create table events (id integer, at date) partition by range (at);
create table events_new partition of events
    for values from ('2024-01-01') to (maxvalue);
create foreign table events_old partition of events
    for values from (minvalue) to ('2024-01-01') server elsewhere;
alter table events_new replica identity full;
insert into events values (1, '2024-05-05'), (2, '2024-06-06');
"""


@pytest.fixture(params=list(SyncMode), ids=str)
def source(request):
    """Return a source of each mode."""
    return {"mode": request.param}


def test_foreign_table_is_named(databases, source):
    query(
        databases.source,
        ELSEWHERE + FILMS + "create foreign table elsewhere (id integer) "
        "server elsewhere",
    )

    report = run(databases, source=source)

    assert changes(report) == {"public.films": (2, 0, 0)}
    assert [(n.name, n.reason) for n in report.not_copied] == [
        ("public.elsewhere", FOREIGN)
    ]


def test_foreign_partition_is_named_and_the_others_are_followed(databases, source):
    query(databases.source, ELSEWHERE + EVENTS)
    run(databases, source=source)
    query(databases.source, "insert into events values (3, '2025-05-05')")

    report = run(databases, source=source)

    assert changes(report) == {"public.events_new": (1, 0, 0)}
    assert [(n.name, n.reason) for n in report.not_copied] == [
        ("public.events_old", FOREIGN)
    ]
    assert value(databases.destination, "select count(*) from raw.events") == 3
    assert differing(databases, source=source) == []


def test_temporary_tables_are_no_business_of_ours(databases, source):
    query(databases.source, FILMS)
    with session(databases.source) as application:
        application.execute(
            "create temporary table films_of_a_session () inherits (films);"
            "create temporary table others as select 1 as id;"
            "insert into films_of_a_session values (3, 'temporary')"
        )

        report = run(databases, source=source)

        assert changes(report) == {"public.films": (2, 0, 0)}
        assert report.not_copied == []
        assert differing(databases, source=source) == []
