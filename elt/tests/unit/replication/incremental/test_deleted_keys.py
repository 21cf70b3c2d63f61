"""Ranges of keys are chosen and compared without a database."""

import pytest
from builders import make_column, make_constraint, make_replica, make_table
from sqltext import sql_text

from elt.replication.incremental.deleted_keys import (
    KeyRanges,
    Scale,
    choose_bits,
    differing_ranges,
    whole_number_key,
)
from elt.replication.incremental.range_survey import expects_deletes
from elt.replication.rows.from_item import table_rows


@pytest.mark.parametrize(
    "lowest, highest, ranges",
    [
        pytest.param(1, 100, 4, id="few keys"),
        pytest.param(1, 3_000_000, 46_876, id="as many as there are rows"),
        pytest.param(-(1 << 63), (1 << 63) - 1, 65_536, id="all of a bigint"),
        pytest.param(7, 7, 1, id="one key"),
    ],
)
def test_ranges_are_neither_many_nor_small(lowest, highest, ranges):
    bits = choose_bits(lowest, highest)

    assert (highest >> bits) - (lowest >> bits) + 1 == ranges


def test_ranges_with_other_counts_differ():
    source, ours = {1: 32, 2: 31, 4: 1, 9: 7}, {1: 32, 2: 32, 3: 5, 4: 1}

    # Nobody asks for a range that only the source has: its rows are all known.
    assert differing_ranges(source, ours) == (2, 3)


@pytest.mark.parametrize(
    "columns, key, found",
    [
        pytest.param([make_column("id", "bigint")], ["id"], "id", id="a whole number"),
        pytest.param([make_column("id", "numeric")], ["id"], None, id="another number"),
        pytest.param(
            [make_column("a"), make_column("b", number=2)], ["a", "b"], None, id="two"
        ),
    ],
)
def test_only_one_whole_number_has_ranges(columns, key, found):
    constraint = make_constraint("p", columns=key)
    replica = make_replica(make_table("films", *columns, constraints=[constraint]))

    assert whole_number_key(replica) == found


def test_ranges_are_read_by_the_index_of_the_key():
    ranges = KeyRanges(scale=Scale(column="id", bits=6), ranges=(-2, 7))

    text = sql_text(ranges.rows_of(table_rows(("public", "films"))))

    assert 'only "public"."films" as published on published."id" between' in text


@pytest.mark.parametrize(
    "known, now, expected",
    [
        pytest.param(7, 8, True, id="rows were deleted"),
        pytest.param(7, 7, False, id="none was"),
        pytest.param(7, 0, True, id="statistics began anew"),
        pytest.param(None, 8, False, id="nobody looked before"),
        pytest.param(7, None, False, id="nobody counts"),
    ],
)
def test_deleted_rows_are_expected_where_their_number_moved(known, now, expected):
    assert expects_deletes(known, now) is expected
