"""Which tables dbt finds changed, and which of their columns."""

from dataclasses import replace

import pytest
from builders import (
    make_column,
    make_plan,
    make_replica,
    make_stream,
    make_table,
)

from elt.config import SchemaChangePolicy
from elt.errors import ConfigError
from elt.lineage.impact import Impact
from elt.replication.changes.adjustment import adjust
from elt.replication.changes.schema_changes import SchemaChanges, compare
from elt.replication.design.definition import define
from elt.replication.plan.dbt_impact import list_changed, with_impact
from elt.replication.state.state import KnownStream

ID = make_column("id", number=1, is_not_null=True, is_identity=True)
TITLE = make_column("title", "text", number=2)
PRICE = make_column("price", "numeric", number=3)


def replica_of(*columns, **facts):
    table = make_table("films", *columns, oid=4711)
    return make_replica(stream=make_stream(table, **facts))


@pytest.mark.parametrize(
    "now, columns",
    [
        pytest.param([ID, TITLE, PRICE], (), id="nothing"),
        pytest.param([ID, TITLE], ("price",), id="dropped"),
        pytest.param(
            [ID, TITLE, replace(PRICE, name="cost")], ("price",), id="renamed"
        ),
        pytest.param(
            [ID, TITLE, replace(PRICE, type="money")], ("price",), id="of another type"
        ),
        pytest.param(
            [ID, replace(TITLE, is_not_null=True), PRICE], ("title",), id="never null"
        ),
        pytest.param(
            [ID, replace(TITLE, name="price"), replace(PRICE, name="title")],
            ("title", "price"),
            id="swapped",
        ),
        pytest.param(
            [ID, TITLE, PRICE, make_column("minutes", number=4)],
            ("minutes",),
            id="added",
        ),
        pytest.param(
            [replace(ID, identity_options="increment by 2"), TITLE, PRICE],
            (),
            id="counting otherwise",
        ),
    ],
)
def test_columns_that_readers_find_otherwise_are_named(now, columns):
    known = define(replica_of(ID, TITLE, PRICE))

    assert compare(known, replica_of(*now)).columns == columns


def test_what_is_kept_away_is_not_noticed_by_readers():
    known = define(replica_of(ID, TITLE, PRICE))
    now = [ID, TITLE, make_column("minutes", number=4)]

    kept = adjust(replica_of(*now, on_schema_change=SchemaChangePolicy.KEEP), known)

    assert kept.changes.columns == ("price",)


def make_known(stream, **facts):
    place = {"destination_schema": "raw", "destination_table": stream.split(".")[-1]}
    ordinary = {"stream": stream, "state": "ready", "document": {}}
    return KnownStream(**ordinary | place | facts)


def test_partitions_count_as_the_table_that_they_are_parts_of():
    whole = make_table("events", kind="p")
    middle = make_table("events_2026", kind="p", parents=[whole.relation.oid])
    parts = [
        make_table(f"events_2026_{month}", parents=[middle.relation.oid])
        for month in (1, 2)
    ]
    plan = make_plan(whole, middle, *parts)
    changed = [
        (make_replica(stream=stream), SchemaChanges(columns=(column,)))
        for stream, column in zip(plan.streams, ("kind", "at"), strict=True)
    ]

    [table] = list_changed(plan, changed, [])

    assert table.name == "public.events"
    assert table.columns == {"kind", "at"}
    assert table.streams == {"public.events_2026_1", "public.events_2026_2"}
    assert table.places == {
        ("raw", "events"),
        ("raw", "events_2026"),
        ("raw", "events_2026_1"),
        ("raw", "events_2026_2"),
    }


def test_tables_whose_columns_are_as_they_were_are_left_out():
    plan = make_plan(make_table())
    changes = SchemaChanges(descriptions=("index gone dropped",))

    [stream] = plan.streams

    assert list_changed(plan, [(make_replica(stream=stream), changes)], []) == []


def test_a_table_that_is_gone_is_told_once():
    plan = make_plan(make_table("films"))
    gone = [
        make_known("public.ratings"),
        make_known("public.users", state="gone"),
        make_known("public.films"),  # it is there, as a partitioned table
    ]

    [table] = list_changed(plan, [], gone)

    assert (table.name, table.columns) == ("public.ratings", None)
    assert table.places == {("raw", "ratings")}


@pytest.mark.parametrize("hint", ["Do that.", None])
def test_an_error_keeps_what_it_says(hint):
    error = with_impact(
        ConfigError("It changed", hint=hint), Impact(names={"model": ("a",)})
    )

    assert isinstance(error, ConfigError)
    assert error.message == "It changed"
    assert error.hint.removeprefix("Do that. ") == "In dbt it reaches 1 model: a."
