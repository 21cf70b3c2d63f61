"""Load what changed in several small streams at once, where that is simple.

It is where rows are merged and none is gone; every other stream is one for itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from elt.postgres import Connection, transaction
from elt.replication.incremental.changed_rows import ChangedRows, Changes
from elt.replication.incremental.merge import Merge, count_new_together, list_mergeable
from elt.replication.incremental.survey import Survey
from elt.replication.rows.copy import Statements, copy_together
from elt.replication.rows.difference import Difference
from elt.replication.rows.receipts import Method, Tally
from elt.replication.rows.shadow import (
    copy_changes_in,
    drop_shadow,
    make_changes_shadows,
    sum_hashes_together,
)
from elt.replication.sessions.snapshot import copy_changes


class Found(NamedTuple):
    """A stream, what both sides hold of it, and the rows counted as deleted there."""

    stream: ChangedRows
    survey: Survey
    deletes: int | None


def load_together(
    found: Sequence[Found], reader: Connection, writer: Connection
) -> list[Changes | None]:
    """Load the rows that changed; None for a stream that is one for itself.

    A failure undoes all of it, and does not say which stream failed.
    """
    places = {
        replica.stream.place
        for replica in list_mergeable(writer, [x.stream.replica for x in found])
    }
    merged = [x for x in found if _is_merged(x.stream, places)]
    if not merged:
        return [None] * len(found)
    with transaction(writer):
        loaded = iter(_load(merged, reader, writer))
    return [next(loaded) if _is_merged(x.stream, places) else None for x in found]


def _is_merged(stream: ChangedRows, places: set[tuple[str, str]]) -> bool:
    return stream.method is Method.CHANGES and stream.replica.stream.place in places


def _load(
    merged: Sequence[Found], reader: Connection, writer: Connection
) -> list[Changes | None]:
    replicas = [x.stream.replica for x in merged]
    make_changes_shadows(writer, replicas)
    statements = [
        Statements(copy_changes(r, x.survey.condition), copy_changes_in(r))
        for r, x in zip(replicas, merged, strict=True)
    ]
    copied = copy_together(reader, writer, statements)
    sums = sum_hashes_together(writer, replicas)
    new = count_new_together(writer, replicas)
    loaded: list[Changes | None] = []
    for x, rows, checksum, inserted in zip(merged, copied, sums, new, strict=True):
        source, published = x.survey.source, x.survey.published
        if source.rows != published + inserted:
            # Rows are gone: which ones, is found for each stream by itself.
            drop_shadow(writer, x.stream.replica)
            loaded.append(None)
            continue
        loaded.append(
            Changes(
                copied=rows,
                difference=Difference(inserted=inserted),
                method=x.stream.method,
                source=Tally(rows=source.rows, checksum=checksum),
                merge=Merge(rows=rows.rows, is_counted=True),
                source_deletes=x.deletes,
                published_rows=published,
            )
        )
    return loaded
