"""Find what elt.yaml names and the source does not have: some are typing mistakes.

Nothing here talks to a database.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from elt.config import SourceConfig, find_nearest, matches
from elt.replication.catalog.tables import Catalog, stream_name

#: What makes a name a pattern, which may be meant for tables to come.
_OF_PATTERNS = frozenset("*?[")


class IdleName(NamedTuple):
    """A name or a pattern of elt.yaml that nothing is called by."""

    #: Where it stands, as sources[0].exclude.
    path: str
    name: str
    #: The name that it is most likely a misspelling of.
    nearest: str | None

    @property
    def is_pattern(self) -> bool:
        """Tell whether it may be meant for what is still to come."""
        return not _OF_PATTERNS.isdisjoint(self.name)


def list_idle_names(source: SourceConfig, catalog: Catalog) -> Iterator[IdleName]:
    """Yield patterns of tables that match none, and schemas that there are not."""
    names = [stream_name(relation) for relation in catalog.relations]
    for key, patterns in (("include", source.include), ("exclude", source.exclude)):
        for pattern in patterns:
            if not any(matches(name, [pattern]) for name in names):
                nearest = find_nearest(pattern, names)
                yield IdleName(f"{source.path}.{key}", pattern, nearest)
    for schema, _ in source.schemas:
        if schema not in catalog.schemas:
            nearest = find_nearest(schema, catalog.schemas)
            yield IdleName(f"{source.path}.schemas", schema, nearest)
