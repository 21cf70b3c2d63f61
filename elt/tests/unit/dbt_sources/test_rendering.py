"""What `elt dbt-sources` writes, from what it was told of the tables."""

from pathlib import Path

import pytest
import yaml
from yamllint import config as yamllint_config
from yamllint import linter

from elt.dbt_sources.freshness import Period
from elt.dbt_sources.model import Column, ForeignKey, Table
from elt.dbt_sources.rendering import SourceOptions, render_sources

REPOSITORY = Path(__file__).parents[4]


def make_column(name="film_id", **properties):
    defaults = {
        "quoted_name": name,
        "data_type": "integer",
        "is_not_null": False,
        "comment": None,
    }
    return Column(name=name, **defaults | properties)


def make_table(name="films", **properties):
    schema = properties.pop("source_schema", "public")
    defaults = {
        "stream": f"{schema}.{name}",
        "schema": "raw" if schema == "public" else f"raw_{schema}",
        "comment": None,
        "columns": (make_column(),),
        "keys": (),
        "foreign_keys": (),
    }
    return Table(name=name, **defaults | properties)


def refer_to(stream, column="film_id", referenced="film_id"):
    return ForeignKey(
        columns=(column,), references=stream, referenced_columns=(referenced,)
    )


def render(*tables, **options):
    """Return the dbt sources as data."""
    return yaml.safe_load(render_sources(tables, SourceOptions(**options)))["sources"]


def column_of(*tables, **options):
    """Return the first column of the first table."""
    return render(*tables, **options)[0]["tables"][0]["columns"][0]


def test_a_source_is_named_after_its_schema():
    (source,) = render(make_table())

    assert (source["name"], source["schema"]) == ("raw", "raw")


def test_a_source_takes_the_name_it_is_given():
    (source,) = render(make_table(), name="cinema")

    assert (source["name"], source["schema"]) == ("cinema", "raw")


def test_each_schema_is_a_source():
    tables = [make_table("orders", source_schema="shop"), make_table()]

    names = [(s["name"], s["schema"]) for s in render(*tables, name="cinema")]

    assert names == [("cinema", "raw"), ("cinema_shop", "raw_shop")]


def test_tables_stand_in_alphabetical_order():
    tables = [make_table("users"), make_table("actors"), make_table("films")]

    assert render_sources(tables, SourceOptions()) == render_sources(
        reversed(tables), SourceOptions()
    )
    names = [table["name"] for table in render(*tables)[0]["tables"]]
    assert names == ["actors", "films", "users"]


def test_columns_stand_in_the_order_of_the_table():
    table = make_table(columns=(make_column("title"), make_column("film_id")))

    names = [c["name"] for c in render(table)[0]["tables"][0]["columns"]]

    assert names == ["title", "film_id"]


def test_a_column_without_a_rule_has_no_tests():
    assert column_of(make_table()) == {"name": "film_id", "data_type": "integer"}


def test_not_null_is_tested():
    table = make_table(columns=(make_column(is_not_null=True),))

    assert column_of(table)["data_tests"] == ["not_null"]


def test_a_key_of_one_column_is_tested_at_the_column():
    table = make_table(keys=(("film_id",),))

    assert column_of(table)["data_tests"] == ["unique"]
    assert "data_tests" not in render(table)[0]["tables"][0]


def test_a_key_of_several_columns_is_tested_at_the_table():
    table = make_table(keys=(("film_id", "actor_id"),))

    assert render(table)[0]["tables"][0]["data_tests"] == [
        {
            "unique_combination_of_columns": {
                "arguments": {"combination_of_columns": ["film_id", "actor_id"]}
            }
        }
    ]
    assert "data_tests" not in column_of(table)


def test_a_foreign_key_is_a_relationship():
    child = make_table("casts", foreign_keys=(refer_to("public.films"),))

    assert column_of(child, make_table(), name="cinema")["data_tests"] == [
        {
            "relationships": {
                "arguments": {"to": "source('cinema', 'films')", "field": "film_id"}
            }
        }
    ]


def test_a_foreign_key_finds_tables_of_other_schemas():
    child = make_table("casts", foreign_keys=(refer_to("shop.films"),))
    parent = make_table(source_schema="shop")

    (test,) = column_of(child, parent)["data_tests"]

    assert test["relationships"]["arguments"]["to"] == "source('raw_shop', 'films')"


def test_a_table_may_refer_to_itself():
    column = make_column("sequel_of")
    table = make_table(
        columns=(column, make_column()),
        foreign_keys=(refer_to("public.films", column="sequel_of"),),
    )

    (test,) = column_of(table)["data_tests"]

    assert test["relationships"]["arguments"]["field"] == "film_id"


def test_a_foreign_key_to_what_is_not_replicated_is_left_out():
    child = make_table("casts", foreign_keys=(refer_to("public.films"),))

    assert "data_tests" not in column_of(child)


def test_a_foreign_key_of_several_columns_is_left_out():
    foreign_key = ForeignKey(
        columns=("film_id", "part"),
        references="public.films",
        referenced_columns=("film_id", "part"),
    )
    child = make_table("casts", foreign_keys=(foreign_key,))

    assert "data_tests" not in column_of(child, make_table())


def test_what_two_constraints_say_is_tested_once():
    child = make_table(
        "casts",
        keys=(("film_id", "actor_id"), ("film_id",)) * 2,
        foreign_keys=(refer_to("public.films"),) * 2,
    )

    (table, _) = render(child, make_table())[0]["tables"]

    assert len(table["data_tests"]) == 1
    assert len(table["columns"][0]["data_tests"]) == 2


def test_relationships_warn_where_streams_are_published_apart():
    child = make_table("casts", foreign_keys=(refer_to("public.films"),))

    (test,) = column_of(child, make_table(), is_published_apart=True)["data_tests"]

    assert test["relationships"]["config"] == {"severity": "warn"}


def test_comments_are_descriptions():
    table = make_table(comment="Films.", columns=(make_column(comment=" The key. "),))

    assert render(table)[0]["tables"][0]["description"] == "Films."
    assert column_of(table)["description"] == "The key."


def test_a_comment_is_never_taken_for_jinja():
    jinja2 = pytest.importorskip("jinja2")
    comment = "Looks like {{ this }}, {% if %} or {# that #}; {} and {a} are harmless."

    description = column_of(make_table(columns=(make_column(comment=comment),)))

    assert jinja2.Template(description["description"]).render() == comment


def test_a_name_that_sql_must_quote_says_so():
    column = make_column("Film Id", quoted_name='"Film Id"', is_not_null=True)

    rendered = column_of(make_table(columns=(column,)))

    assert (rendered["name"], rendered["quote"]) == ("Film Id", True)


def test_a_referenced_name_is_quoted():
    parent = make_table(columns=(make_column("Id", quoted_name='"Id"'),))
    child = make_table(
        "casts", foreign_keys=(refer_to("public.films", referenced="Id"),)
    )

    (test,) = column_of(child, parent)["data_tests"]

    assert test["relationships"]["arguments"]["field"] == '"Id"'


def test_thresholds_are_one_and_two_days():
    config = render(make_table())[0]["config"]

    assert config["freshness"] == {
        "warn_after": {"count": 1, "period": "day"},
        "error_after": {"count": 2, "period": "day"},
    }


def test_thresholds_can_be_chosen():
    periods = {
        "warn_after": Period(count=90, unit="minute"),
        "error_after": Period(count=3, unit="hour"),
    }

    config = render(make_table(), **periods)[0]["config"]

    assert config["freshness"]["warn_after"] == {"count": 90, "period": "minute"}
    assert config["freshness"]["error_after"] == {"count": 3, "period": "hour"}


def test_freshness_is_the_end_of_the_last_published_sync():
    query = render(make_table())[0]["config"]["loaded_at_query"]

    assert "max(stream_syncs.finished_at)" in query
    assert "status = 'published'" in query


def test_a_partitioned_table_is_as_fresh_as_its_partitions():
    [films, parted] = render(make_table(), make_table("x", is_partitioned=True))[0][
        "tables"
    ]

    assert "config" not in films
    query = parted["config"]["loaded_at_query"]
    assert "max(stream_syncs.finished_at)" in query
    assert "pg_inherits" in query


def test_awkward_words_stay_what_they_are():
    words = ["yes", "null", "1.0", "a: b", "# c", "- d", "ünïcode 静か"]
    table = make_table(columns=tuple(make_column(word, comment=word) for word in words))

    columns = render(table)[0]["tables"][0]["columns"]

    assert [c["name"] for c in columns] == words
    assert [c["description"] for c in columns] == words


def test_yaml_is_clean():
    long_comment = "A comment of many words, " * 20 + "\n\tand a second line: 'this'."
    column = make_column(comment=long_comment, data_type="character varying(20)")
    table = make_table(comment=long_comment, columns=(column,), keys=(("a", "b"),))
    rules = "{extends: default, rules: {document-start: disable}}"

    parted = make_table("parted", columns=(column,), is_partitioned=True)

    text = render_sources([table, parted], SourceOptions())

    problems = linter.run(text, yamllint_config.YamlLintConfig(rules))
    assert [str(problem) for problem in problems] == []


def test_the_first_line_says_who_wrote_it():
    text = render_sources([make_table()], SourceOptions())

    assert text.startswith("# Written by `elt dbt-sources`; do not edit.\nversion:")


def test_yaml_with_a_test_of_our_own_says_where_that_is():
    text = render_sources([make_table(keys=(("a", "b"),))], SourceOptions())

    comments = [line for line in text.splitlines() if line.startswith("#")]
    assert comments == [
        "# Written by `elt dbt-sources`; do not edit.",
        "# Needs the generic test unique_combination_of_columns: copy it from elt's",
        "# repository, dbt/tests/generic/unique_combination_of_columns.sql.",
    ]
    assert (REPOSITORY / "dbt/tests/generic/unique_combination_of_columns.sql").exists()
