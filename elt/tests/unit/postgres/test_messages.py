"""Messages of the protocol are found and understood, or left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elt.postgres.messages import Message, error_of, find_error, first_message, query

ERROR = b"SERROR\0VERROR\0C22012\0Mdivision by zero\0Dby a row\0Fint.c\0\0"
READY = b"Z\0\0\0\5E"


def message(kind, body):
    return kind + (len(body) + 4).to_bytes(4, "big") + body


def test_query_is_a_message_that_ends_in_zero():
    assert first_message(query("select 'é'")) == (
        Message(b"Q", "select 'é'\0".encode()),
        17,
    )


@pytest.mark.parametrize("length", [0, 1, 4, 5, 9])
def test_message_that_is_cut_off_is_waited_for(length):
    assert first_message(message(b"C", b"COPY 1\0")[:length]) is None


def test_what_claims_to_be_shorter_than_its_head_is_no_message():
    assert first_message(b"C\0\0\0\3abc") is None


def test_error_is_read_as_psycopg2_would():
    error = error_of(Message(b"E", ERROR))

    assert str(error) == "division by zero"
    assert error.pgcode == "22012"
    assert error.diag.message_primary == "division by zero"
    assert error.diag.message_detail == "by a row"
    assert error.diag.source_file == "int.c"


@pytest.mark.parametrize(
    "other",
    [
        Message(b"N", ERROR),
        Message(b"E", ERROR[:-1]),
        Message(b"E", b"SERROR\0\0"),
        Message(b"E", b""),
    ],
)
def test_what_is_no_error_is_none(other):
    assert error_of(other) is None


@pytest.mark.parametrize("before", [b"", b"E", message(b"d", b"EEE\0"), ERROR])
@pytest.mark.parametrize("behind", [b"", READY, READY + message(b"E", ERROR) + READY])
def test_error_at_the_end_is_found(before, behind):
    error = find_error(before + message(b"E", ERROR) + behind)

    assert error.pgcode == "22012"


@pytest.mark.parametrize("behind", [b"d", READY[:-1], message(b"d", b"abc")[:-1]])
def test_error_before_something_unfinished_is_not_the_end(behind):
    assert find_error(message(b"E", ERROR) + behind) is None


@given(st.binary(max_size=200))
def test_any_bytes_are_looked_through(data):
    assert find_error(data) is None or b"E" in data
