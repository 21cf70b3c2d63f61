"""Which replicas are written before others are altered, and in which order.

To alter a table locks it for its readers until the publish commits. So what can be
written without that comes first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from elt.replication.catalog.tables import Place
from elt.replication.load.loading import Load
from elt.replication.publish.ancestry import ancestors
from elt.replication.publish.foreign_keys import list_dropped
from elt.replication.publish.hierarchy import (
    Leaving,
    list_leaving,
    places_above,
    remade_places,
)
from elt.replication.publish.publication import Publication
from elt.replication.publish.wholes import changed_places


@dataclass(frozen=True, kw_only=True, slots=True)
class Stages:
    """The loads of a publish, in two parts."""

    #: Those of replicas that stay as they are, but for their rows.
    unaltered: Sequence[Load]
    #: Those that are new, that are altered, or that lie below such a table.
    altered: Sequence[Load]


def divide_stages(publication: Publication) -> Stages:
    """Tell which replicas may be written before anything is altered.

    The largest of the others come first: who reads one of them waits for itself and for
    all that come later.
    """
    altered = altered_places(publication)
    first = [load for load in publication.loads if _is_unaltered(load, altered)]
    names = {load.replica.stream.name for load in first}
    others = [x for x in publication.loads if x.replica.stream.name not in names]
    return Stages(unaltered=first, altered=sorted(others, key=_size, reverse=True))


def _is_unaltered(load: Load, altered: set[Place]) -> bool:
    return load.adjustment is not None and load.replica.stream.place not in altered


def _size(load: Load) -> int:
    return load.replica.stream.relation.bytes


def altered_places(publication: Publication) -> set[Place]:
    """Return the tables that are locked by alterations, with all below them.

    A table whose rows were written may not be altered any more where a foreign key is
    still to be checked; so either end of one that is dropped belongs to them.
    """
    catalog = publication.catalog
    leaving = list(list_leaving(publication))
    altered = changed_places(publication).union(remade_places(publication))
    altered |= {table.relation.place for table, _ in leaving}
    altered |= set(_defaults_of(publication, leaving))
    for table, constraint in list_dropped(publication):
        referenced = catalog.tables.get(constraint.referenced_oid or 0)
        altered.add(table.relation.place)
        if referenced is not None:
            altered.add(referenced.relation.place)
    below = {
        table.relation.place
        for table in catalog.tables.values()
        if not altered.isdisjoint(ancestors(catalog, table))
    }
    # Who loses a partition is locked, but not what else lies below it.
    return altered | below | places_above(catalog, leaving)


def _defaults_of(
    publication: Publication, leaving: Iterable[Leaving]
) -> Iterator[Place]:
    """Yield the default partitions beside those that leave.

    They refuse the rows of a partition until it has left, and are locked when it does.
    """
    catalog = publication.catalog
    for table, parent in leaving:
        whole = catalog.table(*parent)
        if table.relation.partition_bound is not None and whole is not None:
            for part in catalog.parts_of(whole):
                if part.relation.partition_bound == "DEFAULT":
                    yield part.relation.place
