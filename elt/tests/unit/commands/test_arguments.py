"""Numbers that make no sense are wrong usage."""

import pytest

from elt.commands.arguments import at_least
from elt.errors import UsageError


@pytest.mark.parametrize("value", [0, 0.5, 7])
def test_number_that_is_large_enough_passes(value):
    at_least("--scale", value, 0)


@pytest.mark.parametrize("value, shown", [(-1, "-1"), (float("nan"), "nan")])
def test_number_that_is_too_small_is_wrong_usage(value, shown):
    with pytest.raises(UsageError, match=f"--scale must be at least 0, not {shown}"):
        at_least("--scale", value, 0)
