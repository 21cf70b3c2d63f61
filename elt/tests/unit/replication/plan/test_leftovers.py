"""Which replicas no run brings up to date any longer, and which tables go for them."""

import pytest
from builders import make_catalog, make_table

from elt.errors import UsageError
from elt.replication.plan.leftovers import (
    Leftover,
    Reason,
    choose_leftovers,
    group_by_table,
    list_leftovers,
)
from elt.replication.state.state import KnownStream


def known(name, state="ready", schema="raw"):
    """Make a stream that was published."""
    return KnownStream(
        stream=f"public.{name}",
        destination_schema=schema,
        destination_table=name,
        state=state,
        document={},
    )


def leftover(name, reason=Reason.GONE):
    """Make a leftover."""
    return Leftover(known=known(name), reason=reason)


def names(leftovers):
    """Return the streams of leftovers."""
    return [one.known.stream for one in leftovers]


def test_streams_that_are_gone_left_out_or_land_elsewhere_are_left_over():
    found = list_leftovers(
        lambda stream: stream in {"public.films", "public.gone"},
        [known("films"), known("gone", "gone"), known("out"), known("bad", "failed")],
        [known("films", "gone", schema="old")],
    )

    assert [(one.known.place, one.reason) for one in found] == [
        (("raw", "gone"), Reason.GONE),
        (("raw", "out"), Reason.LEFT_OUT),
        (("raw", "bad"), Reason.LEFT_OUT),
        (("old", "films"), Reason.MOVED),
    ]


def test_what_elt_yaml_leaves_out_is_not_chosen_unless_it_is_named():
    found = [leftover("gone"), leftover("out", Reason.LEFT_OUT)]

    chosen, unnamed = choose_leftovers(found, [])

    assert (names(chosen), names(unnamed)) == (["public.gone"], ["public.out"])
    chosen, unnamed = choose_leftovers(found, ["public.o*"])
    assert (names(chosen), names(unnamed)) == (["public.out"], [])
    chosen, _ = choose_leftovers(found, ["public.out", "public.gone"])
    assert names(chosen) == ["public.gone", "public.out"]


def test_a_pattern_that_names_no_leftover_is_refused():
    with pytest.raises(UsageError, match=r"public\.films names no replica"):
        choose_leftovers([leftover("gone")], ["public.*", "public.films"])


def partitions(*parts):
    """Make a catalog of partitions, each (oid, name, kind, oid of the table above)."""
    tables = [
        make_table(
            name, schema="raw", oid=oid, kind=kind, parents=[above] * bool(above)
        )
        for oid, name, kind, above in parts
    ]
    return make_catalog(*tables)


EVENTS = partitions(
    (1, "events", "p", None),
    (2, "of_2025", "p", 1),
    (3, "winter", "r", 2),
    (4, "summer", "r", 2),
    (5, "of_2026", "r", 1),
)
WHOLES = {("raw", "events"), ("raw", "of_2025")}


@pytest.mark.parametrize(
    "gone, tables",
    [
        (["winter"], {"winter": ["winter"]}),
        (["winter", "summer"], {"of_2025": ["winter", "summer"]}),
        (
            ["winter", "summer", "of_2026"],
            {"events": ["winter", "summer", "of_2026"]},
        ),
        (["winter", "of_2026"], {"winter": ["winter"], "of_2026": ["of_2026"]}),
        (["absent"], {"absent": ["absent"]}),
    ],
)
def test_a_partitioned_table_goes_with_the_last_of_its_partitions(gone, tables):
    grouped = group_by_table(map(leftover, gone), EVENTS, WHOLES)

    assert {place: names(ones) for place, ones in grouped.items()} == {
        ("raw", table): [f"public.{name}" for name in parts]
        for table, parts in tables.items()
    }


def test_a_partitioned_table_of_somebody_else_stays():
    ours = {("raw", "events")}

    grouped = group_by_table(
        map(leftover, ["winter", "summer", "of_2026"]), EVENTS, ours
    )

    assert set(grouped) == {("raw", name) for name in ("winter", "summer", "of_2026")}


def test_a_table_that_inherits_goes_for_itself():
    catalog = partitions((1, "films", "r", None), (2, "shorts", "r", 1))

    grouped = group_by_table([leftover("shorts")], catalog, set())

    assert set(grouped) == {("raw", "shorts")}
