"""Views and materialized views, replicated as tables where that is asked for."""

import pytest
from integration import zoo
from integration.incremental import lines
from integration.program import command
from integration.replication import (
    changes,
    published,
    query,
    run,
    session,
    value,
)
from integration.shaped import shaped
from integration.views import FILMS, columns_of, replicate, same
from integration.zoo import portrait

from elt.config import Shape, SyncMode, Verification
from elt.replication.load import part_load


@pytest.fixture
def films(databases):
    """Return databases of which the source has a table and two views."""
    query(databases.source, FILMS)
    return databases


def test_views_become_tables(versioned_databases):
    databases = versioned_databases
    query(databases.source, FILMS)

    report = replicate(databases)

    assert same(databases, "prices")
    assert same(databases, "moods")
    kinds = "select relkind::text from pg_class where oid = 'raw.{}'::regclass"
    assert value(databases.destination, kinds.format("prices")) == "r"
    assert value(databases.destination, kinds.format("moods")) == "r"
    assert columns_of(databases.destination, "raw.prices") == [
        ("id", "integer", None),
        ("The Price", "numeric(5,2)", "In euros."),
        ("feeling", "raw.mood", None),
        ("is_new", "boolean", None),
    ]
    comment = "select obj_description('raw.prices'::regclass, 'pg_class')"
    assert value(databases.destination, comment) == "What films cost."
    assert report.not_copied == []


def test_views_are_left_out_by_default_with_the_option_as_the_reason(films):
    report = run(films)

    assert published(films.destination).keys() == {("raw", "films")}
    reasons = {missing.name: missing.reason for missing in report.not_copied}
    assert reasons.keys() == {"public.prices", "public.moods"}
    assert all("include_views: true" in reason for reason in reasons.values())


def test_only_the_rows_of_a_view_that_differ_are_written(films):
    replicate(films)
    query(films.source, "insert into films values (3, 'three', 1.50, 'sad')")
    query(films.source, "update films set price = 2 where id = 1")

    report = replicate(films)

    # A row without a key is never updated.
    assert changes(report)["public.prices"] == (2, 0, 1)
    assert "public.moods" not in changes(report)
    assert same(films, "prices")


def test_a_materialized_view_is_followed_when_it_is_refreshed(films):
    replicate(films)
    query(films.source, "insert into films values (3, 'three', 1.50, 'sad')")
    before = changes(replicate(films))
    query(films.source, "refresh materialized view concurrently moods")

    after = changes(replicate(films))

    assert "public.moods" not in before
    assert after["public.moods"][1:] == (0, 1)
    assert same(films, "moods")


def test_a_replica_of_a_materialized_view_has_its_indexes(films):
    replicate(films)

    index = "select indexdef from pg_indexes where indexname = 'moods_feeling'"
    assert "UNIQUE INDEX moods_feeling ON raw.moods" in value(films.destination, index)


def test_a_big_materialized_view_is_copied_in_parts(films, monkeypatch):
    monkeypatch.setattr("elt.replication.rows.parts.PART_BYTES", 1 << 16)
    parts = []
    copy_out = part_load.copy_out
    monkeypatch.setattr(
        part_load, "copy_out", lambda part: parts.append(part) or copy_out(part)
    )
    query(
        films.source,
        "create materialized view big as"
        " select n, repeat('x', 200) as filler from generate_series(1, 5000) as n",
    )

    replicate(films, workers=2)

    assert sum(part.replica.stream.name == "public.big" for part in parts) > 2
    assert same(films, "big")


@pytest.mark.parametrize("view", ["prices", "moods"])
def test_views_are_shaped_as_tables_are(films, view):
    shape = Shape(excluded=("feeling",), where="feeling = 'glad'")

    replicate(films, source=shaped(shape, f"public.{view}"))

    [row] = query(films.destination, f"select * from raw.{view}")
    names = [name for name, _, _ in columns_of(films.destination, f"raw.{view}")]
    assert names == [
        name for name, _, _ in columns_of(films.source, view) if name != "feeling"
    ]
    assert "glad" not in row


def test_views_are_chosen_by_patterns_as_tables_are(films):
    chosen = {"include": ("public.films", "public.p*"), "exclude": ()}
    replicate(films, source=chosen)
    assert published(films.destination).keys() == {("raw", "films"), ("raw", "prices")}

    replicate(films, only=["public.moods"])

    assert ("raw", "moods") in published(films.destination)


def test_views_of_others_are_no_streams(films):
    query(
        films.source,
        "create extension pg_stat_statements; create temp view seen as select 1 as id",
    )

    report = replicate(films)

    names = {stream.replica.stream.name for stream in report.streams}
    assert names == {"public.films", "public.prices", "public.moods"}


def test_a_view_of_a_row_type_is_left_out_with_the_reason(films):
    query(films.source, "create view whole as select films from films")

    report = replicate(films)

    [missing] = report.not_copied
    assert missing.name == "public.whole"
    assert "needs the type films" in missing.reason


def test_views_without_columns_or_rows_are_copied(films):
    query(
        films.source,
        "create view nothing as select from films;"
        "create view nobody as select id from films where false",
    )

    replicate(films)

    assert value(films.destination, "select count(*) from raw.nothing") == 2
    assert value(films.destination, "select count(*) from raw.nobody") == 0


def test_a_materialized_view_without_data_is_left_out_until_it_has_some(films):
    query(films.source, "refresh materialized view moods with no data")
    first = replicate(films)
    query(films.source, "refresh materialized view moods")
    replicate(films)
    was_copied = same(films, "moods")
    query(films.source, "refresh materialized view moods with no data")

    again = replicate(films)

    for report in (first, again):
        [missing] = report.not_copied
        assert missing.name == "public.moods"
        assert "REFRESH MATERIALIZED VIEW" in missing.reason
    assert was_copied
    assert value(films.destination, "select count(*) from raw.moods") == 2
    state = "select state from elt.streams where stream = 'public.moods'"
    assert value(films.destination, state) == "ready"


#: A view of every table, and every second one of them materialized.
VIEW_EVERYTHING = """
create schema seen;
do $$
declare
    place record;
begin
    for place in
        select c.oid, c.oid::regclass as name, row_number() over (order by c.oid) as n
        from pg_class as c
        join pg_namespace as s on s.oid = c.relnamespace
        where c.relkind in ('r', 'p') and s.nspname !~ '^(pg_|information_schema)'
            and c.relpersistence <> 't'
    loop
        execute format(
            'create %s view seen.%I as table %s',
            case when place.n % 2 = 0 then 'materialized' end,
            'view_' || place.n,
            place.name
        );
    end loop;
end $$
"""


def test_views_of_every_type_are_copied_exactly(databases):
    with session(databases.source) as cursor:
        zoo.build(cursor, without=[] if zoo.knows_xml(cursor) else ["xml"])
    query(databases.source, VIEW_EVERYTHING)
    seen = {"include": ("seen.*",)}

    report = replicate(databases, source=seen)
    again = replicate(databases, source=seen, verify=Verification.EXACT)

    assert len(report.streams) > 120
    assert changes(again) == {}
    with session(databases.source) as left, session(databases.destination) as right:
        schemas = portrait.user_schemas(left)
        expected = portrait.texts(left, schemas, kinds=("v", "m"))
        replicas = portrait.texts(right, schemas, landed=True)
    left_out = {("seen", m.name.split(".")[1]) for m in report.not_copied}
    seen = {k: v for k, v in expected.items() if k[0] == "seen" and k not in left_out}
    assert seen == replicas


def test_a_view_of_an_incremental_source_is_read_in_full(films):
    incremental = {"mode": SyncMode.INCREMENTAL}
    replicate(films, source=incremental)
    query(films.source, "update films set price = 2 where id = 1")

    report = replicate(films, source=incremental)

    modes = {s.replica.stream.name: s.replica.stream.mode for s in report.streams}
    assert modes == {
        "public.films": "incremental",
        "public.prices": "full_refresh",
        "public.moods": "full_refresh",
    }
    assert same(films, "prices")
    assert value(
        films.destination,
        "select mode from elt.streams where stream = 'public.prices'",
    ) == ("full_refresh")


def test_a_view_of_a_logical_source_is_read_in_full(films):
    logical = {"mode": SyncMode.LOGICAL}
    replicate(films, source=logical)
    query(films.source, "update films set price = 2 where id = 1")

    with lines() as logged:
        replicate(films, source=logical)

    assert same(films, "prices")
    assert logged["read in full"] == []
    members = "select tablename from pg_publication_tables"
    assert query(films.source, members) == [("films",)]
    query(
        films.source,
        "select pg_drop_replication_slot(slot_name) "
        "from pg_replication_slots where database = current_database()",
    )


@pytest.mark.parametrize(
    "option", ["mode: incremental", "mode: logical", "{mode: full_refresh}"]
)
def test_a_mode_of_tables_is_refused_for_a_view(films, tmp_path, option):
    streams = option if option.startswith("{") else f"{{{option}}}"
    source = f"{{include_views: true, streams: {{public.prices: {streams}}}}}"

    outcome = command(films, tmp_path, "replicate", config=f"sources: [{source}]")

    if "full" in option:
        assert outcome.code == 0
        return
    assert outcome.code == 78
    assert "public.prices is a view" in outcome.error["message"]
    assert "Leave out mode" in outcome.error["hint"]


def test_an_override_for_a_view_asks_for_the_option(films, tmp_path):
    config = "sources: [{streams: {public.prices: {on_schema_change: keep}}}]"

    outcome = command(films, tmp_path, "replicate", config=config)

    assert outcome.code == 78
    assert "include_views: true" in outcome.error["hint"]


def test_a_check_tells_how_views_are_read(films, tmp_path):
    config = "sources: [{include_views: true}]"

    outcome = command(films, tmp_path, "check", config=config)

    assert outcome.code == 0
    assert "1 table and 2 views" in outcome.output
    assert "public.prices: read in full by every run" in outcome.output
    assert "Add a primary key" not in outcome.output


def test_a_check_tells_views_that_are_not_asked_for_any_more(films, tmp_path):
    replicate(films)
    query(films.source, "drop materialized view moods")

    outcome = command(films, tmp_path, "check")

    assert "public.prices is not copied any more; its replica stays" in outcome.output
    assert "public.moods is gone from the source; its replica stays" in outcome.output


def test_verify_compares_views(films, tmp_path):
    config = "sources: [{include_views: true}]"
    replicate(films)
    query(films.source, "update films set price = 7")

    outcome = command(
        films, tmp_path, "verify", "--stream", "public.[pm]*", config=config
    )

    lines_of = [line.split() for line in outcome.output.splitlines()]
    assert outcome.code == 65
    assert ["public.moods", "2", "2", "equal"] in lines_of
    assert ["public.prices", "2", "2", "DIFFERS"] in lines_of
    assert "each time it is read" in outcome.output


def test_views_are_sources_of_dbt(films, tmp_path):
    config = "sources: [{include_views: true}]"
    replicate(films)

    outcome = command(films, tmp_path, "dbt-sources", config=config)

    assert "- name: prices\n" in outcome.output
    assert "What films cost." in outcome.output
    assert "- name: moods\n" in outcome.output
