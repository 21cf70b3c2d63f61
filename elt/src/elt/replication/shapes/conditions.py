"""What the condition on the rows of a stream depends on, as far as its words tell.

A row that meets a condition by now has been written meanwhile: so it is where the
condition is about the values of the row alone. Any other may come true without a trace,
and only a look at all rows tells which of them meet it. What is not understood counts
as such. Nothing here talks to a database.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_TOKEN = re.compile(
    r"""(?P<odd>[$\\]|/\*|\b[eE]')
      | (?P<string>'(?:[^']|'')*')
      | "(?P<quoted>(?:[^"]|"")+)"(?P<call1>\s*\()?
      | (?P<plain>[^\W\d][\w$]*)(?P<call2>\s*\()?
      | --[^\n]*""",
    re.VERBOSE,
)
#: These answer otherwise whenever they are asked: no two reads would agree.
_RESTLESS = frozenset(
    [
        "clock_timestamp",
        "gen_random_uuid",
        "nextval",
        "random",
        "random_normal",
        "statement_timestamp",
        "timeofday",
        "uuid_generate_v4",
        "uuidv4",
        "uuidv7",
    ]
)
_READS_ROWS = "its condition reads other rows"
_ASKS_TIME = "its condition depends on the time"
_ASKS_ROLE = "its condition depends on the role"
_WORDS = {
    "select": _READS_ROWS,
    "table": _READS_ROWS,
    "values": _READS_ROWS,
    "current_date": _ASKS_TIME,
    "current_time": _ASKS_TIME,
    "current_timestamp": _ASKS_TIME,
    "localtime": _ASKS_TIME,
    "localtimestamp": _ASKS_TIME,
    "now": _ASKS_TIME,
    "transaction_timestamp": _ASKS_TIME,
    "current_role": _ASKS_ROLE,
    "current_user": _ASKS_ROLE,
    "session_user": _ASKS_ROLE,
    "user": _ASKS_ROLE,
}
_DAYS = re.compile(r"'\s*(now|today|tomorrow|yesterday)\b.*'", re.IGNORECASE)
#: What may stand before a bracket, and depends on nothing but what is in it: syntax,
#: types, and functions.
_STEADY = frozenset(
    [
        *["all", "and", "any", "array", "as", "between", "case", "else", "exists"],
        *["ilike", "in", "is", "like", "not", "on", "or", "row", "similar", "some"],
        *["then", "when"],
        *["bit", "char", "character", "dec", "decimal", "float", "interval"],
        *["numeric", "time", "timestamp", "timestamptz", "varchar", "varying"],
        *["abs", "array_length", "array_position", "bit_length", "btrim"],
        *["cardinality", "ceil", "ceiling", "char_length", "character_length"],
        *["coalesce", "date_part", "date_trunc", "div", "extract", "floor"],
        *["greatest", "initcap", "isfinite", "jsonb_array_length"],
        *["jsonb_extract_path", "jsonb_extract_path_text", "jsonb_typeof", "least"],
        *["left", "length", "lower", "ltrim", "make_date", "md5", "mod", "nullif"],
        *["octet_length", "overlay", "position", "power", "right", "round", "rtrim"],
        *["sign", "split_part", "starts_with", "strpos", "substr", "substring"],
        *["to_date", "to_number", "trim", "trunc", "upper"],
    ]
)


def find_restless(condition: str) -> str | None:
    """Return a function of a condition that no two reads would agree about."""
    called = (name for name, is_call in _names(condition) if is_call)
    return next((name for name in called if name in _RESTLESS), None)


def why_unsteady(condition: str) -> str | None:
    """Return why a condition may change its mind about a row that nobody wrote to."""
    return next(_doubts(condition), None)


def _doubts(condition: str) -> Iterator[str]:
    for match in _TOKEN.finditer(condition):
        if match["odd"]:
            yield "what its condition depends on is not understood"
        elif _DAYS.fullmatch(match["string"] or ""):
            yield _ASKS_TIME
    for name, is_call in _names(condition):
        if name in _WORDS:
            yield _WORDS[name]
        elif is_call and name not in _STEADY:
            yield f"its condition calls {name}"


def _names(condition: str) -> Iterator[tuple[str, bool]]:
    """Yield the names in a condition, each with whether it is called.

    One in quotes that is not called is that of a column.
    """
    for match in _TOKEN.finditer(condition):
        if match["plain"]:
            yield match["plain"].lower(), bool(match["call2"])
        elif match["call1"]:
            yield match["quoted"], True
