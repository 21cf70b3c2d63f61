"""What of dbt is downstream of a column, as the code of its nodes tells."""

import pytest
from manifests import ManifestBuilder

from elt.lineage.impact import Impact, find_impact

FILMS = ("raw", "films")


@pytest.fixture
def builder():
    return ManifestBuilder()


@pytest.fixture
def films(builder):
    """Return the id of the source films."""
    return builder.source()


def impact_of(builder, *columns, places=(FILMS,)):
    return find_impact(builder.parse(), places, columns).names


@pytest.mark.parametrize(
    "code",
    [
        "select id, price from {{ source('raw', 'films') }}",
        "select FILMS.PRICE from films",
        'select "price" from films',
        "select price::text as cost from films",
        "{{ config(unique_key='price') }} select id from films",
        "select id /* and price */ from films",
    ],
)
def test_a_model_that_mentions_a_column_is_downstream(builder, films, code):
    builder.model("stg_films", films, code=code)

    assert impact_of(builder, "price") == {"model": ("stg_films",)}


@pytest.mark.parametrize(
    "code",
    [
        "select id, list_price, price_list, price2, price$ from films",
        "select count(*) as films, 2 * id as twice from films",
        "select max(id) * 2 as twice from films",
    ],
)
def test_a_model_that_does_not_is_not(builder, films, code):
    builder.model("stg_films", films, code=code)

    assert impact_of(builder, "price") == {}


@pytest.mark.parametrize(
    "column, code",
    [
        ("Two Words", 'select "Two Words" from films'),
        ('a"b', 'select "a""b" from films'),
        ("größe", "select größe from films"),
        ("a.b", 'select "a.b" from films'),
    ],
)
def test_an_odd_name_is_found(builder, films, column, code):
    builder.model("stg_films", films, code=code)
    builder.model("other", films, code="select a, b, two, words, axb from films")

    assert impact_of(builder, column) == {"model": ("stg_films",)}


def test_all_behind_a_model_that_uses_a_column_is_downstream(builder, films):
    staging = builder.model("stg_films", films, code="select price as cost from films")
    mart = builder.model("mart", staging, code="select cost from stg_films")
    builder.test("unique_mart_id", mart, column_name="id")
    builder.exposure("dashboard", mart)
    builder.node("films_snapshot", staging, kind="snapshot", raw_code="select cost")
    builder.model("other", builder.source("users"), code="select price from users")

    assert impact_of(builder, "price") == {
        "model": ("mart", "stg_films"),
        "snapshot": ("films_snapshot",),
        "test": ("unique_mart_id",),
        "exposure": ("dashboard",),
    }


@pytest.mark.parametrize(
    "code",
    [
        "select * from {{ ref('films') }}",
        "select distinct * from raw.films",
        "select films.* from {{ ref('films') }} as films",
        "select id,\n    * from {{ ref('films') }}",
        "select distinct on (lower(title)) * from {{ ref('films') }}",
        "select to_jsonb(films) from {{ ref('films') }} as films",
    ],
)
def test_a_star_may_pass_a_column_on_under_its_name(builder, films, code):
    staging = builder.model("stg_films", films, code=code)
    builder.model("prices", staging, code="select price from stg_films")
    builder.model("titles", staging, code="select title from stg_films")

    assert impact_of(builder, "price") == {"model": ("prices", "stg_films")}


@pytest.mark.parametrize(
    "code",
    [
        (
            "with source as (select * from {{ source('raw', 'films') }}), "
            "renamed as (select id, title from source) select * from renamed"
        ),
        (
            "{{ config(x='y') }} with a as (select * from {{ ref('films') }}) "
            "select id, count(*) from a group by 1"
        ),
        (
            "with recursive a (id) as not materialized (select f.* from films as f), "
            'b as (select (1 + (id)) as id from a) select * from "b"'
        ),
        "select id -- select * from films\nfrom films /* films.* */",
        (
            "with a as (with b as (select id from {{ ref('x') }}) select b.* from b) "
            "select id from a"
        ),
        "with ratings as (select stars from ratings) select ratings.* from ratings",
    ],
)
def test_a_star_that_a_list_follows_passes_nothing_on(builder, films, code):
    staging = builder.model("stg_films", films, code=code)
    builder.model("prices", staging, code="select price from stg_films")

    assert impact_of(builder, "price") == {}


@pytest.mark.parametrize(
    "code",
    [
        (
            "with source as (select * from {{ source('raw', 'films') }}), "
            "same as (select *, 1 as one from source) select * from same"
        ),
        "with a as (select * from raw.films) select a.* from a",
        (
            "with a as (select id from {{ ref('films') }}) "
            "select a.* from a union all select * from {{ ref('films') }}"
        ),
        "with {{ name }} as (select * from {{ ref('films') }}) select id from x",
        "with a as (select * from {{ ref('films') }} select id from a",
        "select {{ dbt_utils.star(ref('films')) }} from {{ ref('films') }}",
    ],
)
def test_a_star_that_may_reach_the_end_passes_all_on(builder, films, code):
    staging = builder.model("stg_films", films, code=code)
    builder.model("prices", staging, code="select price from stg_films")

    assert impact_of(builder, "price") == {"model": ("prices", "stg_films")}


def test_a_macro_with_a_star_passes_all_on(builder, films):
    macro = builder.macro("everything_of", "select * from {{ table }}")
    code = "{{ everything_of(source('raw', 'films')) }}"
    staging = builder.model("stg_films", films, code=code, macros=[macro])
    builder.model("prices", staging, code="select price from stg_films")

    assert impact_of(builder, "price") == {"model": ("prices", "stg_films")}


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_what_is_behind_a_use_counts_though_a_star_leads_there_too(
    builder, films, order
):
    codes = ["select * from raw.films", "select price as cost from films"]
    above = [
        builder.model(f"above_{number}", films, code=codes[number]) for number in order
    ]
    both = builder.model("both", *above, code="select * from {{ x }}")
    builder.model("last", both, code="select cost from both")

    names = impact_of(builder, "price")["model"]

    assert names == ("above_0", "above_1", "both", "last")


def test_only_the_tests_that_name_a_column_are_downstream_of_a_star(builder, films):
    staging = builder.model("stg_films", films, code="select * from raw.films")
    for table, place in ((films, "source"), (staging, "model")):
        builder.test(f"{place}_price", table, column_name="price")
        builder.test(f"{place}_title", table, column_name="title")
        builder.test(f"{place}_pair", table, combination_of_columns=["id", "price"])
        builder.test(f"{place}_rule", table, expression="price * 2 > count(*)")
        builder.test(f"{place}_ids", table, expression="films.* is not null")

    assert impact_of(builder, "price")["test"] == tuple(
        f"{place}_{what}"
        for place in ("model", "source")
        for what in ("pair", "price", "rule")
    )


def test_a_reference_is_downstream_of_both_of_its_ends(builder, films):
    ratings = builder.source("ratings")
    builder.test(
        "relationships",
        films,
        ratings,
        column_name="film",
        field="id",
        to="source('raw', 'films')",
    )

    assert impact_of(builder, "id")["test"] == ("relationships",)
    assert impact_of(builder, "film", places=[("raw", "ratings")]) != {}
    assert impact_of(builder, "films") == {}


def test_a_test_of_a_whole_table_is_downstream_of_every_column(builder, films):
    builder.test("not_empty", films)

    assert impact_of(builder, "price") == {"test": ("not_empty",)}


def test_a_condition_of_a_test_may_name_a_column(builder, films):
    builder.test("not_null_id", films, column_name="id")
    node = builder.document["nodes"]["test.p.not_null_id"]
    node["config"] = {"where": "price > 0"}

    assert impact_of(builder, "price") == {"test": ("not_null_id",)}


@pytest.mark.parametrize(
    "config",
    [{"check_cols": "all"}, {"check_cols": ["price"]}, {"updated_at": "price"}],
)
def test_the_configuration_of_a_snapshot_may_name_a_column(builder, films, config):
    builder.node("history", films, kind="snapshot", raw_code="", config=config)

    assert impact_of(builder, "price") == {"snapshot": ("history",)}


def test_a_macro_may_name_a_column_for_its_model(builder, films):
    inner = builder.macro("inner", "price")
    outer = builder.macro("outer", "{{ inner() }}", inner)
    own = builder.macro("is_incremental", "price", package="dbt")
    builder.model("prices", films, code="select {{ outer() }}", macros=[outer])
    builder.model("titles", films, code="select title", macros=[own])

    assert impact_of(builder, "price") == {"model": ("prices",)}


def test_macros_that_call_each_other_end(builder, films):
    builder.macro("ping", "pong()", "macro.p.pong")
    builder.macro("pong", "price", "macro.p.ping")
    builder.model("prices", films, code="", macros=["macro.p.ping"])

    assert impact_of(builder, "price") == {"model": ("prices",)}


def test_compiled_code_counts_as_well(builder, films):
    code = "select {{ columns() }}"
    builder.model("prices", films, code=code, compiled_code="select price from films")

    assert impact_of(builder, "price") == {"model": ("prices",)}


def test_nodes_without_code_may_use_every_column(builder, films):
    builder.exposure("dashboard", films)
    builder.node("total", films, kind="metric", section="metrics")
    builder.node("films", films, kind="semantic_model", section="semantic_models")

    assert impact_of(builder, "price") == {
        "exposure": ("dashboard",),
        "metric": ("total",),
        "semantic_model": ("films",),
    }


def test_everything_is_downstream_of_a_table_that_is_gone(builder, films):
    staging = builder.model("stg_films", films, code="select title from films")
    builder.exposure("dashboard", staging)

    impact = find_impact(builder.parse(), [FILMS], None)

    assert impact.names == {"model": ("stg_films",), "exposure": ("dashboard",)}


def test_a_table_that_dbt_does_not_read_has_no_impact(builder, films):
    builder.model("stg_films", films, code="select price")

    assert impact_of(builder, "price", places=[("raw", "users")]) == {}
    assert impact_of(builder, "price", places=[("raw_shop", "films")]) == {}
    assert impact_of(builder) == {}


def test_two_sources_may_be_one_table(builder, films):
    other = builder.source("movies", identifier="films")
    builder.model("of_films", films, code="select price")
    builder.model("of_movies", other, code="select price")

    assert impact_of(builder, "price") == {"model": ("of_films", "of_movies")}


def test_a_sentence_names_each_kind():
    names = {"model": ("a",), "test": ("b", "c"), "saved_query": ("d", "e")}
    impact = Impact(names=names)

    assert impact.sentences == ("1 model: a", "2 tests: b, c", "2 saved queries: d, e")
    assert impact.counts == "1 model, 2 tests, 2 saved queries"


def test_a_sentence_is_no_longer_than_a_line_may_be():
    names = tuple(f"not_null_films_{number:03}" for number in range(500))

    [sentence] = Impact(names={"test": names}).sentences

    assert sentence.startswith("500 tests: not_null_films_000, ")
    assert sentence.endswith(" more")
    assert len(sentence) < 400


def test_two_impacts_are_those_of_both():
    first = Impact(names={"model": ("a", "b"), "exposure": ("x",)})
    second = Impact(names={"test": ("t",), "model": ("b", "c")})

    names = (first | second).names

    assert [*names.items()] == [
        ("model", ("a", "b", "c")),
        ("test", ("t",)),
        ("exposure", ("x",)),
    ]
