"""Load what changed in several small streams at once, where that is simple.

It is where rows are merged and none is gone; every other stream is one for itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from elt.postgres import Connection, transaction
from elt.replication.catalog.tables import Place
from elt.replication.incremental.changed_rows import ChangedRows
from elt.replication.incremental.changes import Changes
from elt.replication.incremental.merge import Merge, count_new_together, find_mergeable
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
) -> dict[Place, Changes]:
    """Load the rows that changed; leave out streams that are for themselves.

    A failure undoes all of it, and does not say which stream failed.
    """
    places = find_mergeable(writer, [x.stream.replica for x in found])
    merged = [
        x
        for x in found
        if x.stream.method is Method.CHANGES and x.stream.replica.stream.place in places
    ]
    if not merged:
        return {}
    with transaction(writer):
        return _load(merged, reader, writer)


def _load(
    merged: Sequence[Found], reader: Connection, writer: Connection
) -> dict[Place, Changes]:
    replicas = [x.stream.replica for x in merged]
    make_changes_shadows(writer, replicas)
    statements = [
        Statements(copy_changes(r, x.survey.condition), copy_changes_in(r))
        for r, x in zip(replicas, merged, strict=True)
    ]
    copied = copy_together(reader, writer, statements)
    sums = sum_hashes_together(writer, replicas)
    new = count_new_together(writer, replicas)
    loaded = {}
    for x, rows, checksum, inserted in zip(merged, copied, sums, new, strict=True):
        source, published = x.survey.source, x.survey.published
        if source.rows != published + inserted:
            # Rows are gone: which ones, is found for each stream by itself.
            drop_shadow(writer, x.stream.replica)
            continue
        loaded[x.stream.replica.stream.place] = Changes(
            copied=rows,
            difference=Difference(inserted=inserted),
            method=x.stream.method,
            source=Tally(rows=source.rows, checksum=checksum),
            merge=Merge(rows=rows.rows, is_counted=True),
            source_deletes=x.deletes,
            published_rows=published,
        )
    return loaded
