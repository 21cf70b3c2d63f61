"""Whether a `*` brings all columns of what a model reads into what it makes.

Not every one does: a model that begins with `select * from {{ source(…) }}` may go on
with a list. So the text is cut into its common table expressions, and followed from the
last `select` back, for as long as each takes all columns. What the cutting does not
understand stays part of the last `select`, where any `*` counts.
"""

from __future__ import annotations

import re

#: All columns of something: `select *`, `, *`, `films.*`, `distinct on (…) *`, a row as
#: a whole, a macro of that name. Neither count(*) nor a product.
_ALL_COLUMNS = re.compile(
    r"""
    \bselect \s+ (?:all\s+|distinct\s+)? \* | , \s* \* | \. \*
    | \bdistinct \s+ on \b [^;]*? \) \s* \*
    | \b (?:to_jsonb? | row_to_json | star) \s* \(
    """,
    re.VERBOSE | re.IGNORECASE,
)
#: Comments and literals: what they hold is no part of the statement.
_SILENT = re.compile(r"--[^\n]*|/\*.*?\*/|\{#.*?#\}|'(?:[^']|'')*'", re.DOTALL)
_BEGIN = re.compile(
    r"""
    (?: \bwith \s+ (?:recursive\s+)? | , \s* )
    "? (?P<name>\w+) "? \s* (?: \( [^()]* \) \s* )?
    as \s* (?: (?:not\s+)? materialized \s* )? \(
    """,
    re.VERBOSE | re.IGNORECASE,
)
#: What is read from outside: whatever dbt puts in, and names of more than one part.
_OUTSIDE = re.compile(
    r"\{\{(?!\s*config\b)|\b(?:from|join)\s+[^\s(),]+\.", re.IGNORECASE
)


def takes_all_columns(code: str) -> bool:
    """Tell whether some `select` of a text takes all columns."""
    return _ALL_COLUMNS.search(code) is not None


def passes_columns_on(code: str) -> bool:
    """Tell whether a model may make columns that it does not name."""
    waiting, expressions = _cut(_SILENT.sub(" ", code))
    while waiting:
        text = waiting.pop()
        if not takes_all_columns(text):
            continue
        if _OUTSIDE.search(text):
            return True
        for name in [name for name in expressions if _mentions(text, name)]:
            waiting.append(expressions.pop(name))
    return False


def _cut(text: str) -> tuple[list[str], dict[str, str]]:
    """Return a text without its common table expressions, and those by name."""
    expressions: dict[str, str] = {}
    rest, position = [], 0
    for begin in _BEGIN.finditer(text):
        end = _find_end(text, begin.end())
        if end is None or begin.start() < position:
            continue  # it does not end, or lies within another one
        rest.append(text[position : begin.start()])
        expressions[begin["name"].lower()] = text[begin.end() : end]
        position = end + 1
    rest.append(text[position:])
    return [" ".join(rest)], expressions


def _find_end(text: str, start: int) -> int | None:
    """Return where the parenthesis closes that opens before a position."""
    depth = 1
    for position in range(start, len(text)):
        depth += (text[position] == "(") - (text[position] == ")")
        if depth == 0:
            return position
    return None


def _mentions(text: str, name: str) -> bool:
    return re.search(rf"\b{re.escape(name)}\b", text, re.IGNORECASE) is not None
