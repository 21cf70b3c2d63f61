"""Rewrite names in SQL that a catalog printed.

Most names come without a schema, thanks to mirrored search paths. A name that another
schema hides comes with one, and must point to where that schema lands.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping

from elt.replication.catalog.names import quote_name

#: A string, the type of a cast, a quoted or a plain name: what must not be mistaken for
#: another.
_TOKEN = re.compile(
    r"""(?P<string>'(?:[^']|'')*')
      | ::(?:"(?:[^"]|"")+"(?![".])|[^\W\d][\w$]*(?![\w$.]))
      | (?P<quoted>"(?:[^"]|"")+")(?P<dot1>\.)?
      | (?P<plain>[^\W\d][\w$]*)(?P<dot2>\.)?""",
    re.VERBOSE,
)


def relocate(sql: str, landings: Mapping[str, str]) -> str:
    """Replace each qualifying schema name by the schema it lands in."""
    if "." not in sql:
        return sql

    def replaced(match: re.Match[str]) -> str:
        name = _name(match)
        if not _is_qualifier(match) or name not in landings or _is_row(match):
            return match[0]
        return quote_name(landings[name]) + "."

    return _TOKEN.sub(replaced, sql)


def rename(sql: str, names: Mapping[str, str]) -> str:
    """Replace the names of columns as PostgreSQL does when they are renamed."""

    def replaced(match: re.Match[str]) -> str:
        name = _name(match)
        if _is_qualifier(match) or name not in names:
            return match[0]
        return quote_name(names[name])

    return _TOKEN.sub(replaced, sql)


def mentions(sql: str, names: Container[str]) -> bool:
    """Tell whether one of the names occurs, perhaps as the name of something else."""
    return count_mentions(sql, names) > 0


def count_mentions(sql: str, names: Container[str]) -> int:
    """Return how often one of the names occurs, perhaps as that of something else."""
    return sum(_name(match) in names for match in _TOKEN.finditer(sql))


def _name(match: re.Match[str]) -> str:
    """Return the name that was found, nothing for a string or a type."""
    if match["quoted"]:
        return match["quoted"][1:-1].replace('""', '"')
    return match["plain"] or ""


def _is_row(match: re.Match[str]) -> bool:
    """Tell whether the name is that of a table whose whole row is meant."""
    sql, start, end = match.string, match.start(), match.end()
    return sql[end : end + 1] == "*" and not sql[:start].endswith("OPERATOR(")


def _is_qualifier(match: re.Match[str]) -> bool:
    return bool(match["dot1"] or match["dot2"])
