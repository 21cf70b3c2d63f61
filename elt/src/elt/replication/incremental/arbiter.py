"""Whether PostgreSQL may decide, row by row, which are inserted and which updated.

INSERT … ON CONFLICT does so by one unique index. Where a second one could be in the
way, or where somebody else has a say in what is written, rows are compared first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from elt.replication.design.replica import Replica, ReplicaColumn


@dataclass(frozen=True, kw_only=True, slots=True)
class Arbiter:
    """A unique or an exclusion index of a replica."""

    schema: str
    #: Of the replica.
    name: str
    columns: Sequence[str]
    #: Whether it compares whole columns as = does, at once, and in every row.
    is_plain: bool
    #: Whether its table has triggers, rules or row security.
    is_guarded: bool


def can_merge(replica: Replica, arbiters: Sequence[Arbiter]) -> bool:
    """Tell whether loaded rows may be merged into a replica that has these indexes.

    Two rows may exchange values of a second unique index, which breaks it in passing.
    And the key stays as it is: to set it, the row would be locked against whoever
    refers to it. So equal keys must be the same bytes.
    """
    if replica.stream.is_soft or len(arbiters) != 1:
        return False
    [arbiter] = arbiters
    if not arbiter.is_plain or arbiter.is_guarded:
        return False
    key = [column for column in replica.loaded if column.name in replica.key]
    return sorted(arbiter.columns) == sorted(replica.key) == sorted(
        column.name for column in key
    ) and all(map(_is_itself, key))


def _is_itself(column: ReplicaColumn) -> bool:
    """Tell whether equal values of a column are the same bytes."""
    return column.hash_form == "value" and column.collation in {None, "C", "POSIX"}
