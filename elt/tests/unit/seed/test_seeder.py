"""How a seeder recognises what it finds."""

import pytest

from elt.errors import ConfigError
from elt.seed import seeder
from elt.seed.dataset import TABLES
from elt.seed.seeder import mark_of, read_sql
from elt.seed.size import size_of


def make_found(**facts):
    usual = {
        "encoding": "UTF8",
        "role": "cinema",
        "may_create": True,
        "mark": None,
        "names": [],
    }
    return seeder._Found(**usual | facts)


@pytest.mark.parametrize("scale", [0, 1, 100])
def test_seeder_knows_its_own_mark(scale):
    assert make_found(mark=mark_of(size_of(scale))).scale == scale


@pytest.mark.parametrize("mark", [None, "", "Keeps updated_at."])
def test_comment_of_somebody_else_is_no_mark(mark):
    assert make_found(mark=mark).scale is None


def test_names_that_are_taken_are_all_named():
    with pytest.raises(ConfigError, match="already has films, users"):
        seeder._refuse_unfit_database(make_found(names=["films", "users"]))


def test_hint_drops_every_table():
    for table in TABLES:
        assert table.name in seeder.QUERIES["drop"]


def test_every_query_is_used():
    used = {"try_lock", "lock", "inspect", "use_public", "mark", "analyze", "drop"}

    assert set(seeder.QUERIES) == used


def test_every_column_and_table_has_a_comment():
    schema = read_sql("schema.sql")

    for table in TABLES:
        assert f"comment on table {table.name} is" in schema
        for column in table.columns:
            assert f"comment on column {table.name}.{column} is" in schema
