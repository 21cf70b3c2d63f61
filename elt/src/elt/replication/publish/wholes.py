"""What changed in tables that hold no rows themselves.

The state knows nothing but that they are ours, so that they are compared as they are;
their parts tell which column is which, and what of their keys and indexes is ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from elt.config import SchemaChangePolicy
from elt.replication.catalog.relocation import rename
from elt.replication.catalog.tables import Catalog, Place, Table
from elt.replication.changes.adjustment import Adjustment
from elt.replication.changes.schema_changes import SchemaChanges, compare
from elt.replication.design.definition import TableDefinition, define_table
from elt.replication.design.replica import Replica
from elt.replication.publish.ancestry import (
    definitions_of,
    is_part_of,
    is_still_below,
)
from elt.replication.publish.publication import Publication

#: Number of a column that its table no longer has.
_GONE = 0


def changes_of_whole(
    publication: Publication,
    catalog: Catalog,
    replica: Replica,
    table: Table,
    *,
    is_renamed: bool = False,
) -> SchemaChanges:
    """Return what a table without rows of its own lacks, and has too much.

    The state does not know it, so that it is compared as it is; its parts know which
    column is which, until all have their new names.
    """
    policy = replica.stream.on_schema_change
    if policy is not SchemaChangePolicy.PROPAGATE and not _is_reshaped(
        publication, replica
    ):
        return SchemaChanges()
    known = _only_our_columns(publication, define_table(table), replica)
    numbers: dict[str, int] = {c.name: c.number for c in replica.columns}
    if not is_renamed:
        numbers |= _numbers_in_parts(publication, replica)
    required = _required_in_parts(publication, replica, is_renamed=is_renamed)
    columns = tuple(
        replace(
            column,
            number=numbers.get(column.name, _GONE) or -position,
            is_not_null=column.is_not_null or column.name in required,
        )
        for position, column in enumerate(known.columns, start=1)
    )
    checks = _checks_of_parts(publication, replica, is_renamed=is_renamed)
    known = replace(
        known,
        oid=replica.stream.relation.oid,
        columns=columns,
        constraints={n: checks.get(n, sql) for n, sql in known.constraints.items()},
    )
    return compare(_only_ours(publication, catalog, table, known, replica), replica)


def _is_reshaped(publication: Publication, whole: Replica) -> bool:
    """Tell whether the parts were published in another shape, which no policy keeps."""
    shape = whole.stream.shaping.fingerprint
    return any(
        load.adjustment is not None
        and load.adjustment.known.shape != shape
        and is_still_below(publication, load, whole)
        for load in publication.loads
    )


def _required_in_parts(
    publication: Publication, whole: Replica, *, is_renamed: bool
) -> set[str]:
    """Return the columns that were to be not null when parts were published.

    Rows that the source has deleted and that parts keep may be null there all the same:
    no run tries again.
    """
    required = set()
    for load in publication.loads:
        adjustment = load.adjustment
        is_kept = adjustment is not None and load.replica.stream.keeps_rows
        if adjustment and is_kept and is_still_below(publication, load, whole):
            now = {c.number: c.name for c in load.replica.columns if is_renamed}
            columns = adjustment.known.columns
            required |= {now.get(c.number, c.name) for c in columns if c.is_not_null}
    return required


def _checks_of_parts(
    publication: Publication, whole: Replica, *, is_renamed: bool
) -> dict[str, str]:
    """Return the checks of parts as the source wrote them.

    The destination writes them otherwise where a column arrives as text.
    """
    checks = {}
    for load in publication.loads:
        adjustment = load.adjustment
        if adjustment and is_still_below(publication, load, whole):
            known = adjustment.definition if is_renamed else adjustment.known
            constraints = known.constraints.items()
            checks.update({n: s for n, s in constraints if s.startswith("CHECK ")})
    return checks


def changed_places(publication: Publication) -> set[Place]:
    """Return the replicas that are going to be altered."""
    changed = {
        load.replica.stream.place
        for load in publication.loads
        if load.adjustment is not None and load.adjustment.changes
    }
    catalog = publication.catalog
    for replica in publication.partitioned:
        table = publication.existing(replica)
        if table is None or changes_of_whole(publication, catalog, replica, table):
            changed.add(replica.stream.place)
    return changed


def is_parted_differently(
    publication: Publication, whole: Replica, table: Table
) -> bool:
    """Tell whether a table has another partition key than it is to have."""
    key = table.relation.partition_key
    renamed = _renamed_in_parts(publication, whole)
    return key is not None and rename(key, renamed) != whole.partition_key


def is_part(
    adjustment: Adjustment, catalog: Catalog, wholes: Mapping[int, Replica]
) -> bool:
    """Tell whether a replica is, and stays, the same partition of the same table."""
    replica = adjustment.replica
    table = catalog.table(*replica.stream.place)
    bound = replica.partition_bound
    if table is None or bound is None or table.relation.partition_bound != bound:
        return False
    whole = wholes.get(replica.stream.relation.parents[0])
    parent = catalog.table(*whole.stream.place) if whole else None
    if whole is None or parent is None or parent.relation.partition_key is None:
        return False
    key = rename(parent.relation.partition_key, adjustment.changes.renamed)
    return parent.relation.oid in table.relation.parents and key == whole.partition_key


def _numbers_in_parts(publication: Publication, whole: Replica) -> dict[str, int]:
    """Return the numbers that columns of a whole have now, by the names they had."""
    now = {column.name: column.number for column in whole.columns}
    numbers: dict[str, int] = {}
    for load in publication.loads:
        if is_still_below(publication, load, whole):
            names = {c.number: c.name for c in load.replica.columns}
            for column in load.adjustment.known.columns if load.adjustment else ():
                number = now.get(names.get(column.number, ""), _GONE)
                # Parts that came when it was kept do not know which one it was.
                numbers[column.name] = number or numbers.get(column.name, _GONE)
    return numbers


def _only_our_columns(
    publication: Publication, present: TableDefinition, whole: Replica
) -> TableDefinition:
    """Leave out the columns that somebody else has added at the destination.

    Ours are those that the source has as well, or that the state knows of parts.
    """
    ours = {
        column.name
        for load in publication.loads
        if load.adjustment and is_still_below(publication, load, whole)
        for known in (load.adjustment.known, load.adjustment.definition)
        for column in known.columns
    }
    if not ours:
        # It has no part that could tell, and none whose rows would be lost.
        return present
    ours |= {column.name for column in whole.columns}
    columns = tuple(column for column in present.columns if column.name in ours)
    return replace(present, columns=columns)


def _renamed_in_parts(publication: Publication, whole: Replica) -> dict[str, str]:
    renamed: dict[str, str] = {}
    for load in publication.loads:
        if load.adjustment and is_still_below(publication, load, whole):
            renamed.update(load.adjustment.changes.renamed)
    return renamed


def _only_ours(
    publication: Publication,
    catalog: Catalog,
    table: Table,
    known: TableDefinition,
    replica: Replica,
) -> TableDefinition:
    """Leave out the keys and indexes that somebody else made at the destination.

    Ours are those that the source has as well, or whose parts the state knows.
    """
    if replica.partition_key is None:
        # Not partitioned here, and always empty: nobody else has made anything of it.
        return known
    wanted = {d.name for d in (*replica.constraints, *replica.indexes)}
    ours = wanted | _known_from_parts(publication, catalog, table)
    return replace(
        known,
        constraints={n: sql for n, sql in known.constraints.items() if n in ours},
        indexes={n: sql for n, sql in known.indexes.items() if n in ours},
    )


def _known_from_parts(
    publication: Publication, catalog: Catalog, table: Table
) -> set[str]:
    """Return the names of what a table has and parts of it had when last published."""
    definitions = definitions_of(table)
    below = catalog.parts_of(table)
    if not below:
        is_whole = table.relation.kind == "p"
        return {definition.name for definition in definitions if is_whole}
    known = {
        load.replica.stream.place: load.adjustment.known
        for load in publication.loads
        if load.adjustment is not None
    }
    found = set()
    for part in below:
        names = _known_from_parts(publication, catalog, part)
        if part.relation.place in known:
            of_part = known[part.relation.place]
            names = {*of_part.constraints, *of_part.indexes}
        for definition in definitions_of(part):
            if definition.name in names:
                found |= {d.name for d in definitions if is_part_of(definition, d)}
    return found
