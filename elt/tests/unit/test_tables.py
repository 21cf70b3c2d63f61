"""Tables for a terminal align whatever stands in them."""

import pytest

from elt.tables import format_table, human_bytes, human_count, human_seconds


def lines_of(headers, rows):
    return format_table(headers, rows).splitlines()


def test_numbers_lean_right_and_text_left():
    assert lines_of(["STREAM", "ROWS"], [["films", 1000], ["actors", 7]]) == [
        "STREAM   ROWS",
        "──────  ─────",
        "films   1,000",
        "actors      7",
    ]


def test_table_without_rows_has_its_headers():
    assert lines_of(["STREAM", "ROWS"], []) == ["STREAM  ROWS", "──────  ────"]


@pytest.mark.parametrize(
    "value, text",
    [
        pytest.param(None, "-", id="nothing known"),
        pytest.param(True, "yes", id="true"),
        pytest.param(False, "no", id="false"),
        pytest.param(0, "0", id="zero"),
        pytest.param(1234567, "1,234,567", id="a long number"),
        pytest.param("two\nlines", "two lines", id="a line break"),
    ],
)
def test_value_is_shown_on_one_line(value, text):
    assert lines_of(["X"], [[value]])[2] == text


def test_wide_letters_take_two_columns_and_accents_none():
    assert lines_of(["A", "B"], [["七人", 1], ["Cafe\u0301", 2]])[2:] == [
        "七人  1",
        "Cafe\u0301  2",
    ]


@pytest.mark.parametrize(
    "count, text",
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1 kB"),
        (12_345_678, "12 MB"),
        (4.2e9, "4 GB"),
        (5.67e12, "5.7 TB"),
        (1e16, "10000.0 TB"),
    ],
)
def test_size_is_said_in_a_unit_of_its_order(count, text):
    assert human_bytes(count) == text


@pytest.mark.parametrize(
    "seconds, text",
    [
        (0, "0 s"),
        (119, "119 s"),
        (120, "2 min"),
        (7199, "120 min"),
        (7200, "2 h"),
        (172_800, "2 d"),
        (864_000, "10 d"),
    ],
)
def test_duration_is_said_in_a_unit_of_its_order(seconds, text):
    assert human_seconds(seconds) == text


@pytest.mark.parametrize(
    "amount, text",
    [(0, "0 tables"), (1, "1 table"), (5000, "5,000 tables")],
)
def test_things_are_counted_as_people_say_it(amount, text):
    assert human_count(amount, "table") == text
