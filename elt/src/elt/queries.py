"""Named SQL queries, kept in `.sql` files beside the code that runs them.

A file is a sequence of queries, each under two comment lines: `-- name: verb_noun`
and a sentence that says what it returns. Values are `%(name)s`, identifiers `{name}`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path

_NAME = re.compile(r"^-- name:", re.MULTILINE)
_HEADING = re.compile(r"^-- name: (\w+)\n-- .+\n", re.MULTILINE)


class Queries(Mapping[str, str]):
    """The queries of one file, by name: `queries["list_tables"]`."""

    def __init__(self, text: str, *, file: str) -> None:
        _, *parts = _HEADING.split(text)
        names, bodies = parts[0::2], parts[1::2]
        if len(names) != len(_NAME.findall(text)):
            message = f"{file} holds a query without a name or a description"
            raise ValueError(message)
        if len(names) != len(set(names)):
            message = f"{file} holds two queries of one name"
            raise ValueError(message)
        self._queries = {
            name: body.strip() for name, body in zip(names, bodies, strict=True)
        }

    def __getitem__(self, name: str) -> str:
        return self._queries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._queries)

    def __len__(self) -> int:
        return len(self._queries)


def load_queries(package: str, file: str) -> Queries:
    """Read a `.sql` file that lies in a package."""
    # Not by importlib.resources, which takes longer to import than to read all files.
    folder = Path(import_module(package).__path__[0])
    text = (folder / file).read_text(encoding="utf-8")
    return Queries(text, file=f"{package}/{file}")
