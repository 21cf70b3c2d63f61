"""How the ranges of keys are named in which two tables differ."""

import pytest
from builders import make_column, make_constraint, make_replica, make_table

from elt.replication.bisection import KeyRange, describe_ranges

FOUND = [KeyRange(low=(str(n),), high=(str(n + 1),)) for n in range(6)]


def replica(key_type):
    """Make the replica of a table with a key of some type."""
    key = make_constraint("p", columns=["id"])
    return make_replica(make_table("t", make_column("id", key_type), constraints=[key]))


@pytest.mark.parametrize(
    "key_type, count, words",
    [
        ("integer", 0, ""),
        ("integer", 1, "id from (0) to before (1)"),
        ("integer", 2, "id from (0) to before (1); id from (1) to before (2)"),
        ("text", 1, "keys of text in 1 range of id"),
        ("text", 5, "keys of text in 5 ranges of id"),
        ("text", 6, "keys of text in more than 5 ranges of id"),
    ],
)
def test_ranges_are_named_but_for_keys_of_text(key_type, count, words):
    assert describe_ranges(replica(key_type), FOUND[:count]) == words


def test_five_ranges_are_named_and_that_there_are_more():
    *named, last = describe_ranges(replica("integer"), FOUND).split("; ")

    assert (len(named), last) == (5, "and more")
