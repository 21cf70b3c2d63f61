"""Rows in the text format of COPY, and values in PostgreSQL's own notation."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

Value = str | int | None
Row = tuple[Value, ...]

#: Rows that are escaped and sent together.
_CHUNK_ROWS = 100
# Control characters, which no value of ours contains, stand for what separates
# values until the values are escaped: a whole chunk at once takes half the time.
_NULL, _VALUE_END, _ROW_END = "\x1d", "\x1e", "\x1f"
_ESCAPES = (
    ("\\", r"\\"),
    ("\t", r"\t"),
    ("\n", r"\n"),
    ("\r", r"\r"),
    (_NULL, r"\N"),
    (_VALUE_END, "\t"),
    (_ROW_END, "\n"),
)


def encode_rows(rows: Iterable[Row]) -> Iterator[str]:
    """Return the rows as text, some hundred whole lines at a time."""
    remaining = iter(rows)
    while chunk := list(islice(remaining, _CHUNK_ROWS)):
        yield _escape("".join(map(_join, chunk)))


def array(elements: Sequence[object]) -> str:
    """Return a literal of a text array; a list within the list is a dimension."""
    return "{" + ",".join(map(_element, elements)) + "}"


def jsonb(document: Mapping[str, object]) -> str:
    """Return a document as JSON."""
    return json.dumps(document, ensure_ascii=False)


def _element(element: object) -> str:
    if element is None:
        return "NULL"
    if isinstance(element, list):
        return array(element)
    text = str(element).replace("\\", r"\\").replace('"', r"\"")
    return f'"{text}"'


def _join(row: Row) -> str:
    if None in row:
        row = tuple(_NULL if value is None else value for value in row)
    return _VALUE_END.join(map(str, row)) + _ROW_END


def _escape(text: str) -> str:
    for special, escaped in _ESCAPES:
        text = text.replace(special, escaped)
    return text
