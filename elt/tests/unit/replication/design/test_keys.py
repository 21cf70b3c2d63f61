"""Keys become indexes first and constraints then, where PostgreSQL can do that."""

import pytest
from builders import make_constraint, make_index, make_replica, make_table
from sqltext import sql_text

from elt.replication.design.keys import split_keys

TABLE = '"raw"."films"'
ADD = f'alter table {TABLE} add constraint "k" '
INDEX = f'create unique index "k" on {TABLE} '


def split(*, constraints=(), indexes=()):
    table = make_table("films", constraints=constraints, indexes=indexes)
    return split_keys(make_replica(table), "raw")


@pytest.mark.parametrize(
    "kind, definition, index, constraint",
    [
        ("p", "PRIMARY KEY (id)", "(id)", "PRIMARY KEY using index"),
        ("u", "UNIQUE (a, b) INCLUDE (c)", "(a, b) INCLUDE (c)", "UNIQUE using index"),
        (
            "u",
            'UNIQUE NULLS NOT DISTINCT ("a ) DEFERRABLE")',
            '("a ) DEFERRABLE") nulls not distinct',
            "UNIQUE using index",
        ),
    ],
)
def test_key_is_made_of_an_index(kind, definition, index, constraint):
    keys = split(constraints=[make_constraint(kind, definition, name="k")])

    assert [sql_text(x) for x in keys.indexes] == [INDEX + index]
    assert [sql_text(x) for x in keys.constraints] == [f'{ADD}{constraint} "k"']


@pytest.mark.parametrize("words", [" DEFERRABLE", " DEFERRABLE INITIALLY DEFERRED"])
def test_key_waits_for_the_commit_if_it_does_at_the_source(words):
    keys = split(constraints=[make_constraint("u", f"UNIQUE (a){words}", name="k")])

    assert [sql_text(x) for x in keys.indexes] == [INDEX + "(a)"]
    expected = f'{ADD}UNIQUE using index "k"{words}'
    assert [sql_text(x) for x in keys.constraints] == [expected]


@pytest.mark.parametrize(
    "kind, definition",
    [
        ("x", "EXCLUDE USING gist (period WITH &&)"),
        ("p", "PRIMARY KEY (room, during WITHOUT OVERLAPS)"),
        ("u", "UNIQUE USING INDEX of_a_later_version"),
    ],
)
def test_other_constraints_are_added_as_they_are(kind, definition):
    keys = split(constraints=[make_constraint(kind, definition, name="k")])

    assert keys.indexes == []
    assert [sql_text(x) for x in keys.constraints] == [ADD + definition]


@pytest.mark.parametrize(
    "definition, has_expressions",
    [
        ("USING btree (a, b) INCLUDE (c) WHERE (a > (1))", False),
        ('USING btree ("a (b", "c ""(d")', False),
        ("USING btree (lower(a))", True),
        ('USING gin ("a (b", ((c + 1)))', True),
    ],
)
def test_expressions_are_noticed(definition, has_expressions):
    keys = split(indexes=[make_index("i", definition=definition)])

    assert keys.has_expressions is has_expressions
