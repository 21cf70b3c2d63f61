"""The periods in which a replica is fresh."""

import pytest

from elt.dbt_sources.freshness import Period, parse_period
from elt.errors import UsageError


@pytest.mark.parametrize(
    "text, count, unit",
    [("90m", 90, "minute"), ("36h", 36, "hour"), ("2d", 2, "day")],
    ids=["minutes", "hours", "days"],
)
def test_periods_are_read(text, count, unit):
    assert parse_period(text) == Period(count=count, unit=unit)


@pytest.mark.parametrize("text", ["", "1", "d", "0d", "-1h", "1.5h", "2 days", "1w"])
def test_what_is_no_period_is_refused(text):
    with pytest.raises(UsageError, match="is not a period"):
        parse_period(text)
