"""Times of the API server, read and written."""

import pytest
from releases import at

from elt.control.moments import format_micro_time, format_time, moment, parse_moment


@pytest.mark.parametrize(
    "text",
    ["2026-03-01T12:00:07Z", "2026-03-01T13:00:07+01:00", "2026-03-01T12:00:07"],
)
def test_times_are_read_as_utc(text):
    assert parse_moment(text) == at(7)


@pytest.mark.parametrize("text", [None, 7, "", "soon"])
def test_what_is_no_time_is_none(text):
    assert parse_moment(text) is None


def test_times_are_written_as_the_api_server_and_as_people_want_them():
    assert format_time(at(7)) == "2026-03-01T12:00:07Z"
    assert format_micro_time(at(7)) == "2026-03-01T12:00:07.000000Z"
    assert moment(at(7)) == "2026-03-01 12:00:07 UTC"
