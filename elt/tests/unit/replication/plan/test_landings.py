"""Where schemas land, decided from configuration and catalog."""

import pytest
from builders import make_plan, make_source, make_table
from plans import names_of, refusal_of


def test_each_schema_lands_under_the_name_of_the_source():
    tables = [make_table("films"), make_table("orders", schema="shop")]

    plan = make_plan(*tables, source=make_source(name="cinema"))

    assert plan.landings == {"public": "cinema", "shop": "cinema_shop"}
    assert {stream.name: stream.schema for stream in plan.streams} == {
        "public.films": "cinema",
        "shop.orders": "cinema_shop",
    }


def test_rows_are_loaded_in_a_private_schema_beside():
    [stream] = make_plan(make_table("films")).streams

    assert stream.shadow_schema == "elt_shadow_raw"


def test_two_schemas_that_land_in_one_are_refused():
    source = make_source(schemas=(("shop", "raw"),))

    refusal = refusal_of(
        make_table("films"), make_table("orders", schema="shop"), source=source
    )

    assert refusal.message == (
        "The schemas public and shop of source raw would both land in raw"
    )
    assert refusal.hint == (
        "Map it in elt.yaml: schemas: {shop: another_name} of source raw."
    )


@pytest.mark.parametrize(
    "landing",
    [
        pytest.param("staging", id="layer of dbt"),
        pytest.param("intermediate", id="another layer of dbt"),
        pytest.param("test_failures", id="failures that dbt stores"),
        pytest.param("public", id="target schema of dbt"),
        pytest.param("information_schema", id="schema of the SQL standard"),
        pytest.param("pg_temp", id="schema of PostgreSQL"),
        pytest.param("elt_shadow_raw", id="private schema"),
    ],
)
def test_schema_that_belongs_to_others_is_refused(landing):
    source = make_source(schemas=(("public", landing),))

    refusal = refusal_of(make_table("films"), source=source)

    assert refusal.message == (
        f"Schema public would land in {landing}, which belongs to others"
    )
    assert refusal.hint == "Map it in elt.yaml: schemas: {public: another_name}."


def test_schema_of_the_state_is_refused_as_ours():
    source = make_source(schemas=(("public", "elt"),))

    refusal = refusal_of(make_table("films"), source=source)

    assert refusal.message == (
        "Schema public would land in elt, the schema of elt's own state"
    )


def test_schema_of_a_source_may_have_a_reserved_name():
    plan = make_plan(make_table("films", schema="staging"))

    assert plan.landings == {"staging": "raw_staging"}


def test_reserved_landing_of_a_schema_without_streams_is_of_no_matter():
    source = make_source(schemas=(("shop", "public"),), exclude=("shop.*",))

    plan = make_plan(
        make_table("films"), make_table("orders", schema="shop"), source=source
    )

    assert names_of(plan) == {"public.films"}


@pytest.mark.parametrize("length, is_allowed", [(52, True), (53, False)])
def test_private_schema_needs_room_for_its_prefix(length, is_allowed):
    source = make_source(schemas=(("public", "x" * length),))

    if is_allowed:
        [stream] = make_plan(make_table("films"), source=source).streams
        assert len(stream.shadow_schema) == 63
    else:
        refusal = refusal_of(make_table("films"), source=source)
        assert "is longer than 52 bytes" in refusal.message


def test_length_of_a_schema_is_counted_in_bytes():
    source = make_source(schemas=(("public", "ß" * 27),))

    assert "is longer than 52 bytes" in refusal_of(make_table(), source=source).message
