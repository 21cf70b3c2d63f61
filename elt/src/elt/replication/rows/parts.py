"""Cut big tables into parts that workers copy side by side.

A part is a range of pages: `ctid` ranges are read without an index, and every row of a
snapshot lies in one page. Nothing here talks to a database.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from elt.postgres import Composable, Literal, compose, joined, raw
from elt.replication.design.replica import Replica

#: Smaller parts cost more transactions than they even out; measured on two cores.
PART_BYTES = 64 << 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """Pages of one table, from the first to before the last; None is an open end."""

    replica: Replica
    first_page: int | None = None
    last_page: int | None = None

    @property
    def is_whole(self) -> bool:
        """Tell whether the part is the whole table."""
        return self.first_page is None and self.last_page is None

    @property
    def condition(self) -> Composable:
        """Return the condition that selects the rows of the part."""
        conditions = [raw("true")]
        if self.first_page is not None:
            first = Literal(f"({self.first_page},0)")
            conditions.append(compose("ctid >= {first}::tid", first=first))
        if self.last_page is not None:
            last = Literal(f"({self.last_page},0)")
            conditions.append(compose("ctid < {last}::tid", last=last))
        return joined(conditions, " and ")


def cut_table(replica: Replica, workers: int) -> list[Part]:
    """Return the parts of a table: one, or as many for each worker.

    The last part has no end, as the table may have grown since its pages were counted.
    """
    relation = replica.stream.relation
    count = ceil(relation.bytes / PART_BYTES)
    if workers == 1 or count <= 1:
        return [Part(replica=replica)]
    count = min(ceil(count / workers) * workers, relation.pages)
    bounds = [relation.pages * position // count for position in range(1, count)]
    edges: list[int | None] = [None, *bounds, None]
    return [
        Part(replica=replica, first_page=first, last_page=last)
        for first, last in pairwise(edges)
    ]
