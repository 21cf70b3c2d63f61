"""Which sequences are carried over, and what is done at the destination."""

import pytest
from builders import make_relation, make_source
from sqltext import sql_text

from elt.config import Mask, MaskKind, Shape, StreamConfig
from elt.replication.plan.sequences import (
    Sequences,
    SourceSequence,
    choose_sequences,
    is_ours,
    mark_of,
)
from elt.replication.publish.sequences import HeldRelation, decide_changes
from elt.replication.sessions.positions import Position

OPTIONS = "as bigint increment by 1"
DRAWN = Position(value=5, is_called=True)
SETVAL = "select setval('raw.tickets', '5', 'True')"
OURS = mark_of(make_source())


def make_sequence(name="tickets", schema="public", of=None, **facts):
    """Make a sequence that the role may read; `of` is `table.column`."""
    table, column = of.split(".") if of else (None, None)
    ordinary = {
        "table_schema": schema if of else None,
        "table_name": table,
        "column": column,
        "options": OPTIONS,
        "comment": None,
        "file_node": 1,
        "can_enter_schema": True,
        "can_select": True,
        "has_no_value": False,
    }
    return SourceSequence(schema=schema, name=name, **ordinary | facts)


def chosen_of(*sequences, **facts):
    source = make_source(**facts)
    return [sequence.name for sequence in choose_sequences(source, sequences).chosen]


def reasons(sequences):
    return {missing.name: missing.reason for missing in sequences.not_copied}


# --------------------------------------------------------------------------- which ones


def test_a_stand_alone_sequence_goes_by_its_own_name():
    tickets, bills = make_sequence("tickets"), make_sequence("bills", "shop")

    assert chosen_of(tickets, bills) == ["tickets", "bills"]
    assert chosen_of(tickets, bills, exclude=("shop.*",)) == ["tickets"]
    assert chosen_of(tickets, bills, include=("shop.bills",)) == ["bills"]


def test_a_sequence_that_a_column_owns_goes_with_its_table():
    owned = make_sequence("films_id_seq", of="films.id")

    assert chosen_of(owned, include=("public.films",)) == ["films_id_seq"]
    assert chosen_of(owned, exclude=("public.films_id_seq",)) == ["films_id_seq"]
    assert chosen_of(owned, exclude=("public.films",)) == []


@pytest.mark.parametrize(
    "shape, is_chosen",
    [
        (Shape(excluded=("id",)), False),
        (Shape(masks=(("id", Mask(kind=MaskKind.NULL)),)), False),
        (Shape(masks=(("id", Mask(kind=MaskKind.KEEP)),)), True),
        (Shape(excluded=("title",), where="id > 1"), True),
    ],
    ids=["left out", "masked", "kept", "another"],
)
def test_a_sequence_stays_behind_where_its_column_does(shape, is_chosen):
    owned = make_sequence("films_id_seq", of="films.id")
    streams = (("public.films", StreamConfig(shape=shape)),)

    assert chosen_of(owned, streams=streams) == ["films_id_seq"] * is_chosen


def test_sequences_that_may_not_be_read_are_named_together():
    names = ["a", "b", "C", "d", "e"]
    hidden = [make_sequence(name, can_select=False) for name in names]

    found = choose_sequences(make_source(), [*hidden, make_sequence("readable")])

    assert [sequence.name for sequence in found.chosen] == ["readable"]
    assert reasons(found) == {
        "public.a, public.b, public.C and 2 more": "role reader may not read their "
        "values; run at the source: GRANT SELECT ON ALL SEQUENCES IN SCHEMA public "
        "TO reader;"
    }


def test_one_sequence_that_may_not_be_read_needs_one_grant():
    hidden = make_sequence("Odd one", can_select=False, can_enter_schema=False)

    assert reasons(choose_sequences(make_source(), [hidden])) == {
        "public.Odd one": "role reader may not read its value; run at the source: "
        "GRANT USAGE ON SCHEMA public TO reader; "
        'GRANT SELECT ON SEQUENCE public."Odd one" TO reader;'
    }


def test_what_a_standby_does_not_have_and_where_nothing_may_land_is_named():
    lost = make_sequence("lost", has_no_value=True)
    homeless = make_sequence("homeless", "shop")

    found = choose_sequences(
        make_source(schemas=(("shop", "staging"),)), [lost, homeless]
    )

    assert found.chosen == []
    assert reasons(found) == {
        "public.lost": "it is unlogged, and a standby does not have its value",
        "shop.homeless": "Schema shop would land in staging, which belongs to others",
    }


def test_a_sequence_of_ours_that_is_no_longer_chosen_is_named():
    source = make_source()
    held = [
        make_relation(name, schema="raw", kind="S", comment=comment)
        for name, comment in [
            ("tickets", mark_of(source) + "\nSold at the door"),
            ("stale", mark_of(source)),
            ("foreign", "mine"),
            ("of_others", mark_of(make_source(name="other"))),
        ]
    ]

    found = choose_sequences(source, [make_sequence("tickets")], held)

    assert found.ours == [("raw", "tickets")]
    assert list(reasons(found)) == ["sequence raw.stale of the destination"]


@pytest.mark.parametrize(
    "facts, expected",
    [
        ({"kind": "S", "comment": OURS}, True),
        ({"kind": "S", "comment": f"{OURS}\nSold at the door"}, True),
        ({"kind": "S", "comment": "mine"}, False),
        ({"kind": "S", "comment": None}, False),
        ({"kind": "v", "comment": OURS}, False),
    ],
)
def test_a_sequence_is_ours_by_its_comment(facts, expected):
    assert is_ours(make_relation("tickets", **facts)) is expected


# --------------------------------------------------------------------- what is done


def changes_of(*, there=None, held=DRAWN, wanted=DRAWN, comment=None):
    """Return what is done about public.tickets, and why nothing is."""
    sequence = make_sequence("tickets", comment=comment)
    sequences = Sequences(
        source=make_source(),
        chosen=[sequence],
        positions={sequence.place: wanted},
        held_positions={("raw", "tickets"): held} if held else {},
    )
    found = {("raw", "tickets"): there} if there else {}
    changes = decide_changes(sequences, found)
    return [sql_text(change).split(";") for change in changes.values()], reasons(
        sequences
    )


def make_held(**facts):
    ordinary = {
        "is_ours": True,
        "is_identity": False,
        "options": OPTIONS,
        "comment": OURS,
    }
    return HeldRelation(schema="raw", name="tickets", **ordinary | facts)


def test_a_new_sequence_is_made_with_its_mark():
    [[create, position, comment]], missing = changes_of()

    assert create == f'create sequence "raw"."tickets" {OPTIONS}'
    assert position.strip() == SETVAL
    assert comment == f""" comment on sequence "raw"."tickets" is '{OURS}'"""
    assert missing == {}


def test_the_comment_of_a_sequence_stands_below_our_mark():
    [[*_, new]], _ = changes_of(comment="Sold at the door")
    [[changed]], _ = changes_of(there=make_held(), comment="Sold at the door")
    [[removed]], _ = changes_of(there=make_held(comment=f"{OURS}\nSold at the door"))

    wanted = f"""comment on sequence "raw"."tickets" is '{OURS}\nSold at the door'"""
    assert new.strip() == changed == wanted
    assert removed == f"""comment on sequence "raw"."tickets" is '{OURS}'"""


@pytest.mark.parametrize(
    "held",
    [Position(6, is_called=True), Position(5, is_called=False), None],
    ids=["beyond", "still to come", "unknown"],
)
def test_a_sequence_that_is_elsewhere_is_set(held):
    [[position]], _ = changes_of(there=make_held(), held=held)

    assert position == SETVAL


def test_a_sequence_that_counts_otherwise_is_altered_from_where_it_is():
    there = make_held(options="as integer increment by 2")

    [[alter, position]], _ = changes_of(there=there)

    assert alter == f"""alter sequence "raw"."tickets" {OPTIONS} restart with '5'"""
    assert position.strip() == SETVAL


def test_a_sequence_that_is_as_it_should_be_is_left_alone():
    assert changes_of(there=make_held()) == ([], {})


@pytest.mark.parametrize(
    "facts, what",
    [
        ({"options": None}, "exists at the destination, but not through elt"),
        ({}, "exists at the destination, but not through elt"),
        (
            {"is_identity": True},
            "is the sequence of an identity column at the destination",
        ),
    ],
    ids=["a table", "a sequence", "an identity"],
)
def test_what_somebody_else_has_under_the_name_is_left_alone(facts, what):
    changes, missing = changes_of(there=make_held(is_ours=False, **facts))

    assert changes == []
    assert missing == {"public.tickets": f"raw.tickets {what}: rename that"}
