"""SQL of the source is made to point at where its schemas land, and nothing else is."""

import pytest

from elt.replication.catalog.relocation import mentions, relocate, rename

LANDINGS = {
    "public": "raw",
    "app": "raw_app",
    "App": "raw_App",
    'odd".name': 'raw_odd".name',
    "a b": "user",
    "swap": "app",
}


@pytest.mark.parametrize(
    "sql, relocated",
    [
        pytest.param("app.mood", "raw_app.mood", id="a type"),
        pytest.param("app.mood[]", "raw_app.mood[]", id="an array"),
        pytest.param("'sad'::app.mood", "'sad'::raw_app.mood", id="a cast"),
        pytest.param('x::"App".m', 'x::"raw_App".m', id="a cast, with a capital"),
        pytest.param("app.f(app.g(x))", "raw_app.f(raw_app.g(x))", id="functions"),
        pytest.param(
            "(a OPERATOR(app.=) b)", "(a OPERATOR(raw_app.=) b)", id="operator"
        ),
        pytest.param(
            "(a OPERATOR(app.*) b)", "(a OPERATOR(raw_app.*) b)", id="asterisk"
        ),
        pytest.param(
            'app."Mood"', 'raw_app."Mood"', id="quoted name in a plain schema"
        ),
        pytest.param('"App".mood', '"raw_App".mood', id="schema with a capital"),
        pytest.param('"odd"".name".x', '"raw_odd"".name".x', id="schema with a quote"),
        pytest.param('"a b".x', '"user".x', id="landing that is a keyword"),
        pytest.param(
            "swap.x, app.x", "app.x, raw_app.x", id="landing that is a schema"
        ),
        pytest.param("public.x", "raw.x", id="first in the text"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_schema_is_replaced_by_where_it_lands(sql, relocated):
    assert relocate(sql, LANDINGS) == relocated


@pytest.mark.parametrize(
    "sql",
    [
        pytest.param("'app.mood'::text", id="in a string"),
        pytest.param("(app.* IS NULL)", id="table whose whole row is meant"),
        pytest.param("'it''s app.mood'", id="in a string with a quote"),
        pytest.param("''::text || ' app.x'", id="after an empty string"),
        pytest.param(r"E'\\ app.x'", id="in a string with a backslash"),
        pytest.param('"my app.mood"', id="in a quoted name"),
        pytest.param('"it""s app.x"', id="in a quoted name with a quote"),
        pytest.param('"it\'s app.x"', id="in a quoted name with an apostrophe"),
        pytest.param("app > 0", id="a column of that name"),
        pytest.param("(app).city", id="a field of a column of that name"),
        pytest.param("myapp.mood", id="end of a longer name"),
        pytest.param("application.mood", id="start of a longer name"),
        pytest.param("app2.mood", id="name with a digit behind"),
        pytest.param("my_app.mood", id="name after an underscore"),
        pytest.param("straßeapp.mood", id="name after a letter beyond ASCII"),
        pytest.param("other.app", id="name in another schema"),
        pytest.param("APP.mood", id="name in capitals, which is another"),
        pytest.param('"APP".mood', id="quoted name in capitals"),
        pytest.param("1.5 + x", id="a fraction"),
        pytest.param("pg_catalog.int4", id="a schema of the system"),
    ],
)
def test_what_only_looks_like_a_schema_stays(sql):
    assert relocate(sql, LANDINGS) == sql


def test_text_without_landings_stays():
    assert relocate("CHECK ((public.f(x) > 0))", {}) == "CHECK ((public.f(x) > 0))"


@pytest.mark.parametrize(
    "sql, is_mentioned",
    [
        ("(app > 0)", True),
        ("(x > 'app'::text)", False),
        ("(x)::app", False),
        ('(x)::"app"', False),
        ("(x)::app[]", False),
        ("(app)::text", True),
        ("(x)::app || app", True),
        ("x::apple", False),
    ],
)
def test_the_type_of_a_cast_is_no_column(sql, is_mentioned):
    assert mentions(sql, {"app"}) is is_mentioned
    assert (rename(sql, {"app": "renamed"}) != sql) is is_mentioned
