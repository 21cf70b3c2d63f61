"""A replica is the source's table, less what could not work at the destination."""

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
UNIQUE = make_constraint("u", "UNIQUE (title)", columns=["title"])
EXCLUSION = make_constraint("x", "EXCLUDE USING gist (span WITH &&)")
CHECK = make_constraint("c", "CHECK ((stars > 0))")


def column_of(column, **facts):
    [designed] = make_replica(make_table("films", column), **facts).columns
    return designed


def kept(constraints, **facts):
    replica = make_replica(make_table(constraints=constraints), **facts)
    return [constraint.sql for constraint in replica.constraints]


def reasons(replica):
    return [(missing.name, missing.reason) for missing in replica.not_copied]


# ------------------------------------------------------------------------------ columns


def test_columns_keep_order_number_type_and_comment():
    table = make_table(
        "films",
        make_column("id", "bigint", number=1, is_not_null=True),
        make_column(
            "Caption", "character varying(80)", number=4, comment="As printed."
        ),
    )

    replica = make_replica(table)

    assert [
        (c.number, c.name, c.type, c.is_not_null, c.comment) for c in replica.columns
    ] == [
        (1, "id", "bigint", True, None),
        (4, "Caption", "character varying(80)", False, "As printed."),
    ]


def test_default_is_left_to_the_source():
    column = column_of(make_column("id", expression="nextval('films_id_seq')"))

    assert (column.generation, column.is_identity) == (None, False)


def test_type_points_at_where_its_schema_lands():
    column = make_column("mood", "app.mood[]")

    assert column_of(column, landings={"app": "raw_app"}).type == "raw_app.mood[]"


@pytest.mark.parametrize(
    "collation, expected", [("C", "C"), ("tr-x-icu", None), (None, None)]
)
def test_collation_is_kept_where_it_exists(collation, expected):
    column = make_column("title", "text", collation=collation)

    assert column_of(column, collations=frozenset({"C"})).collation == expected


def test_collation_that_does_not_exist_is_named():
    column = make_column("title", "text", collation="tr-x-icu")

    replica = make_replica(make_table("films", column))

    assert reasons(replica) == [
        (
            "public.films: collation of column title",
            "its collation tr-x-icu does not exist there",
        )
    ]


@pytest.mark.parametrize(
    "facts, version, generation",
    [
        pytest.param({"generated": "s"}, 14, "((a + b)) stored", id="stored"),
        pytest.param({"generated": "v"}, 18, "((a + b)) virtual", id="virtual"),
        pytest.param({"generated": "v"}, 17, None, id="virtual, to an older version"),
        pytest.param({"generated": ""}, 18, None, id="a default"),
        pytest.param(
            {"generated": "s", "uses_code": True}, 18, None, id="by a user's function"
        ),
        pytest.param(
            {"generated": "s", "expression": 'lower(a COLLATE "tr-x-icu")'},
            18,
            None,
            id="by a collation that does not exist",
        ),
    ],
)
def test_generated_column_is_generated_again_or_copied(facts, version, generation):
    column = make_column("total", **{"expression": "(a + b)"} | facts)

    assert column_of(column, version=version).generation == generation


@pytest.mark.parametrize("differing", ["has_other_locale", "is_recoded"])
def test_column_generated_by_the_locale_is_copied_to_another_locale(differing):
    column = make_column(
        "low", "text", generated="s", expression="lower(a)", uses_locale=True
    )

    assert column_of(column).generation == "(lower(a)) stored"
    assert column_of(column, **{differing: True}).generation is None


def test_generation_points_at_where_schemas_land():
    column = make_column("m", generated="s", expression="'sad'::app.mood")

    generation = column_of(column, landings={"app": "raw_app"}).generation

    assert generation == "('sad'::raw_app.mood) stored"


def test_only_values_that_are_not_generated_are_loaded():
    table = make_table(
        "films", make_column("a"), make_column("b", generated="s", expression="a")
    )

    assert [column.name for column in make_replica(table).loaded] == ["a"]


def test_identity_column_stays_one():
    assert column_of(make_column(is_identity=True)).is_identity


@pytest.mark.parametrize(
    "facts, is_safe",
    [
        pytest.param({"is_binary_safe": True}, True, id="a plain type"),
        pytest.param(
            {"is_binary_safe": False}, False, id="a type that sends object ids"
        ),
        pytest.param(
            {"is_binary_safe": False, "generated": "s", "expression": "x"},
            True,
            id="such a type, but generated there",
        ),
    ],
)
def test_one_value_that_is_unsafe_in_binary_makes_the_table_unsafe(facts, is_safe):
    table = make_table("films", make_column("a"), make_column("b", "regclass", **facts))

    assert make_replica(table).is_binary_safe is is_safe


# --------------------------------------------------------------------- keys and indexes


def test_keys_are_always_kept_and_checks_when_asked_for():
    constraints = [PRIMARY, UNIQUE, EXCLUSION, CHECK]

    assert kept(constraints) == [
        PRIMARY.definition,
        UNIQUE.definition,
        EXCLUSION.definition,
    ]
    assert kept(constraints, all_constraints=True)[-1] == CHECK.definition


def test_constraint_points_at_where_schemas_land():
    check = make_constraint("c", "CHECK ((mood <> 'sad'::app.mood))")

    assert kept([check], all_constraints=True, landings={"app": "raw_app"}) == [
        "CHECK ((mood <> 'sad'::raw_app.mood))"
    ]


@pytest.mark.parametrize(
    "constraint, capabilities, lack",
    [
        pytest.param(
            make_constraint("c", "CHECK (f(a))", name="c", code="function f(integer)"),
            {"all_constraints": True},
            "needs the function f(integer), which does not exist there",
            id="a function of the user",
        ),
        pytest.param(
            make_constraint("x", "EXCLUDE …", name="c", extensions=["btree_gist"]),
            {},
            "needs the extension btree_gist, which does not exist there",
            id="an extension",
        ),
        pytest.param(
            make_constraint("u", "UNIQUE NULLS NOT DISTINCT (a)", name="c"),
            {"version": 14},
            "needs PostgreSQL 15, which is not there",
            id="a newer version",
        ),
        pytest.param(
            make_constraint("c", 'CHECK ((a < b COLLATE "tr-x-icu"))', name="c"),
            {"all_constraints": True},
            "needs the collation tr-x-icu, which does not exist there",
            id="a collation",
        ),
    ],
)
def test_constraint_that_needs_what_is_not_there_is_named(
    constraint, capabilities, lack
):
    replica = make_replica(make_table(constraints=[constraint]), **capabilities)

    assert replica.constraints == ()
    assert reasons(replica) == [("public.films: constraint c", lack)]


@pytest.mark.parametrize(
    "definition, oldest",
    [
        ("UNIQUE NULLS NOT DISTINCT (a)", 15),
        ("PRIMARY KEY (a, span WITHOUT OVERLAPS)", 18),
        ("CHECK ((a > 0)) NOT ENFORCED", 18),
    ],
)
def test_constraint_is_kept_where_the_version_knows_it(definition, oldest):
    unique = make_constraint("u", definition)

    assert kept([unique], version=oldest - 1) == []
    assert kept([unique], version=oldest) == [definition]


def test_extension_that_is_there_is_used():
    exclusion = make_constraint("x", "EXCLUDE …", extensions=["btree_gist"])

    assert kept([exclusion], extensions=frozenset({"btree_gist"})) == ["EXCLUDE …"]


def test_check_that_nobody_asked_for_is_not_missed():
    check = make_constraint("c", "CHECK (f(a))", code="function f(integer)")

    assert reasons(make_replica(make_table(constraints=[check]))) == []


@pytest.mark.parametrize(
    "wanted, names",
    [
        pytest.param(True, ["plain", "unique"], id="all of them"),
        pytest.param(False, ["unique"], id="those that guard the data"),
    ],
)
def test_indexes_are_kept_as_configured(wanted, names):
    indexes = [make_index("plain"), make_index("unique", is_unique=True)]

    replica = make_replica(make_table(indexes=indexes), indexes=wanted)

    assert [index.name for index in replica.indexes] == names


def test_index_that_needs_a_function_is_named():
    replica = make_replica(
        make_table(indexes=[make_index("by_f", code="function f(integer)")])
    )

    assert replica.indexes == ()
    assert reasons(replica) == [
        (
            "public.films: index by_f",
            "needs the function f(integer), which does not exist there",
        )
    ]


# --------------------------------------------------------------------------- partitions


def test_partitioned_table_keeps_its_partition_key():
    table = make_table("sales", kind="p", partition_key="LIST (app.f(region))")

    replica = make_replica(table, landings={"app": "raw_app"})

    assert replica.partition_key == "LIST (raw_app.f(region))"


def test_root_of_a_partition_is_the_topmost_table_above_it():
    bound = {"partition_bound": "FOR VALUES IN (1)"}
    root = make_stream(make_table("sales", oid=1, kind="p"))
    asia = make_stream(make_table("asia", oid=2, kind="p", parents=[1], **bound))

    leaf = make_replica(make_table("leaf", parents=[2], **bound), streams=[root, asia])

    assert leaf.root is root


def test_child_by_inheritance_has_no_root():
    parent = make_stream(make_table("people", oid=1))

    child = make_replica(make_table("actors", parents=[1]), streams=[parent])

    assert (child.root, child.partition_bound) == (None, None)


def test_table_that_cannot_be_partitioned_there_is_named():
    replica = make_replica(make_table("sales", kind="p", partition_key=None))

    assert reasons(replica) == [
        (
            "public.sales: partitioning sales",
            "what places its rows is not the same there",
        )
    ]
