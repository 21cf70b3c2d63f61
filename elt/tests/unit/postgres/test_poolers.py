"""Whether two connections have sessions of their own, by the processes that answer."""

import pytest

from elt.postgres.poolers import are_lent


@pytest.mark.parametrize(
    "answers, expected",
    [
        pytest.param([(1, 2)] * 4, False, id="each has its own"),
        pytest.param([(1, 1)] * 4, True, id="both have the one that is free"),
        pytest.param([(1, 2), (3, 4), (1, 2)], True, id="each gets the next one"),
        pytest.param([(1, 2), (2, 1)], True, id="they exchange them"),
        pytest.param([(1, 2), (1, 3)], True, id="only one keeps its own"),
    ],
)
def test_sessions_are_lent_where_they_change_or_are_shared(answers, expected):
    assert are_lent(answers) is expected
