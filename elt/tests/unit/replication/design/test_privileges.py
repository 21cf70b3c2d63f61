"""What a role may not read is named, with the statements that allow it."""

import pytest
from builders import (
    make_column,
    make_plan,
    make_settings,
    make_source,
    make_table,
)
from plans import names_of, refusal_of

from elt.config import Mask, MaskKind, Shape
from elt.replication.design.privileges import missing_grants


def test_every_missing_grant_is_named_at_once():
    refusal = refusal_of(
        make_table("films", can_select=False),
        make_table(
            "Order List", schema="shop", can_select=False, can_enter_schema=False
        ),
        make_table("ratings"),
        source=make_source(connection=make_settings(user="Mr X")),
    )

    assert refusal.exit_code == 78
    assert refusal.message == "Role Mr X may not read all tables of source raw"
    assert refusal.hint.splitlines() == [
        "Run at the source:",
        '  GRANT USAGE ON SCHEMA shop TO "Mr X";',
        '  GRANT SELECT ON TABLE public.films TO "Mr X";',
        '  GRANT SELECT ON TABLE shop."Order List" TO "Mr X";',
        "or exclude the tables, or columns of them, in elt.yaml.",
    ]


def test_grant_on_a_schema_is_named_once():
    tables = [(make_table(name, can_enter_schema=False), Shape()) for name in "ab"]

    assert missing_grants(tables, "reader") == [
        "GRANT USAGE ON SCHEMA public TO reader;"
    ]


def test_tables_of_a_schema_are_granted_together():
    places = [("a", "films"), ("b", "films"), ("a", "actors")]
    tables = [make_table(name, schema=s, can_select=False) for s, name in places]

    assert missing_grants([(table, Shape()) for table in tables], "reader") == [
        "GRANT SELECT ON TABLE a.films, a.actors TO reader;",
        "GRANT SELECT ON TABLE b.films TO reader;",
    ]


def test_grant_quotes_keywords():
    table = make_table("order", schema="group", can_select=False)

    assert missing_grants([(table, Shape())], "user") == [
        'GRANT SELECT ON TABLE "group"."order" TO "user";'
    ]


# --------------------------------------------------------------------- some columns


def users(*granted, can_select_system=True):
    """Return a table of whose columns a role may read some."""
    columns = [
        make_column(name, can_select=name in granted)
        for name in ("id", "name", "Is test", "iban")
    ]
    return make_table(
        "users", *columns, can_select=False, can_select_system=can_select_system
    )


def grants_for(table, **shape):
    return missing_grants([(table, Shape(**shape))], "reader")


def test_columns_that_are_read_are_enough():
    mask = Mask(kind=MaskKind.CONSTANT, value="redacted")

    assert grants_for(users("id", "name", "Is test", "iban")) == []
    assert grants_for(users("id", "name"), excluded=("Is test", "iban")) == []
    assert grants_for(users("id", "name", "Is test"), masks=(("iban", mask),)) == []


def test_only_columns_that_are_read_are_to_be_granted():
    excluded = ("Is test", "iban")

    assert grants_for(users(can_select_system=False), excluded=excluded) == [
        "GRANT SELECT (id, name, ctid, xmin) ON TABLE public.users TO reader;"
    ]
    assert grants_for(users("id"), excluded=excluded) == [
        "GRANT SELECT (name) ON TABLE public.users TO reader;"
    ]
    assert grants_for(users("id", "name", can_select_system=False)) == [
        'GRANT SELECT ("Is test", iban, ctid, xmin) ON TABLE public.users TO reader;'
    ]


@pytest.mark.parametrize("kind", [MaskKind.HASH, MaskKind.KEEP])
def test_columns_that_are_hashed_or_kept_are_read(kind):
    masks = (("iban", Mask(kind=kind)),)

    assert grants_for(users("id", "name", "Is test"), masks=masks) == [
        "GRANT SELECT (iban) ON TABLE public.users TO reader;"
    ]


def test_columns_that_a_condition_asks_are_read():
    shape = {"excluded": ("Is test", "iban"), "where": 'not "Is test"'}

    assert grants_for(users("id", "name"), **shape) == [
        'GRANT SELECT ("Is test") ON TABLE public.users TO reader;'
    ]


# -------------------------------------------------------------------- what is not read


def test_table_that_is_excluded_needs_no_grant():
    plan = make_plan(
        make_table("films"),
        make_table("secret", can_select=False),
        source=make_source(exclude=("*.secret",)),
    )

    assert names_of(plan) == {"public.films"}


def test_partitioned_table_needs_no_grant_for_it_is_not_read():
    root = make_table("sales", oid=1, kind="p", can_select=False, hides_rows=True)

    plan = make_plan(root, make_table("sales_2026", oid=2, parents=[1]))

    assert names_of(plan) == {"public.sales_2026"}


def test_row_security_that_hides_rows_is_refused():
    refusal = refusal_of(
        make_table("films"),
        make_table("users", hides_rows=True),
        make_table("reviews", hides_rows=True),
    )

    assert refusal.exit_code == 78
    assert refusal.message == (
        "Row security would hide rows of public.users, public.reviews from role reader"
    )
    assert "ALTER ROLE reader BYPASSRLS" in refusal.hint


def test_row_security_is_allowed_when_somebody_says_so():
    source = make_source(allow_row_security=True)

    plan = make_plan(make_table("users", hides_rows=True), source=source)

    assert names_of(plan) == {"public.users"}
