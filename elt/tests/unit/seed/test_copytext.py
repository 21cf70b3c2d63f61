"""Values survive COPY's text format and PostgreSQL's notation of arrays."""

import pytest

from elt.seed.copytext import array, encode_rows, jsonb


@pytest.mark.parametrize(
    "value, text",
    [
        pytest.param(None, r"\N", id="null"),
        pytest.param("", "", id="an empty text is not null"),
        pytest.param("NULL", "NULL", id="the word null"),
        pytest.param(r"\N", r"\\N", id="the text that stands for null"),
        pytest.param(r"\.", r"\\.", id="the text that ends a COPY"),
        pytest.param("a\tb", r"a\tb", id="tab"),
        pytest.param("a\nb\r\nc", r"a\nb\r\nc", id="line breaks"),
        pytest.param("C:\\new", r"C:\\new", id="backslash"),
        pytest.param("京都 🎷", "京都 🎷", id="other scripts"),
        pytest.param(12, "12", id="number"),
        pytest.param(True, "True", id="truth"),
    ],
)
def test_value_is_escaped(value, text):
    assert "".join(encode_rows([(1, value)])) == f"1\t{text}\n"


def test_rows_come_in_chunks_of_whole_lines():
    chunks = list(encode_rows((number,) for number in range(250)))

    assert len(chunks) == 3
    assert all(chunk.endswith("\n") for chunk in chunks)
    assert "".join(chunks).split() == [str(number) for number in range(250)]


def test_no_rows_are_no_text():
    assert list(encode_rows([])) == []


@pytest.mark.parametrize(
    "elements, literal",
    [
        pytest.param([], "{}", id="empty"),
        pytest.param([None, "NULL", ""], '{NULL,"NULL",""}', id="null and its like"),
        pytest.param(['a,"b"', "{c}"], r'{"a,\"b\"","{c}"}', id="syntax of arrays"),
        pytest.param(["a\\b"], r'{"a\\b"}', id="backslash"),
        pytest.param([["a", "b"], ["c", None]], '{{"a","b"},{"c",NULL}}', id="2-D"),
    ],
)
def test_array_is_written_as_a_literal(elements, literal):
    assert array(elements) == literal


def test_json_keeps_letters_and_escapes_control_characters():
    assert jsonb({"città": "a\tb"}) == r'{"città": "a\tb"}'
