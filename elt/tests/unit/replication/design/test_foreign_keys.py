"""Which foreign keys a replica has, and why it does not have others."""

from dataclasses import replace

import pytest
from builders import (
    make_column,
    make_constraint,
    make_index,
    make_replica,
    make_stream,
    make_table,
)

PRIMARY = make_constraint("p", "PRIMARY KEY (id)", columns=["id"])


def reasons(replica):
    return [(missing.name, missing.reason) for missing in replica.not_copied]


def reference(oid, **facts):
    ordinary = {
        "name": "ratings_film_fk",
        "columns": ["film_id"],
        "referenced_oid": oid,
        "referenced_columns": ["id"],
    }
    return make_constraint("f", "FOREIGN KEY …", **ordinary | facts)


def test_foreign_key_refers_to_the_replica_of_its_table():
    table = make_table("films", oid=7, schema="app", constraints=[PRIMARY])
    films = make_stream(table, schema="raw_app")
    ratings = make_table("ratings", constraints=[reference(7)])

    [key] = make_replica(ratings, streams=[films]).foreign_keys

    assert (key.columns, key.references, key.referenced_columns) == (
        ("film_id",),
        "app.films",
        ("id",),
    )
    assert (key.schema, key.table) == ("raw_app", "films")


def test_foreign_key_of_a_table_may_refer_to_itself():
    films = make_table("films", oid=7, constraints=[PRIMARY, reference(7)])

    assert len(make_replica(films).foreign_keys) == 1


@pytest.mark.parametrize(
    "constraint",
    [
        pytest.param(reference(99), id="to a table that is not replicated"),
        pytest.param(reference(7, is_valid=False), id="that was never checked"),
        pytest.param(reference(7, has_period=True), id="to a period of time"),
        pytest.param(PRIMARY, id="that is none"),
    ],
)
def test_foreign_key_that_could_not_hold_is_left_out(constraint):
    films = make_stream(make_table("films", oid=7, constraints=[PRIMARY]))
    ratings = make_table("ratings", constraints=[constraint])

    assert make_replica(ratings, streams=[films]).foreign_keys == ()


DISTINCT = make_constraint("u", "UNIQUE NULLS NOT DISTINCT (id)", columns=["id"])
PARTIAL = make_index(
    is_unique=True, definition="USING btree (id) WHERE (id > 0)", columns=["id"]
)
OID = make_column("id", "oid")
NAME = make_column("film_id", "text", is_text_elsewhere=True)


@pytest.mark.parametrize(
    "film, rating, lack",
    [
        pytest.param(
            {"constraints": [DISTINCT], "indexes": [PARTIAL]},
            [],
            "would refer to a key that is left out there",
            id="to a key that an old destination does not know",
        ),
        pytest.param(
            {"constraints": [PRIMARY]},
            [NAME],
            "would refer from text to what is none, or the other way round there",
            id="between a text and a number",
        ),
    ],
)
def test_foreign_key_that_has_no_match_is_named(film, rating, lack):
    films = make_stream(make_table("films", OID, oid=7, **film))
    ratings = make_table("ratings", *rating, constraints=[reference(7)])

    replica = make_replica(ratings, streams=[films], version=14, all_constraints=True)

    assert replica.foreign_keys == ()
    assert [missing.reason for missing in replica.not_copied] == [lack]


@pytest.mark.parametrize(
    "facts, lack",
    [
        pytest.param(
            {"is_valid": False},
            "is not valid at the source, nor there",
            id="that was never checked",
        ),
        pytest.param(
            {"has_period": True},
            "would not refer to a period there",
            id="to a period of time",
        ),
        pytest.param(
            {"referenced_oid": 99},
            "would refer to a table that is not copied there",
            id="to a table that is not replicated",
        ),
        pytest.param(
            {"referenced_oid": 8},
            "would refer to a table whose rows lie in others there",
            id="to a table whose partitions become children",
        ),
    ],
)
def test_foreign_key_that_could_not_hold_is_named_when_asked_for(facts, lack):
    films = make_stream(make_table("films", oid=7))
    moods = make_stream(make_table("moods", oid=8, kind="p", partition_key=None))
    ratings = make_table("ratings", constraints=[replace(reference(7), **facts)])

    asked = make_replica(ratings, streams=[films, moods], all_constraints=True)
    not_asked = make_replica(ratings, streams=[films, moods])

    assert reasons(asked) == [("public.ratings: constraint ratings_film_fk", lack)]
    assert reasons(not_asked) == []
