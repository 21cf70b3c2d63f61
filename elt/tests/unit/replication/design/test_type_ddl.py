"""The statements that make types of users and follow them, as text."""

import pytest
from builders import make_type
from sqltext import sql_text

from elt.replication.design.type_ddl import create_type, follow_domain, order_types

LANDINGS = {"public": "raw", "app": "raw_app"}


@pytest.mark.parametrize(
    "made, text",
    [
        pytest.param(
            make_type("e", "Mood", labels=["it's ok", "sad"]),
            "create type \"raw\".\"Mood\" as enum ('it''s ok', 'sad')",
            id="an enum",
        ),
        pytest.param(
            make_type("e"), 'create type "raw"."mood" as enum ()', id="no labels"
        ),
        pytest.param(
            make_type(
                "d",
                "stars",
                schema="app",
                base="integer",
                is_not_null=True,
                checks=["constraint low CHECK ((VALUE > 0))", "CHECK (a) NOT VALID"],
            ),
            'create domain "raw_app"."stars" as integer '
            "constraint low CHECK ((VALUE > 0))",
            id="a domain",
        ),
        pytest.param(
            make_type("d", "moods", base="app.mood[]"),
            'create domain "raw"."moods" as raw_app.mood[]',
            id="a domain of a type that moved",
        ),
        pytest.param(
            make_type("c", "address", attributes=["street text", '"No" app.number']),
            'create type "raw"."address" as (street text, "No" raw_app.number)',
            id="a composite",
        ),
        pytest.param(
            make_type("r", "span", subtype="app.stars", multirange="spans"),
            'create type "raw"."span" as range '
            '(subtype = raw_app.stars, multirange_type_name = "raw"."spans")',
            id="a range",
        ),
        pytest.param(
            make_type("r", "span", subtype="integer"),
            'create type "raw"."span" as range (subtype = integer)',
            id="a range without a multirange",
        ),
    ],
)
def test_type_is_made_where_its_schema_lands(made, text):
    assert sql_text(create_type(made, LANDINGS)) == text


def test_types_are_made_after_those_they_are_made_of():
    address = make_type("c", "address", oid=1, needs=[2, 25])
    stars = make_type("d", "stars", oid=2, needs=[3])
    number = make_type("d", "number", oid=3, needs=[23])

    assert [made.name for made in order_types([address, stars, number])] == [
        "number",
        "stars",
        "address",
    ]


@pytest.mark.parametrize(
    "known, needed, statements",
    [
        pytest.param({"checks": ["x"]}, {"checks": ["x"]}, [], id="nothing changed"),
        pytest.param(
            {"checks": ["constraint low CHECK (a)"], "check_names": ["low"]},
            {"checks": ["constraint high CHECK (app.f(b))"]},
            [
                'alter domain "raw"."mood" drop constraint "low"',
                (
                    'alter domain "raw"."mood" add '
                    "constraint high CHECK (raw_app.f(b)) NOT VALID"
                ),
            ],
            id="another check",
        ),
        pytest.param(
            {"checks": ["x NOT VALID"]}, {"checks": ["x"]}, [], id="made by us"
        ),
        pytest.param(
            {"checks": ["x"], "check_names": ["low"]},
            {"checks": ["x NOT VALID"]},
            ['alter domain "raw"."mood" drop constraint "low"'],
            id="made anew and not valid",
        ),
        pytest.param(
            {"is_not_null": True},
            {"is_not_null": True},
            ['alter domain "raw"."mood" drop not null'],
            id="may be null here",
        ),
        pytest.param(
            {"is_not_null": False},
            {"is_not_null": True},
            [],
            id="must not be null at the source",
        ),
    ],
)
def test_domain_follows_the_source(known, needed, statements):
    there = make_type("d", schema="raw", **known)

    followed = follow_domain(there, make_type("d", **needed), LANDINGS)

    assert [sql_text(statement) for statement in followed] == statements
