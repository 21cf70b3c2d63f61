"""What of a table its replica does not have, and why.

Nothing here talks to a database.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from elt.replication.catalog.tables import Constraint, Index
from elt.replication.design.as_text import find_unfit_as_text
from elt.replication.design.streams import NotCopied, Stream

#: Of a check that no row is held to, anywhere.
_NOT_ENFORCED = " NOT ENFORCED"
#: What definitions may say, and since which version.
_NEWER = {
    " NULLS NOT DISTINCT": 15,
    " WITHOUT OVERLAPS": 18,
    _NOT_ENFORCED: 18,
}
_NOT_VALID = "is not valid at the source, nor"
_DELETED_ROWS = "would not hold with rows that stay after they are deleted"
_COLLATION = re.compile(
    r""" COLLATE (?:(?:\w+|"(?:[^"]|"")+")\.)?(\w+|"(?:[^"]|"")+")"""
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Capabilities:
    """What the destination can hold."""

    version: int
    collations: frozenset[str]
    all_constraints: bool
    indexes: bool
    extensions: frozenset[str] = frozenset()
    #: Whether it keeps text in another encoding than the source.
    is_recoded: bool = False
    #: Whether upper(), say, may give something else there.
    has_other_locale: bool = False


def lack_of(
    part: Constraint | Index, stream: Stream, capabilities: Capabilities
) -> str | None:
    """Return why a replica does not have a key or an index, None if it has.

    Foreign keys are for `lack_of_reference`.
    """
    if isinstance(part, Constraint) and clashes(part, stream):
        return _DELETED_ROWS
    if isinstance(part, Constraint) and _is_unproven(part):
        return _NOT_VALID
    lack = _lack_at_destination(part, capabilities)
    if lack is None:
        column = find_unfit_as_text(part, stream.table)
        if column is not None:
            lack = f"needs the type of column {column}, which is text"
    return lack


def _is_unproven(check: Constraint) -> bool:
    """Tell whether rows may break a check: it would not let them be written again."""
    return not check.is_valid and _NOT_ENFORCED not in check.definition


def _lack_at_destination(
    part: Constraint | Index, capabilities: Capabilities
) -> str | None:
    """Return what a key or an index needs and the destination does not have."""
    if part.code is not None:
        return f"needs the {part.code}, which does not exist"
    for name in part.extensions:
        if name not in capabilities.extensions:
            return f"needs the extension {name}, which does not exist"
    for name in collations(part.definition):
        if name not in capabilities.collations:
            return f"needs the collation {name}, which does not exist"
    for words, version in _NEWER.items():
        if words in part.definition and capabilities.version < version:
            return f"needs PostgreSQL {version}, which is not"
    return None


def clashes(part: Constraint | Index, stream: Stream) -> bool:
    """Tell whether rows that stay after they are deleted could break a constraint.

    They keep their values, which others may have by now; only keys are never reused
    without bringing the row back.
    """
    if not _is_free_of_constraints(stream):
        return False
    return tuple(part.columns) != stream.table.key or (
        isinstance(part, Constraint) and part.kind not in {"p", "u"}
    )


def lack_of_reference(
    part: Constraint,
    stream: Stream,
    streams: Mapping[int, Stream],
    capabilities: Capabilities,
) -> str | None:
    """Return why a replica does not have a foreign key, None if it has.

    `streams` are those of the run, by object id at the source.
    """
    # Made anew from its columns; but rows may break what was never checked.
    if not part.is_valid:
        return _NOT_VALID
    if part.has_period:
        return "would not refer to a period"
    referenced = streams.get(part.referenced_oid or 0)
    if referenced is None:
        return "would refer to a table that is not copied"
    if is_partitioned_otherwise(referenced):
        return "would refer to a table whose rows lie in others"
    is_of_other_key = tuple(part.referenced_columns) != referenced.table.key
    keeps_rows = _is_free_of_constraints(stream)
    if keeps_rows or (_is_free_of_constraints(referenced) and is_of_other_key):
        return _DELETED_ROWS
    return _lack_of_key(part, stream, referenced, capabilities)


def _lack_of_key(
    part: Constraint, stream: Stream, referenced: Stream, capabilities: Capabilities
) -> str | None:
    """Return why a foreign key cannot refer to columns of a replica, None if it can."""
    if not _has_key(referenced, part.referenced_columns, capabilities):
        return "would refer to a key that is left out"
    names = zip(part.columns, part.referenced_columns, strict=True)
    texts, others = _texts(stream), _texts(referenced)
    if any((name in texts) != (other in others) for name, other in names):
        return "would refer from text to what is none, or the other way round"
    return None


def _has_key(
    stream: Stream, columns: Iterable[str], capabilities: Capabilities
) -> bool:
    """Tell whether a replica has a key of just these columns."""
    wanted = sorted(columns)
    keys: tuple[Constraint | Index, ...] = (
        *(c for c in stream.table.constraints if c.kind in "pu"),
        *(i for i in stream.table.indexes if i.is_unique and _is_whole(i)),
    )
    return any(
        sorted(key.columns) == wanted and lack_of(key, stream, capabilities) is None
        for key in keys
    )


def _is_whole(index: Index) -> bool:
    return " WHERE " not in index.definition


def _texts(stream: Stream) -> set[str]:
    return {column.name for column in stream.columns if column.is_text_elsewhere}


def _is_free_of_constraints(stream: Stream) -> bool:
    """Tell whether a replica keeps rows, and has no constraints but its own.

    A part has those of its whole, and must have them.
    """
    return stream.keeps_rows and not stream.relation.parents


def is_partitioned_otherwise(stream: Stream) -> bool:
    """Tell whether a partitioned table has a replica with children in their place."""
    return stream.relation.kind == "p" and stream.relation.partition_key is None


def collations(sql: str) -> list[str]:
    """Return the collations that an expression names."""
    return [name.strip('"').replace('""', '"') for name in _COLLATION.findall(sql)]


def list_not_copied(
    stream: Stream, streams: Mapping[int, Stream], capabilities: Capabilities
) -> Iterable[NotCopied]:
    """Yield what the replica lacks, with the reason; `streams` are those of the run."""
    if is_partitioned_otherwise(stream):
        reason = "what places its rows is not the same"
        yield _lacking(stream, "partitioning", stream.relation.name, reason)
    for part, reason in stream.shaping.lost:
        kind = "index" if isinstance(part, Index) else "constraint"
        if (
            isinstance(part, Index)
            or part.kind in "pux"
            or capabilities.all_constraints
        ):
            yield _lacking(stream, kind, part.name, reason)
    parts: tuple[Constraint | Index, ...] = (
        *stream.table.constraints,
        *stream.table.indexes,
    )
    for part in parts:
        lack = _lack_of_any(part, stream, streams, capabilities)
        if lack is None:
            continue
        if isinstance(part, Index):
            yield _lacking(stream, "index", part.name, lack)
        elif part.kind in "pux" or capabilities.all_constraints:
            yield _lacking(stream, "constraint", part.name, lack)
    for column in stream.columns:
        collation = column.collation
        if collation is not None and collation not in capabilities.collations:
            reason = f"its collation {collation} does not exist"
            yield _lacking(stream, "collation of column", column.name, reason)


def _lack_of_any(
    part: Constraint | Index,
    stream: Stream,
    streams: Mapping[int, Stream],
    capabilities: Capabilities,
) -> str | None:
    if isinstance(part, Constraint) and part.kind == "f":
        return lack_of_reference(part, stream, streams, capabilities)
    return lack_of(part, stream, capabilities)


def _lacking(stream: Stream, what: str, name: str, reason: str) -> NotCopied:
    return NotCopied(name=f"{stream.name}: {what} {name}", reason=f"{reason} there")
