"""Rows that are deleted in one place and are there in another, or with other values.

The source has not deleted them: of a table without a key, a row that was updated is
deleted and inserted; and a row may come to lie in another partition.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from elt.postgres import (
    Composable,
    Connection,
    Identifier,
    compose,
    fetch_one,
    joined,
    raw,
)
from elt.replication.catalog.names import qualify_name
from elt.replication.design.replica import Replica
from elt.replication.load.loading import Load
from elt.replication.publish.ancestry import is_below
from elt.replication.publish.publication import Publication
from elt.replication.rows.difference import Difference
from elt.replication.rows.references import (
    Reference,
    list_references,
    queries,
    refuse,
)
from elt.replication.rows.row_queries import query_parts


def refuse_moved(
    connection: Connection,
    publication: Publication,
    load: Load,
    difference: Difference,
) -> None:
    """Raise ConfigError where such a row is deleted, and rows of others go with it.

    Rows are told by what the foreign key of the others refers to.
    """
    replica = load.replica
    stays = not difference.deleted or replica.stream.is_soft
    if stays or (replica.key and replica.partition_bound is None):
        return
    for reference in list_references(connection, qualify_name(*replica.stream.place)):
        elsewhere = [] if replica.key else [replica]
        if reference.is_of_another:
            elsewhere += _beside(publication, load)
        if elsewhere and _has_moved(connection, replica, reference, elsewhere):
            reason = "they are told by all their values"
            if replica.key:
                reason = "they lie in another partition"
            raise refuse(reason, reference)


def _beside(publication: Publication, load: Load) -> Iterator[Replica]:
    """Yield the other replicas below the partitioned tables that one is below."""
    above = [
        w for w in publication.partitioned if is_below(publication, load.replica, w)
    ]
    for other in publication.loads:
        replica = other.replica
        if other is not load and any(is_below(publication, replica, w) for w in above):
            yield replica


def _has_moved(
    connection: Connection,
    replica: Replica,
    reference: Reference,
    elsewhere: Iterable[Replica],
) -> bool:
    """Tell whether what others refer to is among the loaded rows of some replicas."""
    if not {*reference.columns} <= {column.name for column in replica.loaded}:
        # Nothing that is loaded tells.
        return True
    parts = query_parts(replica)
    found = [_is_in(c, reference) for r in elsewhere if (c := _rows_of(connection, r))]
    if not found:
        return False
    query = compose(
        queries["has_moved_rows"],
        difference=parts["difference"],
        published=parts["published"],
        is_listed=parts["is_listed"],
        is_elsewhere=joined(found, " or "),
    )
    return bool(fetch_one(connection, query))


def _rows_of(connection: Connection, replica: Replica) -> Composable | None:
    """Return where the loaded rows of a replica are: a new one may be in its place."""
    stream = replica.stream
    parameters = {
        "shadow": qualify_name(*stream.shadow),
        "place": qualify_name(*stream.place),
    }
    found = fetch_one(connection, queries["find_loaded"], parameters)
    return raw(found) if found else None


def _is_in(rows: Composable, reference: Reference) -> Composable:
    same = joined(
        (
            compose("staying.{name} = published.{name}", name=Identifier(name))
            for name in reference.columns
        ),
        " and ",
    )
    return compose(
        "exists (select from only {rows} as staying where {same})", rows=rows, same=same
    )
