"""What is done when a table of the source is no longer what it was."""

from dataclasses import replace

import pytest
from builders import make_constraint, make_index, make_replica, make_stream
from changing_films import ID, OID, TITLE, YEAR, films, make_table, texts

from elt.config import DeletePolicy, Shape, SyncMode
from elt.replication.changes.adjustment import adjust
from elt.replication.changes.schema_changes import compare
from elt.replication.design.definition import TableDefinition, define
from elt.replication.shapes.shaping import Shaping


def changes_between(before, after):
    return compare(define(before), after)


def test_table_that_is_as_it_was_has_no_changes():
    changes = changes_between(films(ID, TITLE), films(ID, TITLE))

    assert not changes
    assert (changes.before, changes.after) == ((), ())


@pytest.mark.parametrize(
    "before, after, description, statements",
    [
        pytest.param(
            [ID],
            [ID, TITLE],
            "column title added",
            ['alter table "raw"."films" add column "title" text'],
            id="added",
        ),
        pytest.param(
            [ID, TITLE],
            [ID],
            "column title dropped",
            ['alter table "raw"."films" drop column "title"'],
            id="dropped",
        ),
        pytest.param(
            [TITLE],
            [replace(TITLE, name="Caption")],
            "column title renamed to Caption",
            ['alter table "raw"."films" rename column "title" to "Caption"'],
            id="renamed",
        ),
        pytest.param(
            [YEAR],
            [replace(YEAR, type="bigint")],
            "column year is bigint instead of integer",
            [
                (
                    'alter table "raw"."films" alter column "year" type bigint '
                    'using "year"::text::bigint'
                )
            ],
            id="another type",
        ),
        pytest.param(
            [ID],
            [replace(ID, is_not_null=False)],
            "column id may be null",
            ['alter table "raw"."films" alter column "id" drop not null'],
            id="may be null now",
        ),
        pytest.param(
            [replace(YEAR, generated="s", expression="1")],
            [replace(YEAR, generated="s", expression="2")],
            "column year is generated differently",
            ['alter table "raw"."films" alter column "year" set expression as (2)'],
            id="generated differently",
        ),
        pytest.param(
            [replace(YEAR, generated="s", expression="1")],
            [YEAR],
            "column year is no longer generated",
            ['alter table "raw"."films" alter column "year" drop expression'],
            id="no longer generated",
        ),
        pytest.param(
            [TITLE],
            [replace(TITLE, collation="C")],
            "column title is text collate C instead of text",
            [
                (
                    'alter table "raw"."films" alter column "title" type text '
                    'collate "C" using "title"::text::text'
                )
            ],
            id="another collation",
        ),
    ],
)
def test_change_of_a_column_is_made_before_rows_are_compared(
    before, after, description, statements
):
    changes = changes_between(films(*before), films(*after))

    assert changes.descriptions == (description,)
    assert (texts(changes.before), changes.after) == (statements, ())


def test_not_null_waits_until_the_values_are_there():
    required = replace(TITLE, is_not_null=True)

    added = changes_between(films(ID), films(ID, required))
    tightened = changes_between(films(ID, TITLE), films(ID, required))

    after = ['alter table "raw"."films" alter column "title" set not null']
    assert texts(added.before) == ['alter table "raw"."films" add column "title" text']
    assert (texts(added.after), texts(tightened.after)) == (after, after)
    assert tightened.descriptions == ("column title became not null",)


def test_names_that_change_hands_take_a_step_between():
    changes = changes_between(
        films(TITLE, YEAR),
        films(replace(TITLE, name="year"), replace(YEAR, name="title")),
    )

    assert [text.partition("rename ")[2] for text in texts(changes.before)] == [
        'column "title" to "elt_column_1"',
        'column "year" to "elt_column_2"',
        'column "elt_column_1" to "year"',
        'column "elt_column_2" to "title"',
    ]


def test_order_of_columns_does_not_matter():
    assert not changes_between(films(ID, TITLE), films(TITLE, ID))


def test_table_made_anew_is_compared_by_the_names_of_its_columns():
    restored = films(replace(ID, number=7), replace(TITLE, number=9), YEAR, oid=OID + 1)

    changes = changes_between(films(ID, TITLE), restored)

    assert changes.descriptions == ("column year added",)


def test_values_that_do_not_fit_are_deleted_to_come_anew():
    changes = changes_between(films(YEAR), films(replace(YEAR, type="date")))

    [attempt] = changes.before
    assert texts(attempt.otherwise) == [
        'delete from "raw"."films"',
        'alter table "raw"."films" alter column "year" type date using null',
    ]


def test_what_is_generated_is_dropped_before_what_it_is_made_from():
    doubled = replace(YEAR, name="doubled", number=4, generated="s", expression="year")

    changes = changes_between(films(ID, YEAR, doubled), films(ID))

    assert texts(changes.before) == [
        'alter table "raw"."films" drop column "doubled"',
        'alter table "raw"."films" drop column "year"',
    ]


def test_column_begins_and_ends_to_count():
    counting = replace(ID, is_identity=True, identity_options="increment by 2")

    begins = changes_between(films(ID), films(counting))
    ends = changes_between(films(counting), films(ID))

    assert texts(begins.after) == [
        (
            'alter table "raw"."films" alter column "id" add '
            "generated by default as identity (increment by 2)"
        )
    ]
    assert texts(ends.before) == [
        'alter table "raw"."films" alter column "id" drop identity'
    ]


# --------------------------------------------------------------------- keys and indexes

UNIQUE = make_constraint("u", "UNIQUE (title)", name="films_title")
INDEX = make_index("by_year", definition="USING btree (year)")


def test_key_that_is_gone_is_dropped_before_and_a_new_one_made_after():
    before = films(ID, constraints=[UNIQUE], indexes=[INDEX])
    changed = replace(INDEX, is_unique=True)
    after = films(ID, indexes=[changed])

    changes = changes_between(before, after)

    assert changes.descriptions == (
        "constraint films_title dropped",
        "index by_year dropped",
        "index by_year added",
    )
    assert texts(changes.dropped.values()) == [
        'alter table "raw"."films" drop constraint if exists "films_title"',
        'drop index if exists "raw"."by_year"',
    ]
    assert texts(changes.after) == [
        'create unique index "by_year" on "raw"."films" USING btree (year)'
    ]


def test_key_and_index_follow_a_renamed_column_and_take_new_names():
    renamed = replace(TITLE, name="Caption")
    key = make_constraint("u", 'UNIQUE ("Caption")', name="films_caption")
    before = films(TITLE, YEAR, constraints=[UNIQUE], indexes=[INDEX])
    after = films(
        renamed, YEAR, constraints=[key], indexes=[replace(INDEX, name="years")]
    )

    changes = changes_between(before, after)

    assert changes.renamed_constraints == {"films_title": "films_caption"}
    assert changes.renamed_indexes == {"by_year": "years"}
    assert (changes.dropped, changes.after) == ({}, ())


def test_index_of_a_column_that_is_generated_anew_comes_again():
    made = replace(YEAR, generated="v", expression="1")
    before = films(made, indexes=[INDEX])

    changes = changes_between(before, films(YEAR, indexes=[INDEX]))

    assert list(changes.dropped) == ["by_year"]
    assert len(changes.after) == 1


def test_key_that_was_not_one_before_cannot_tell_rows_apart():
    key = make_constraint("p", "PRIMARY KEY (id)", columns=["id"])

    assert adjust(films(ID, constraints=[key]), define(films(ID))).replica.key == ()


def test_key_that_changed_is_made_anew_and_others_are_left_alone():
    other = make_constraint("p", "PRIMARY KEY (id)", name="films_pkey")
    wider = replace(UNIQUE, definition="UNIQUE (title, year)")
    before = films(ID, constraints=[other, UNIQUE], indexes=[INDEX])
    after = films(ID, constraints=[other, wider], indexes=[INDEX])

    changes = changes_between(before, after)

    assert [*texts(changes.dropped.values()), *texts(changes.after)] == [
        'alter table "raw"."films" drop constraint if exists "films_title"',
        'alter table "raw"."films" add constraint "films_title" UNIQUE (title, year)',
    ]


def test_nothing_is_dropped_with_what_depends_on_it():
    before = films(ID, TITLE, constraints=[UNIQUE], indexes=[INDEX])

    changes = changes_between(before, films(YEAR))

    statements = [*texts(changes.before), *texts(changes.after)]
    assert [text for text in statements if "cascade" in text.lower()] == []


# --------------------------------------------------------------- what elt.yaml asks for


def soft_films(*columns):
    """Return a replica that marks rows as deleted."""
    stream = make_stream(
        make_table(*columns), mode=SyncMode.INCREMENTAL, deletes=DeletePolicy.SOFT
    )
    return make_replica(stream=stream)


def shaped(replica, *excluded):
    """Return a replica of which elt.yaml leaves columns out."""
    fingerprint = ",".join(excluded)
    shaping = Shaping(shape=Shape(excluded=excluded), fingerprint=fingerprint)
    return replace(replica, stream=replace(replica.stream, shaping=shaping))


@pytest.mark.parametrize(
    "before, after, description",
    [
        pytest.param(
            films(ID, TITLE),
            shaped(films(ID), "title"),
            "column title dropped, as elt.yaml says",
            id="left out",
        ),
        pytest.param(
            films(ID, TITLE),
            shaped(films(ID), "year"),
            "column title dropped",
            id="gone from the source",
        ),
        pytest.param(
            shaped(films(ID), "title"),
            films(ID, TITLE),
            "column title added, or no longer left out by elt.yaml",
            id="let in",
        ),
        pytest.param(
            shaped(films(ID), "title"),
            shaped(films(ID, YEAR), "title"),
            "column year added",
            id="added at the source",
        ),
        pytest.param(
            films(ID),
            soft_films(ID),
            "column _elt_deleted_at added, as elt.yaml says",
            id="soft deletes",
        ),
        pytest.param(
            soft_films(ID),
            films(ID),
            "column _elt_deleted_at dropped, as elt.yaml says",
            id="no more soft deletes",
        ),
    ],
)
def test_a_change_says_whether_elt_yaml_asked_for_it(before, after, description):
    assert changes_between(before, after).descriptions == (description,)


# ---------------------------------------------------------------------------- the state


def test_definition_survives_its_way_through_the_state():
    definition = define(films(ID, TITLE, constraints=[UNIQUE], indexes=[INDEX]))

    assert TableDefinition.from_document(definition.to_document()) == definition
