"""Statements are composed of names and values that cannot break out of their quotes."""

import pytest
from sqltext import sql_text

from elt.postgres import (
    Identifier,
    Literal,
    compose,
    identifiers,
    joined,
    qualified_names,
    raw,
)


def test_places_of_a_query_are_filled():
    statement = compose(
        "select {column} from {table} where title = {title}",
        column=Identifier("year"),
        table=Identifier("public", 'odd"name'),
        title=Literal("it's"),
    )

    assert sql_text(statement) == (
        """select "year" from "public"."odd""name" where title = 'it''s'"""
    )


def test_sql_of_the_catalog_may_hold_braces_and_percent_signs():
    statement = compose("check ({text})", text=raw("a % 2 = 0 and b ~ '^{1,3}$'"))

    assert sql_text(statement) == "check (a % 2 = 0 and b ~ '^{1,3}$')"


def test_place_that_is_not_filled_is_a_bug():
    with pytest.raises(KeyError, match="table"):
        compose("select 1 from {table}")


@pytest.mark.parametrize(
    "names, prefix, text",
    [
        pytest.param(["a"], "", '"a"', id="one"),
        pytest.param(["a", "B c"], "", '"a", "B c"', id="several"),
        pytest.param(["a", "b"], "old.", 'old."a", old."b"', id="behind an alias"),
        pytest.param([], "", "", id="none"),
    ],
)
def test_list_of_names(names, prefix, text):
    assert sql_text(identifiers(names, prefix)) == text


def test_parts_are_joined_with_what_is_asked_for():
    assert sql_text(joined([raw("a"), raw("b")], " and ")) == "a and b"


def test_names_with_a_schema_are_found_in_a_statement():
    films, actors = Identifier("raw", "films"), Identifier("raw", "actors")
    tables = joined([films, actors])
    statement = compose(
        "drop table {tables}; alter table {films} drop {column}",
        tables=tables,
        films=films,
        column=Identifier("title"),
    )

    assert qualified_names(statement) == [films, actors, films]
