"""What is published: all streams or each, into schemas that are ours to write."""

import pytest
from integration.replication import (
    changes,
    last_run,
    leftovers,
    published,
    query,
    refuse_command,
    run,
    value,
)

from elt.config import PublishPolicy
from elt.errors import ConfigError, DataError, EltError, TemporaryError
from elt.replication.publish import stream_publish

TABLES = """
create table films (id integer primary key, title text);
insert into films select n, 'film ' || n from generate_series(1, 10) as n;
create table actors (id integer primary key, name text);
insert into actors select n, 'actor ' || n from generate_series(1, 10) as n;
"""
#: A trigger of the user that refuses what is written to a replica.
REFUSE = """
create function refuse() returns trigger language plpgsql as $$
begin
    raise exception 'no' using errcode = '{code}';
end $$;
create trigger refuse before insert or update or delete on raw.{table}
for each row execute function refuse();
"""
#: Refuses the load of a table.
REFUSE_LOAD = """
create function refuse() returns event_trigger language plpgsql as $$
begin
    if to_regclass('elt_shadow_raw.films') is not null then
        raise exception 'no' using errcode = 'disk_full';
    end if;
end $$;
create event trigger refuse on ddl_command_end when tag in ('CREATE TABLE')
execute function refuse();
"""
ADD_ONE = "insert into films values (0, 'new'); insert into actors values (0, 'new')"


@pytest.fixture
def films(databases):
    query(databases.source, TABLES)
    run(databases)
    return databases


def test_rows_are_compared_before_the_publishing_transaction(films, monkeypatch):
    def refuse(*_):
        raise AssertionError("rows are compared while others wait")

    monkeypatch.setattr(stream_publish, "find_difference", refuse)
    query(films.source, "update films set title = 'new' where id <= 3")

    assert changes(run(films)) == {"public.films": (0, 3, 0)}


def test_table_that_cannot_be_adopted_is_named(databases):
    """Though all new tables are adopted by one statement."""
    query(databases.source, TABLES)
    query(databases.destination, "create schema raw")
    refuse_command(
        databases.destination, "ALTER TABLE", naming='"films" set schema "raw"'
    )

    with pytest.raises(EltError, match=r"public\.films of source raw failed"):
        run(databases, publish=PublishPolicy.TOGETHER)

    assert published(databases.destination) == {}
    assert leftovers(databases.destination) == []


def test_table_that_cannot_be_adopted_keeps_no_other_back(databases):
    query(databases.source, TABLES)
    refuse_command(
        databases.destination, "ALTER TABLE", naming='"films" set schema "raw"'
    )

    run(databases, publish=PublishPolicy.EACH)

    assert list(published(databases.destination)) == [("raw", "actors")]


def streams(databases):
    """Return state and error of each stream."""
    found = query(
        databases.destination, "select stream, state, last_error from elt.streams"
    )
    return {stream: (state, error) for stream, state, error in found}


def syncs(databases):
    """Return what the last run recorded of each stream."""
    return dict(
        query(
            databases.destination,
            "select stream, status from elt.stream_syncs "
            "where run_id = (select max(run_id) from elt.sync_runs)",
        )
    )


def test_stream_that_cannot_be_loaded_holds_back_the_others(films):
    before = published(films.destination)
    query(films.source, ADD_ONE)
    query(films.destination, REFUSE_LOAD)

    with pytest.raises(TemporaryError, match=r"public\.films of source raw failed"):
        run(films)

    assert published(films.destination) == before
    assert leftovers(films.destination) == []
    assert last_run(films.destination)[:2] == ("failed", 75)
    state, error = streams(films)["public.films"]
    assert state == "failed"
    assert "no" in error


def test_stream_that_cannot_be_loaded_fails_alone_where_each_is_published(films):
    query(films.source, ADD_ONE)
    query(films.destination, REFUSE_LOAD)

    report = run(films, publish=PublishPolicy.EACH, workers=1)

    assert changes(report) == {"public.actors": (1, 0, 0)}
    assert list(report.failures) == ["public.films"]
    assert value(films.destination, "select count(*) from raw.films") == 10
    assert streams(films)["public.films"][0] == "failed"
    assert streams(films)["public.actors"] == ("ready", None)
    assert syncs(films) == {"public.films": "failed", "public.actors": "published"}


def test_stream_that_failed_is_ready_again_after_the_next_run(films):
    query(films.source, ADD_ONE)
    query(films.destination, REFUSE_LOAD)
    run(films, publish=PublishPolicy.EACH)
    query(films.destination, "drop event trigger refuse")

    report = run(films)

    assert changes(report) == {"public.films": (1, 0, 0)}
    assert set(streams(films).values()) == {("ready", None)}


def test_stream_that_cannot_be_published_holds_back_the_others(films):
    before = published(films.destination)
    query(films.source, ADD_ONE)
    query(films.destination, REFUSE.format(code="P0001", table="films"))

    with pytest.raises(EltError, match=r"public\.films"):
        run(films)

    assert published(films.destination) == before
    assert leftovers(films.destination) == []


def test_stream_that_cannot_be_published_fails_alone_where_each_is_published(films):
    query(films.source, ADD_ONE)
    query(films.destination, REFUSE.format(code="P0001", table="films"))

    report = run(films, publish=PublishPolicy.EACH)

    assert changes(report) == {"public.actors": (1, 0, 0)}
    assert list(report.failures) == ["public.films"]
    assert streams(films)["public.films"][0] == "failed"


def test_run_of_which_every_stream_failed_fails(films):
    before = published(films.destination)
    query(films.source, ADD_ONE)
    for table in ("films", "actors"):
        query(films.destination, "drop function if exists refuse cascade")
        query(films.destination, REFUSE.format(code="P0001", table=table))
    query(
        films.destination,
        "create trigger refuse before insert on raw.films for each row "
        "execute function refuse()",
    )

    with pytest.raises(EltError, match="failed"):
        run(films, publish=PublishPolicy.EACH)

    assert published(films.destination) == before


def test_stream_that_lost_most_rows_is_not_published(films):
    before = published(films.destination)
    query(films.source, "delete from films where id > 4; update actors set name = ''")

    with pytest.raises(DataError, match=r"public\.films \(10 to 4 rows\)") as caught:
        run(films)

    assert "--allow-shrink" in caught.value.hint
    assert published(films.destination) == before
    assert last_run(films.destination)[:2] == ("failed", 65)


def test_stream_that_lost_half_of_its_rows_is_published(films):
    query(films.source, "delete from films where id > 5")

    assert changes(run(films)) == {"public.films": (0, 0, 5)}


def test_stream_that_lost_all_its_rows_is_published_when_allowed(films):
    query(films.source, "delete from films")

    assert changes(run(films, allow_shrink=True)) == {"public.films": (0, 0, 10)}


def test_stream_that_lost_most_rows_fails_alone_where_each_is_published(films):
    query(films.source, "delete from films; insert into actors values (0, 'new')")

    report = run(films, publish=PublishPolicy.EACH)

    assert changes(report) == {"public.actors": (1, 0, 0)}
    assert isinstance(report.failures["public.films"], DataError)
    assert value(films.destination, "select count(*) from raw.films") == 10


@pytest.mark.parametrize(
    "statement",
    [
        "create table raw.films (id integer)",
        "create view raw.films as select 1 as id",
        "create table raw.events (id integer)",
    ],
    ids=["a table", "a view", "a table where a partitioned one would be"],
)
def test_relation_of_somebody_else_is_not_touched(databases, statement):
    query(databases.source, TABLES)
    query(
        databases.source,
        "create table events (id integer) partition by range (id);"
        "create table events_1 partition of events for values from (0) to (10)",
    )
    query(databases.destination, f"create schema raw; {statement}")
    before = published(databases.destination)

    with pytest.raises(ConfigError, match=r"raw\.(films|events) exists"):
        run(databases)

    assert published(databases.destination) == before
    assert leftovers(databases.destination) == []


def test_tables_of_somebody_else_beside_ours_are_not_touched(databases):
    query(databases.source, TABLES)
    query(
        databases.destination,
        "create schema raw; create table raw.mine as select 1 as id",
    )

    run(databases)
    run(databases)

    assert query(databases.destination, "select id from raw.mine") == [(1,)]


@pytest.mark.parametrize("policy", PublishPolicy)
def test_new_schema_has_no_trace_of_what_it_was(databases, policy):
    query(databases.source, TABLES)
    comment = "select obj_description('raw'::regnamespace, 'pg_namespace')"

    run(databases, publish=policy)

    assert query(databases.destination, comment) == [(None,)]
    assert leftovers(databases.destination) == []
    query(databases.source, "create table later (id integer primary key)")
    run(databases, publish=policy)
    assert ("raw", "later") in published(databases.destination)


def test_what_somebody_puts_into_a_shadow_is_not_published(databases):
    query(databases.source, TABLES)
    statement = (
        "create function leave() returns event_trigger language plpgsql as $$"
        " begin create view elt_shadow_raw.mine as select 1 as id;"
        " exception when duplicate_table or invalid_schema_name then null; end $$;"
        "create event trigger leave on ddl_command_end when tag in ('CREATE INDEX',"
        " 'ALTER TABLE') execute function leave()"
    )
    query(databases.destination, statement)

    run(databases)

    assert query(databases.destination, "select to_regclass('raw.mine')") == [(None,)]
    assert leftovers(databases.destination) == []


@pytest.mark.parametrize(
    "landing", ["elt", "staging", "intermediate", "public", "pg_x"]
)
def test_schema_that_belongs_to_others_is_refused(databases, landing):
    query(databases.source, TABLES)

    with pytest.raises(ConfigError, match=f"land in {landing}, "):
        run(databases, source={"schemas": (("public", landing),)})

    assert leftovers(databases.destination) == []


def test_two_schemas_that_meet_in_one_are_refused(databases):
    query(databases.source, TABLES + "create schema shop; create table shop.films ()")

    with pytest.raises(ConfigError, match="would both land in raw") as caught:
        run(databases, source={"schemas": (("shop", "raw"),)})

    assert "schemas:" in caught.value.hint


def test_schema_name_that_would_be_cut_is_refused(databases):
    schema = "s" * 60
    query(databases.source, f"create schema {schema}; create table {schema}.films ()")

    with pytest.raises(ConfigError, match="is longer than") as caught:
        run(databases)

    assert "schemas:" in caught.value.hint


def test_landing_of_another_source_is_refused(films, source_server, make_database):
    other = make_database(source_server, "SOURCE")
    query(other, TABLES)
    before = published(films.destination)

    with pytest.raises(ConfigError, match="Source raw already lands in schema raw"):
        run(
            films._replace(source=other),
            source={"name": "other", "schemas": (("public", "raw"),)},
        )

    assert published(films.destination) == before


def test_two_sources_land_beside_each_other(films, source_server, make_database):
    other = make_database(source_server, "SOURCE")
    query(other, TABLES + "delete from films where id > 2")

    run(films._replace(source=other), source={"name": "other"})
    run(films)

    assert value(films.destination, "select count(*) from other.films") == 2
    assert value(films.destination, "select count(*) from raw.films") == 10
    assert query(
        films.destination, "select source, stream from elt.streams order by 1, 2"
    ) == [
        ("other", "public.actors"),
        ("other", "public.films"),
        ("raw", "public.actors"),
        ("raw", "public.films"),
    ]


def test_schemas_are_mapped_as_configured(databases):
    query(databases.source, TABLES + "create schema shop; create table shop.orders ()")

    run(databases, source={"schemas": (("shop", "sales"), ("public", "cinema"))})

    assert query(
        databases.destination,
        "select schemaname, tablename from pg_tables "
        "where schemaname in ('sales', 'cinema', 'raw', 'raw_shop') order by 2",
    ) == [("cinema", "actors"), ("cinema", "films"), ("sales", "orders")]


def test_excluded_tables_stay_away(databases):
    query(databases.source, TABLES)

    run(databases, source={"exclude": ("public.act*",)})

    assert {name for _, name in published(databases.destination)} == {"films"}
