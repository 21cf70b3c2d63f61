"""Numbers that make no sense are wrong usage."""

import pytest

from elt.commands.arguments import at_least, parse_duration
from elt.errors import UsageError


@pytest.mark.parametrize("value", [0, 0.5, 7])
def test_number_that_is_large_enough_passes(value):
    at_least("--scale", value, 0)


@pytest.mark.parametrize("value, shown", [(-1, "-1"), (float("nan"), "nan")])
def test_number_that_is_too_small_is_wrong_usage(value, shown):
    with pytest.raises(UsageError, match=f"--scale must be at least 0, not {shown}"):
        at_least("--scale", value, 0)


@pytest.mark.parametrize(
    "text, seconds", [("30s", 30), ("15m", 900), ("36h", 129_600), ("2d", 172_800)]
)
def test_durations_are_read(text, seconds):
    assert parse_duration("--every", text) == seconds


@pytest.mark.parametrize("text", ["", "0s", "15", "m", "1.5h", "-1h", "1 h", "1w"])
def test_other_words_are_no_durations(text):
    with pytest.raises(UsageError, match="--every must be a duration"):
        parse_duration("--every", text)
