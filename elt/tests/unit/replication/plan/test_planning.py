"""What is replicated, decided from configuration and catalog."""

import pytest
from builders import (
    make_column,
    make_constraint,
    make_index,
    make_plan,
    make_relation,
    make_source,
    make_table,
    make_type,
)
from plans import names_of, refusal_of

from elt.config import DeletePolicy, SchemaChangePolicy, StreamConfig, SyncMode
from elt.errors import UsageError

# ------------------------------------------------------------------------ which streams


def test_every_table_of_every_schema_is_a_stream():
    plan = make_plan(make_table("films"), make_table("orders", schema="shop"))

    assert names_of(plan) == {"public.films", "shop.orders"}


@pytest.mark.parametrize(
    "patterns, expected",
    [
        pytest.param(
            {"include": ("public.*",)},
            {"public.films", "public.ratings"},
            id="include a schema",
        ),
        pytest.param(
            {"include": ("*.films", "shop.*")},
            {"public.films", "shop.orders"},
            id="include two patterns",
        ),
        pytest.param(
            {"exclude": ("*.ratings",)},
            {"public.films", "shop.orders"},
            id="exclude a table",
        ),
        pytest.param(
            {"include": ("public.*",), "exclude": ("public.f*",)},
            {"public.ratings"},
            id="exclude from what is included",
        ),
    ],
)
def test_patterns_choose_the_streams(patterns, expected):
    tables = [make_table(name) for name in ("films", "ratings")]
    orders = make_table("orders", schema="shop")

    plan = make_plan(*tables, orders, source=make_source(**patterns))

    assert names_of(plan) == expected


def test_largest_stream_comes_first_and_equal_ones_by_name():
    sizes = {"b": 10, "a": 10, "small": 1, "large": 99}

    plan = make_plan(*(make_table(name, bytes=size) for name, size in sizes.items()))

    assert [stream.relation.name for stream in plan.streams] == [
        "large",
        "a",
        "b",
        "small",
    ]


def test_override_of_a_stream_wins_over_its_source():
    override = StreamConfig(on_schema_change=SchemaChangePolicy.FAIL)
    source = make_source(streams=(("public.films", override),))

    plan = make_plan(
        make_table("films"),
        make_table("ratings"),
        source=source,
        policy=SchemaChangePolicy.KEEP,
    )

    policies = {stream.name: stream.on_schema_change for stream in plan.streams}
    assert policies == {"public.films": "fail", "public.ratings": "keep"}
    assert {stream.mode for stream in plan.streams} == {SyncMode.FULL_REFRESH}


def test_partitions_are_replicated_as_their_table_is_unless_they_say_otherwise():
    whole = StreamConfig(
        mode=SyncMode.INCREMENTAL, cursor="day", lookback_seconds=60, allow_shrink=1
    )
    part = StreamConfig(mode=SyncMode.FULL_REFRESH, allow_shrink=0)
    source = make_source(streams=(("public.sales", whole), ("public.asia", part)))
    day = make_column("day", "date")

    plan = make_plan(
        make_table("sales", day, oid=9001, kind="p", partition_key="LIST (region)"),
        make_table("europe", day, oid=9002, parents=[9001]),
        make_table("asia", day, oid=9003, parents=[9001]),
        make_table("films"),
        source=source,
    )

    chosen = {
        s.relation.name: (s.mode, s.cursor, s.lookback_seconds, s.allow_shrink)
        for s in plan.streams
    }
    assert chosen == {
        "europe": (SyncMode.INCREMENTAL, "day", 60, 1),
        "asia": (SyncMode.FULL_REFRESH, None, 0, 0),
        "films": (SyncMode.FULL_REFRESH, None, 0, None),
    }


def sales(*columns, **options):
    """Return a partitioned table with two partitions, and what elt.yaml says of it."""
    whole = StreamConfig(mode=SyncMode.INCREMENTAL, **options)
    key = make_constraint("p", columns=["id"])
    common = {"parents": [9001], "constraints": [key]}
    tables = (
        make_table(
            "sales", *columns, oid=9001, kind="p", partition_key="LIST (region)"
        ),
        make_table("europe", *columns, oid=9002, **common),
        make_table("asia", *columns, oid=9003, **common),
    )
    return tables, {"source": make_source(streams=(("public.sales", whole),))}


def test_partitions_have_the_deletes_of_their_table():
    tables, options = sales(make_column("id"), deletes=DeletePolicy.IGNORE)

    plan = make_plan(*tables, **options)

    assert {stream.deletes for stream in plan.streams} == {DeletePolicy.IGNORE}


@pytest.mark.parametrize(
    "said, message",
    [
        (
            {"deletes": DeletePolicy.SOFT},
            "public.sales is part of a hierarchy and cannot have deletes: soft",
        ),
        (
            {"cursor": "at"},
            "The table public.sales has no column at to be its cursor",
        ),
    ],
)
def test_what_a_partitioned_table_cannot_have_is_told_once(said, message):
    tables, options = sales(make_column("id"), **said)

    assert refusal_of(*tables, **options).message == message


def test_everything_that_tables_do_not_allow_is_told_at_once():
    wrong = StreamConfig(mode=SyncMode.INCREMENTAL, cursor="at")
    keyless = StreamConfig(mode=SyncMode.INCREMENTAL, deletes=DeletePolicy.IGNORE)
    said = (("public.films", wrong), ("public.actors", wrong), ("public.log", keyless))

    refusal = refusal_of(
        make_table("films"),
        make_table("actors", make_column("at")),
        make_table("log"),
        source=make_source(streams=said),
    )

    assert refusal.message == (
        "The table public.films has no column at to be its cursor; "
        "The column at of public.actors is integer; a cursor must be a timestamp or a "
        "date; public.log has no key and cannot have deletes: ignore"
    )
    assert len(refusal.hint.splitlines()) == 3


@pytest.mark.parametrize(
    "name, hint",
    [
        pytest.param("public.filsm", "Correct streams: in elt.yaml.", id="misspelt"),
        pytest.param("films", "Correct streams: in elt.yaml.", id="without schema"),
        pytest.param(
            "public.film*",
            "Name each table in streams: of elt.yaml, it takes no patterns.",
            id="pattern",
        ),
    ],
)
def test_override_for_a_table_that_is_not_there_is_refused(name, hint):
    source = make_source(streams=((name, StreamConfig()),))

    refusal = refusal_of(make_table("films"), make_table("a"), source=source)

    message = f"Source raw has no table {name}; did you mean public.films?"
    assert (refusal.message, refusal.hint) == (message, hint)


def test_source_without_tables_is_refused():
    refusal = refusal_of(make_table("films"), source=make_source(include=("app.*",)))

    assert refusal.message == "No table of source raw is to be replicated"


def test_all_tables_of_the_source_are_known_even_those_left_out():
    plan = make_plan(
        make_table("films"),
        make_table("ratings"),
        source=make_source(exclude=("*.ratings",)),
    )

    assert plan.source_tables == {"public.films", "public.ratings"}


# -------------------------------------------------------------------- only some streams


@pytest.mark.parametrize(
    "only, expected",
    [
        pytest.param(["public.films"], {"public.films"}, id="one by name"),
        pytest.param(
            ["public.films", "shop.*"],
            {"public.films", "shop.orders"},
            id="name and pattern",
        ),
        pytest.param(
            ["public.a[1]"], {"public.a[1]"}, id="name that looks like a pattern"
        ),
    ],
)
def test_run_can_be_narrowed_to_some_streams(only, expected):
    tables = [make_table("films"), make_table("a[1]"), make_table("b1")]

    plan = make_plan(*tables, make_table("orders", schema="shop"), only=only)

    assert names_of(plan) == expected


def test_stream_that_is_not_there_is_wrong_usage():
    with pytest.raises(UsageError, match=r"filsm; did you mean public\.films\?"):
        make_plan(make_table("films"), only=["public.films", "public.filsm"])


def test_stream_that_is_excluded_is_not_there():
    source = make_source(exclude=("*.films",))

    with pytest.raises(UsageError, match=r"There is no stream public\.films"):
        make_plan(make_table(), make_table("b"), source=source, only=["public.films"])


def test_privileges_of_other_streams_do_not_matter_to_a_narrowed_run():
    secret = make_table("secret", can_select=False)

    plan = make_plan(make_table("films"), secret, only=["public.films"])

    assert names_of(plan) == {"public.films"}


# ------------------------------------------------------------------- partitioned tables


def test_partitions_are_streams_and_their_parent_is_made_before_them():
    child = make_table("sales_asia", oid=3, kind="p", parents=[2])
    root = make_table("sales", oid=2, kind="p")
    leaf = make_table("sales_2026", oid=1, parents=[3])

    plan = make_plan(child, leaf, root)

    assert names_of(plan) == {"public.sales_2026"}
    assert [t.relation.name for t in plan.partitioned] == ["sales", "sales_asia"]


PARTITIONED = [
    make_table("sales", oid=1, kind="p"),
    make_table("asia", oid=2, kind="p", parents=[1]),
    make_table("asia_2026", oid=3, parents=[2]),
    make_table("europe", oid=4, parents=[1]),
    make_table("films", oid=5),
]


@pytest.mark.parametrize(
    "only, streams, partitioned",
    [
        pytest.param(
            "public.asia_2026",
            {"public.asia_2026"},
            ["sales", "asia"],
            id="a partition brings what is above it",
        ),
        pytest.param(
            "public.asia",
            {"public.asia_2026"},
            ["sales", "asia"],
            id="a partitioned table brings its parts as well",
        ),
        pytest.param(
            "public.sales",
            {"public.asia_2026", "public.europe"},
            ["sales", "asia"],
            id="the topmost brings everything below it",
        ),
        pytest.param("public.films", {"public.films"}, [], id="others are left alone"),
    ],
)
def test_partitioned_table_stays_in_one_piece(only, streams, partitioned):
    plan = make_plan(*PARTITIONED, only=[only])

    assert names_of(plan) == streams
    assert [t.relation.name for t in plan.partitioned] == partitioned


def test_partitioned_table_stands_alone_when_what_is_above_it_is_excluded():
    plan = make_plan(*PARTITIONED, source=make_source(exclude=("*.sales",)))

    assert [t.relation.name for t in plan.partitioned] == ["asia"]


def test_child_by_inheritance_stands_for_itself():
    child = make_table("actors", oid=2, parents=[1])

    plan = make_plan(make_table("people", oid=1), child, only=["public.actors"])

    assert names_of(plan) == {"public.actors"}


# ------------------------------------------------------------------------ types to make


def test_only_types_that_streams_are_made_of_are_made():
    mood = make_type("e", "mood", oid=101)
    unused = make_type("e", "colour", oid=102)
    films = make_table("films", make_column("m", "mood[]", parts=[1009, 101]))

    assert make_plan(films, types=[mood, unused]).types == (mood,)


# ---------------------------------------------------------------------- what is missing


def test_table_of_an_unknown_type_is_named_with_its_column():
    strange = make_column("shape", "my_c_type", unknown_part="my_c_type")

    plan = make_plan(make_table("films"), make_table("shapes", strange))

    assert names_of(plan) == {"public.films"}
    [missing] = plan.not_copied
    assert missing.name == "public.shapes"
    assert missing.reason == (
        "column shape needs the type my_c_type, which cannot be made at the "
        "destination: leave it out in elt.yaml"
    )


@pytest.mark.parametrize(
    "kind, reason",
    [
        ("v", "a view: include_views: true copies its rows into a table"),
        ("m", "a materialized view: include_views: true copies its rows into a table"),
        ("f", "a foreign table: its rows are not in this database"),
    ],
    ids=["view", "materialized view", "foreign table"],
)
def test_relation_that_holds_no_rows_of_its_own_is_named(kind, reason):
    plan = make_plan(make_table("films"), others=[make_relation("best", kind=kind)])

    [missing] = plan.not_copied
    assert (missing.name, missing.reason) == ("public.best", reason)


def test_view_that_is_excluded_is_not_missed():
    plan = make_plan(
        make_table("films"),
        others=[make_relation("best", kind="v")],
        source=make_source(exclude=("*.best",)),
    )

    assert plan.not_copied == ()


# -------------------------------------------------------------- names of private tables


@pytest.mark.parametrize(
    "tables, mark",
    [
        ([make_table("films")], "@"),
        ([make_table("@films"), make_table("a@")], "@@"),
        ([make_table("films", indexes=[make_index("@1")]), make_table("@@")], "@@@"),
    ],
    ids=["no such name", "a table", "an index"],
)
def test_private_tables_are_called_as_nothing_of_the_source(tables, mark):
    assert {stream.mark for stream in make_plan(*tables).streams} == {mark}
