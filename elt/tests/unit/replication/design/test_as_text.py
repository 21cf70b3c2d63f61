import pytest
from builders import make_column, make_constraint, make_index, make_table

from elt.replication.design.as_text import find_unfit_as_text

TABLE = make_table(
    "things",
    make_column("id"),
    make_column("r", "regclass", is_text_elsewhere=True),
    make_column("pair", "two", is_text_elsewhere=True, category="C"),
    make_column('a "name"', "regclass", is_text_elsewhere=True),
)


@pytest.mark.parametrize(
    "definition, columns",
    [
        ("USING btree (id)", ("id",)),
        ("USING btree (r)", ("r",)),
        ("USING btree (r DESC NULLS LAST, id)", ("r", "id")),
        ("USING btree (r NULLS FIRST)", ("r",)),
        ("USING hash (r)", ("r",)),
        ("USING brin (r)", ("r",)),
        ("USING btree (id) INCLUDE (r)", ("id",)),
        ('USING btree (id) INCLUDE (r, "a "")b")', ("id",)),
        ('USING btree ("a ""name""")', ('a "name"',)),
        ("USING btree (id) WHERE (id > 5)", ("id",)),
        ("USING btree (r) WHERE (r IS NOT NULL)", ("r",)),
        ("USING btree (((r IS NULL)))", ()),
    ],
)
def test_index_of_columns_as_they_are_can_be_of_text(definition, columns):
    index = make_index(definition=definition, columns=columns)

    assert find_unfit_as_text(index, TABLE) is None


@pytest.mark.parametrize(
    "definition, columns, column",
    [
        ("USING btree (((r)::oid))", (), "r"),
        ("USING btree (id) WHERE (r > 5)", ("id",), "r"),
        ("USING btree (id) WHERE (pair IS NOT NULL)", ("id",), "pair"),
        ("USING btree (pair) WHERE (pair IS NOT NULL)", ("pair",), "pair"),
        ("USING btree (r oid_ops)", ("r",), "r"),
        ("USING gin (r)", ("r",), "r"),
        ('USING btree ("a ""name""" oid_ops)', ('a "name"',), 'a "name"'),
    ],
)
def test_index_that_asks_for_more_than_text_names_the_column(
    definition, columns, column
):
    index = make_index(definition=definition, columns=columns)

    assert find_unfit_as_text(index, TABLE) == column


def test_keys_are_of_columns_as_they_are():
    key = make_constraint("u", "UNIQUE (r)", columns=("r",))

    assert find_unfit_as_text(key, TABLE) is None


@pytest.mark.parametrize(
    "definition, columns, column",
    [
        ("EXCLUDE USING btree (r WITH =)", ("r",), None),
        ("EXCLUDE USING btree (r WITH <>)", ("r",), "r"),
        ("EXCLUDE USING btree (id WITH =) WHERE ((r IS NULL))", ("id",), None),
        ("EXCLUDE USING btree (id WITH =) WHERE ((pair IS NULL))", ("id",), "pair"),
    ],
)
def test_exclusion_by_equality_of_columns_can_be_of_text(definition, columns, column):
    exclusion = make_constraint("x", definition, columns=columns)

    assert find_unfit_as_text(exclusion, TABLE) == column


def test_check_that_mentions_the_column_names_it():
    check = make_constraint("c", "CHECK ((r <> 'a'::regclass))", columns=("r",))

    assert find_unfit_as_text(check, TABLE) == "r"


def test_a_cast_to_text_is_not_a_column_of_that_name():
    table = make_table(
        "things", make_column("id"), make_column("text", is_text_elsewhere=True)
    )
    check = make_constraint("c", "CHECK (((id)::text <> 'a'))", columns=("id",))

    assert find_unfit_as_text(check, table) is None
