"""Views on replicas that are to be made anew are named before anything is copied."""

import re

import pytest
from integration.program import command
from integration.replication import query, run

from elt.config import PublishPolicy
from elt.errors import ConfigError

TABLES = """
create table events (id integer not null, day date not null, note text)
    partition by range (day);
create table events_1 partition of events default;
create table visits (id integer not null, day date not null);
insert into events select n, date '2024-12-01' + n, 'n' from generate_series(1, 9) as n;
insert into visits select n, date '2024-12-01' + n from generate_series(1, 9) as n;
"""
VIEWS = """
create schema staging;
create view staging.days as
    select e.day, v.id from raw.events as e join raw.visits as v on v.day = e.day;
create materialized view staging.latest as select max(day) from staging.days;
create view staging.counts as select (select count(*) from raw.events) as events,
    (select count(*) from raw.visits) as visits;
create view staging.parts as select note from raw.events_1;
"""
OTHERWISE = """
alter table events rename to events_old;
create table events (id integer not null, day date not null, note text)
    partition by hash (id);
create table events_0 partition of events for values with (modulus 1, remainder 0);
insert into events select * from events_old;
drop table events_old;
alter table visits rename to visits_1;
create table visits (id integer not null, day date not null) partition by range (day);
alter table visits attach partition visits_1 default;
"""
NO_LONGER = """
alter table events rename to events_old;
create table events (id integer not null, day date not null, note text);
insert into events select * from events_old;
drop table events_old;
drop table visits;
create table visits (id integer not null, day date not null) partition by range (id);
"""
DROPS = (
    "DROP MATERIALIZED VIEW staging.latest; DROP VIEW staging.days; "
    "DROP VIEW staging.counts;"
)
OTHER_PARTITIONS = pytest.mark.parametrize(
    "statement", [OTHERWISE, NO_LONGER], ids=["otherwise", "no longer"]
)


@pytest.fixture
def events(databases):
    """Return databases with views on replicas, one of them partitioned."""
    query(databases.source, TABLES)
    run(databases)
    query(databases.destination, VIEWS)
    return databases


@OTHER_PARTITIONS
@pytest.mark.parametrize("publish", PublishPolicy)
def test_run_names_all_views_before_it_copies(events, statement, publish):
    query(events.source, statement)

    with pytest.raises(ConfigError, match="Partitioned otherwise") as caught:
        run(events, publish=publish)

    views = r"staging\.counts.*, staging\.days \(day, id\), staging\.latest \(staging"
    assert re.search(views, caught.value.message)
    assert DROPS in caught.value.hint
    query(events.destination, DROPS)
    run(events, publish=publish, allow_shrink=1)


@OTHER_PARTITIONS
def test_check_names_them_and_what_is_made_anew(events, tmp_path, statement):
    query(events.source, statement)

    outcome = command(events, tmp_path, "check")

    assert outcome.code == 78
    assert "public.events is partitioned otherwise by now" in outcome.output
    assert "public.visits is partitioned otherwise by now" in outcome.output
    assert DROPS in outcome.output
    query(events.destination, DROPS)
    outcome = command(events, tmp_path, "check")
    assert outcome.code == 0


def test_renamed_columns_of_the_key_make_nothing_anew(events, tmp_path):
    query(events.source, "alter table events rename column day to at")

    outcome = command(events, tmp_path, "check")

    assert "partitioned otherwise" not in outcome.output
    assert outcome.code == 0
    run(events)
