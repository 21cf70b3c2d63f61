"""What identifies a row of a table, and how tables are called."""

import pytest
from builders import (
    make_catalog,
    make_column,
    make_constraint,
    make_index,
    make_relation,
    make_table,
)

from elt.replication.catalog.tables import stream_name

REQUIRED = make_column("a", is_not_null=True), make_column("b", is_not_null=True)
OPTIONAL = make_column("a"), make_column("b")


def primary(*columns):
    return make_constraint("p", columns=list(columns))


def unique(*columns, **facts):
    return make_constraint("u", columns=list(columns), **facts)


def key_index(*columns, is_key=True):
    return make_index(columns=list(columns), is_unique=True, is_key=is_key)


@pytest.mark.parametrize(
    "columns, constraints, indexes, key",
    [
        pytest.param(OPTIONAL, [], [], (), id="nothing"),
        pytest.param(REQUIRED, [primary("b", "a")], [], ("b", "a"), id="primary key"),
        pytest.param(REQUIRED, [unique("a")], [], ("a",), id="unique and not null"),
        pytest.param(OPTIONAL, [unique("a")], [], (), id="unique, but may be null"),
        pytest.param(
            REQUIRED,
            [unique("a", is_deferrable=True)],
            [],
            (),
            id="unique, but at commit only",
        ),
        pytest.param(OPTIONAL, [], [key_index("a")], ("a",), id="unique index"),
        pytest.param(
            OPTIONAL, [], [key_index("a", is_key=False)], (), id="unique, but partial"
        ),
        pytest.param(
            REQUIRED,
            [unique("a"), primary("b")],
            [key_index("a")],
            ("b",),
            id="primary key before all others",
        ),
        pytest.param(
            REQUIRED,
            [make_constraint("c", columns=["a"]), make_constraint("f", columns=["b"])],
            [],
            (),
            id="constraints that identify nothing",
        ),
    ],
)
def test_key_is_what_identifies_a_row(columns, constraints, indexes, key):
    table = make_table("films", *columns, constraints=constraints, indexes=indexes)

    assert table.key == key


def test_table_is_found_by_schema_and_name():
    films = make_table("films")
    catalog = make_catalog(films, make_table("films", schema="app"))

    assert catalog.table("public", "films") is films
    assert catalog.table("public", "actors") is None


@pytest.mark.parametrize(
    "schema, name, expected",
    [
        pytest.param("public", "films", "public.films", id="plain"),
        pytest.param(
            "public", "Film List", "public.Film List", id="capitals and blanks"
        ),
        pytest.param("public", 'a"b', 'public.a"b', id="a quote"),
        pytest.param(
            "public", "v1.films", 'public."v1.films"', id="a dot in the table"
        ),
        pytest.param("v1.app", "films", '"v1.app".films', id="a dot in the schema"),
    ],
)
def test_stream_has_the_name_of_its_table(schema, name, expected):
    assert stream_name(make_relation(name, schema=schema)) == expected


def test_dots_do_not_make_two_streams_one():
    left = make_relation("b.c", schema="a")
    right = make_relation("c", schema="a.b")

    assert stream_name(left) != stream_name(right)
