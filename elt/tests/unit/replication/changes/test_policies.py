"""What is done about changes of a table: they are followed, refused or kept away."""

from dataclasses import replace

import pytest
from builders import make_constraint
from changing_films import ID, TITLE, YEAR, films, texts

from elt.config import SchemaChangePolicy
from elt.errors import ConfigError
from elt.replication.changes.adjustment import adjust
from elt.replication.design.definition import define


def test_changes_are_propagated_by_default():
    after = films(ID, TITLE)

    adjustment = adjust(after, define(films(ID)))

    assert (adjustment.action, adjustment.replica) == ("propagated", after)
    assert adjustment.definition == define(after)
    assert adjustment.changes.descriptions == ("column title added",)


def test_no_change_is_no_matter_for_any_policy():
    for policy in SchemaChangePolicy:
        adjustment = adjust(films(ID, policy=policy), define(films(ID)))

        assert not adjustment.changes


def test_fail_refuses_and_names_every_change():
    after = films(ID, YEAR, policy=SchemaChangePolicy.FAIL)

    with pytest.raises(ConfigError) as refusal:
        adjust(after, define(films(ID, TITLE)))

    assert refusal.value.message == (
        "The table public.films changed: column title dropped; column year added"
    )


def test_key_that_changed_cannot_tell_rows_apart():
    key = make_constraint("p", "PRIMARY KEY (id)", columns=["id"])
    before = films(ID, constraints=[key])
    after = films(replace(ID, type="bigint"), constraints=[key])

    assert adjust(after, define(before)).replica.key == ()


def test_key_that_stayed_tells_rows_apart():
    key = make_constraint("p", "PRIMARY KEY (id)", columns=["id"])
    before = films(ID, constraints=[key])

    adjustment = adjust(films(ID, TITLE, constraints=[key]), define(before))

    assert adjustment.replica.key == ("id",)


def test_keep_loads_what_stayed_and_alters_nothing_else():
    before = films(ID, replace(TITLE, is_not_null=True), YEAR)
    after = films(ID, replace(YEAR, type="bigint"), policy=SchemaChangePolicy.KEEP)

    adjustment = adjust(after, define(before))

    assert [column.name for column in adjustment.replica.columns] == ["id"]
    kept = define(films(ID, TITLE, YEAR))
    assert (adjustment.action, adjustment.definition) == ("kept", kept)
    assert texts(adjustment.changes.before) == [
        'alter table "raw"."films" alter column "title" drop not null'
    ]
    assert adjustment.changes.after == ()


def test_keep_lets_a_column_be_null_that_may_be_null_now():
    before = films(ID, replace(TITLE, is_not_null=True))

    adjustment = adjust(
        films(ID, TITLE, policy=SchemaChangePolicy.KEEP), define(before)
    )

    assert texts(adjustment.changes.before) == [
        'alter table "raw"."films" alter column "title" drop not null'
    ]


def test_keep_is_impossible_without_the_key():
    key = make_constraint("p", "PRIMARY KEY (id)", columns=["id"])
    after = films(
        replace(ID, name="film_id"),
        constraints=[replace(key, columns=["film_id"])],
        policy=SchemaChangePolicy.KEEP,
    )

    with pytest.raises(ConfigError, match=r"The key of public\.films changed"):
        adjust(after, define(films(ID, constraints=[key])))


KEY = make_constraint("p", "PRIMARY KEY (id)", columns=["id"])
NAMED = replace(TITLE, is_not_null=True)
UNIQUE_TITLE = make_constraint("u", "UNIQUE (title)", columns=["title"])


@pytest.mark.parametrize(
    "had, has",
    [
        ([KEY], [make_constraint("p", "PRIMARY KEY (title)", columns=["title"])]),
        ([KEY, UNIQUE_TITLE], [KEY]),
        (
            [KEY, UNIQUE_TITLE],
            [KEY, make_constraint("u", "UNIQUE (id, title)", columns=["id", "title"])],
        ),
    ],
    ids=["a key of another column", "one dropped", "one of other columns"],
)
def test_keep_is_impossible_where_the_replica_would_refuse_rows(had, has):
    before = films(ID, NAMED, constraints=had)
    after = films(ID, NAMED, constraints=has, policy=SchemaChangePolicy.KEEP)

    with pytest.raises(
        ConfigError, match=r"public\.films does not have a_constraint_[pu]"
    ):
        adjust(after, define(before))


@pytest.mark.parametrize(
    "columns, constraints",
    [
        ((ID,), [KEY]),
        ((ID, NAMED), [KEY, replace(UNIQUE_TITLE, name="a_constraint_v")]),
    ],
    ids=["the column is gone", "only the name is another one"],
)
def test_keep_goes_on_where_what_is_gone_holds_for_any_row(columns, constraints):
    before = films(ID, NAMED, constraints=[KEY, UNIQUE_TITLE])
    after = films(*columns, constraints=constraints, policy=SchemaChangePolicy.KEEP)

    assert adjust(after, define(before)).action == "kept"
