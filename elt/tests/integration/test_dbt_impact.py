"""What of dbt is downstream of a change is named before anything is changed."""

import pytest
from integration.incremental import lines
from integration.program import command
from integration.replication import query, run, value
from manifests import ManifestBuilder

from elt.config import PublishPolicy, SchemaChangePolicy

FILMS = """
create table films (id integer primary key, title text, price numeric);
insert into films values (1, 'one', 1.5);
create table users (id integer primary key, name text);
"""
FAIL = "on_schema_change: fail"


@pytest.fixture
def films(databases):
    """Return databases that hold the same films and users."""
    query(databases.source, FILMS)
    run(databases)
    return databases


@pytest.fixture
def builder():
    """Return a project with a mart of the prices and one of the titles."""
    builder = ManifestBuilder()
    films = builder.source("films")
    prices = builder.model("prices", films, code="select id, price from films")
    builder.test("not_null_prices_cost", prices, column_name="cost")
    builder.exposure("price_list", prices)
    builder.model("titles", films, code="select id, title from films")
    builder.model("people", builder.source("users"), code="select name from users")
    return builder


@pytest.fixture
def manifest(builder, tmp_path):
    return builder.write(tmp_path)


def told(outcome):
    """Return stream, columns and nodes of each line about dbt."""
    return [
        (r["stream"], r["columns"], r["nodes"])
        for r in outcome.records
        if r["message"] == "traced change into dbt"
    ]


def dbt_findings(outcome):
    return [line for line in outcome.output.splitlines() if "dbt:" in line]


@pytest.mark.parametrize("is_named_by_option", [True, False])
def test_a_run_names_what_is_downstream(films, manifest, tmp_path, is_named_by_option):
    query(films.source, "alter table films drop column price")
    option = ["--dbt-manifest", str(manifest)] if is_named_by_option else []
    variable = {} if is_named_by_option else {"ELT_DBT_MANIFEST": str(manifest)}

    outcome = command(films, tmp_path, "replicate", *option, **variable)

    assert outcome.code == 0
    assert told(outcome) == [
        ("public.films", "price", "1 model: prices"),
        ("public.films", "price", "1 test: not_null_prices_cost"),
        ("public.films", "price", "1 exposure: price_list"),
    ]
    assert outcome.records[-1]["message"] == "finished run"
    assert outcome.records[-1]["downstream"] == "1 model, 1 test, 1 exposure"


def test_a_run_that_finds_no_change_says_nothing(films, manifest, tmp_path):
    query(films.source, "insert into films values (2, 'two', 2)")

    outcome = command(films, tmp_path, "replicate", "--dbt-manifest", str(manifest))

    assert told(outcome) == []
    assert "downstream" not in outcome.records[-1]


def test_a_refused_change_names_what_is_downstream_in_its_hint(
    films, manifest, tmp_path
):
    query(films.source, "alter table films rename column price to cost")
    option = ("--dbt-manifest", str(manifest))

    outcome = command(films, tmp_path, "replicate", *option, config=FAIL)

    assert outcome.code == 78
    assert "1 model: prices; 1 test: not_null" in outcome.error["hint"]
    assert "on_schema_change: fail" in outcome.error["hint"]
    assert next(nodes for _, _, nodes in told(outcome)) == "1 model: prices"
    assert query(films.destination, "select price from raw.films") != []


def test_a_refused_change_holds_back_only_its_stream_where_each_is_published(
    films, builder
):
    query(films.source, "alter table films drop column price")
    query(films.source, "insert into users values (1, 'a')")
    policy = {
        "publish": PublishPolicy.EACH,
        "on_schema_change": SchemaChangePolicy.FAIL,
    }

    with lines() as logged:
        report = run(films, manifest=builder.parse(), **policy)

    assert "1 model: prices" in report.failures["public.films"].hint
    assert len(logged["traced change into dbt"]) == 3
    assert value(films.destination, "select count(*) from raw.users") == 1


def test_a_table_that_is_dropped_is_downstream_of_nothing_twice(films, builder):
    query(films.source, "drop table users")

    with lines() as logged:
        run(films, manifest=builder.parse())
        run(films, manifest=builder.parse())

    [line] = logged["traced change into dbt"]
    assert (line["stream"], line["nodes"]) == ("public.users", "1 model: people")
    assert "gone" in line["columns"]


def test_a_partitioned_table_is_what_dbt_reads(databases):
    query(
        databases.source,
        "create table events (id integer, kind text) partition by range (id);"
        "create table events_1 partition of events for values from (0) to (10);"
        "create table events_2 partition of events for values from (10) to (20)",
    )
    run(databases)
    query(databases.source, "alter table events rename column kind to sort")
    builder = ManifestBuilder()
    builder.model("kinds", builder.source("events"), code="select kind from events")

    with lines() as logged:
        run(databases, manifest=builder.parse())

    [line] = logged["traced change into dbt"]
    assert (line["stream"], line["columns"]) == ("public.events", "kind")
    assert line["nodes"] == "1 model: kinds"


@pytest.mark.parametrize("config", [None, FAIL])
def test_a_check_names_it_before_anything_is_changed(films, manifest, tmp_path, config):
    query(films.source, "alter table films alter column price type text")
    query(films.source, "drop table users")
    option = ("--dbt-manifest", str(manifest))

    outcome = command(films, tmp_path, "check", *option, config=config)

    findings = "\n".join(dbt_findings(outcome))
    assert outcome.code == (0 if config is None else 78)
    assert "public.films changed (price), which reaches 1 model: prices" in findings
    assert "1 exposure: price_list" in findings
    assert "public.users changed (all, as the table is gone)" in findings
    assert "titles" not in findings
    assert "public.users is gone from the source" in outcome.output


@pytest.mark.parametrize("name", ["check", "replicate"])
def test_a_manifest_that_is_not_there_ends_the_command_at_once(films, tmp_path, name):
    runs = "select count(*) from elt.sync_runs"
    before = value(films.destination, runs)

    outcome = command(films, tmp_path, name, "--dbt-manifest", "/nowhere.json")

    assert outcome.code == 78
    assert "/nowhere.json" in outcome.error["message"]
    assert "dbt parse" in outcome.error["hint"]
    assert value(films.destination, runs) == before
