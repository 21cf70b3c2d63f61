"""New tables below one that keeps its columns."""

from dataclasses import replace

import pytest
from builders import make_column, make_constraint, make_index, make_replica, make_table

from elt.errors import ConfigError
from elt.replication.changes.fitting import fit_below
from elt.replication.design.definition import define

ID = make_column("id", number=1)
TITLE = make_column("title", "text", number=2)
YEAR = make_column("year", number=3)


def columns_of(*columns):
    """Return the columns of a table that keeps them."""
    return define(make_replica(make_table("films", *columns))).columns


def part(*columns, is_partition=True, **facts):
    """Return the replica of a new table."""
    replica = make_replica(make_table("films_1", *columns, **facts))
    return replace(replica, partition_bound="DEFAULT" if is_partition else None)


@pytest.mark.parametrize("is_partition", [True, False])
def test_it_has_the_columns_that_are_gone_from_the_source(is_partition):
    fitted = fit_below(part(ID, is_partition=is_partition), columns_of(ID, TITLE))

    assert [c.name for c in fitted.columns] == ["id", "title"]
    assert [c.name for c in fitted.copied] == ["id"]


@pytest.mark.parametrize("is_partition", [True, False])
def test_a_column_of_another_type_is_as_it_was(is_partition):
    new = part(ID, make_column("title", number=2), is_partition=is_partition)

    fitted = fit_below(new, columns_of(ID, TITLE))

    assert [(c.name, c.type) for c in fitted.columns] == [
        ("id", "integer"),
        ("title", "text"),
    ]
    assert [c.name for c in fitted.copied] == ["id"]


def test_only_a_partition_lacks_what_its_whole_lacks():
    index = make_index("by_year", definition="USING btree (year)", columns=["year"])
    above = columns_of(ID)

    fitted = fit_below(part(ID, YEAR, indexes=[index]), above)
    child = fit_below(part(ID, YEAR, indexes=[index], is_partition=False), above)

    assert ([c.name for c in fitted.columns], fitted.indexes) == (["id"], ())
    assert [c.name for c in child.columns] == ["id", "year"]
    assert [i.name for i in child.indexes] == ["by_year"]


def test_a_key_that_the_whole_does_not_have_is_refused():
    key = make_constraint("p", "PRIMARY KEY (year)", columns=["year"])

    with pytest.raises(ConfigError, match="is not that of the table above"):
        fit_below(part(ID, YEAR, constraints=[key]), columns_of(ID))
