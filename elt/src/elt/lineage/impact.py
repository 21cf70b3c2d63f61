"""Which nodes of dbt lie downstream of a column; decided by names in their code.

A node that mentions the column uses it, and everything behind that node is downstream.
A node that does not mention it, and makes all columns that it reads with a `*`, passes
it on under its name: those behind it are asked in the same way. So nothing that names
the column is left out, and more may be named than depends on it: a mention may be a
comment, or another column of that name.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from elt.lineage.manifest import Manifest, Node

#: Characters of the names in a sentence: a line of a log should stay readable.
_LONGEST_LIST = 300
_PLURALS = {
    "analysis": "analyses",
    "saved_query": "saved queries",
}


class _Use(Enum):
    """What a node does with a column."""

    NONE = auto()
    PASSES_ON = auto()
    USES = auto()


@dataclass(frozen=True, kw_only=True, slots=True)
class Impact:
    """The nodes downstream of a change: their names by kind, models first."""

    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def counts(self) -> str:
        """Return how many nodes there are of each kind, in words."""
        return ", ".join(_count(kind, len(found)) for kind, found in self.names.items())

    @property
    def sentences(self) -> tuple[str, ...]:
        """Return a line per kind that names the nodes, as many as fit."""
        return tuple(
            f"{_count(kind, len(found))}: {_list(found)}"
            for kind, found in self.names.items()
        )

    def __or__(self, other: Impact) -> Impact:
        """Return what is downstream of either change."""
        kinds = sorted({*self.names, *other.names}, key=_rank)
        both = {
            kind: {*self.names.get(kind, ()), *other.names.get(kind, ())}
            for kind in kinds
        }
        return Impact(names={kind: tuple(sorted(both[kind])) for kind in kinds})

    def __bool__(self) -> bool:
        """Tell whether anything is downstream."""
        return bool(self.names)


def find_impact(
    manifest: Manifest,
    places: Iterable[tuple[str, str]],
    columns: Iterable[str] | None,
) -> Impact:
    """Return what is downstream of some columns of a table, or of the whole table.

    The table may be known under several places: schema and name at the destination.
    """
    names = None if columns is None else set(columns)
    if names is not None and not names:
        return Impact()
    mentions = None if names is None else _mention_of(names)
    sources = [key for place in places for key in manifest.sources.get(place, ())]
    found: dict[str, _Use] = {}
    for source in sources:
        _follow(manifest, source, mentions, found)
    by_kind = defaultdict(set)
    for key in found:
        by_kind[manifest.nodes[key].kind].add(manifest.nodes[key].name)
    return Impact(
        names={
            kind: tuple(sorted(by_kind[kind])) for kind in sorted(by_kind, key=_rank)
        }
    )


def _follow(
    manifest: Manifest,
    start: str,
    mentions: re.Pattern[str] | None,
    found: dict[str, _Use],
) -> None:
    """Note what is downstream of a source; a node that uses a column has all below."""
    waiting = [(start, _Use.PASSES_ON)]
    while waiting:
        key, use = waiting.pop()
        for child in manifest.children.get(key, ()):
            node = manifest.nodes.get(child)
            if node is None or found.get(child) is _Use.USES:
                continue
            of_child = use if use is _Use.USES else _use_of(node, mentions)
            if of_child is not _Use.NONE and found.get(child) is not of_child:
                found[child] = of_child
                waiting.append((child, of_child))


def _use_of(node: Node, mentions: re.Pattern[str] | None) -> _Use:
    """Tell what a node does with the columns of what it reads from."""
    if mentions is None or node.code is None or mentions.search(node.code):
        return _Use.USES
    if node.passes_on:
        return _Use.PASSES_ON
    return _Use.NONE


def _mention_of(columns: Iterable[str]) -> re.Pattern[str]:
    """Return what matches the name of one of the columns, in quotes or not."""
    forms = {form for name in columns for form in _forms_of(name)}
    alternatives = "|".join(re.escape(form) for form in sorted(forms))
    return re.compile(rf"(?<![\w$])(?:{alternatives})(?![\w$])", re.IGNORECASE)


def _forms_of(name: str) -> tuple[str, ...]:
    """Return a name as itself, in quotes of SQL and in those of JSON."""
    return name, name.replace('"', '""'), json.dumps(name, ensure_ascii=False)[1:-1]


def _rank(kind: str) -> tuple[int, str]:
    """Order kinds as data flow through them."""
    order = ("model", "snapshot", "test", "unit_test", "exposure")
    return (order.index(kind) if kind in order else len(order), kind)


def _count(kind: str, number: int) -> str:
    words = kind.replace("_", " ")
    return f"{number} {words if number == 1 else _PLURALS.get(kind, words + 's')}"


def _list(names: tuple[str, ...]) -> str:
    shown = list(_fitting(names))
    rest = len(names) - len(shown)
    return ", ".join(shown) + (f" and {rest} more" if rest else "")


def _fitting(names: tuple[str, ...]) -> Iterator[str]:
    """Yield the first names, at least one."""
    length = 0
    for position, name in enumerate(names):
        length += len(name)
        if position and length > _LONGEST_LIST:
            return
        yield name
