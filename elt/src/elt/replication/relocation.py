"""Rewrite schema names in SQL that the source's catalog printed.

Most names come without a schema, thanks to mirrored search paths. A name that another
schema hides comes with one, and must point to where that schema lands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from elt.replication.names import quote_name

#: A string, a quoted name or a plain name: what must not be mistaken for another.
_TOKEN = re.compile(
    r"""(?P<string>'(?:[^']|'')*')
      | (?P<quoted>"(?:[^"]|"")+")(?P<dot1>\.)?
      | (?P<plain>[^\W\d][\w$]*)(?P<dot2>\.)?""",
    re.VERBOSE,
)


def relocate(sql: str, landings: Mapping[str, str]) -> str:
    """Replace each qualifying schema name by the schema it lands in."""

    def replaced(match: re.Match[str]) -> str:
        name = match["plain"]
        if match["quoted"]:
            name = match["quoted"][1:-1].replace('""', '"')
        is_qualifier = bool(match["dot1"] or match["dot2"])
        if not is_qualifier or name not in landings:
            return match[0]
        return quote_name(landings[name]) + "."

    return _TOKEN.sub(replaced, sql)
