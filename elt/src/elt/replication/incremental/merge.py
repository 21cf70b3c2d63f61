"""Write loaded rows into a replica without comparing them first.

One statement inserts, or updates what differs: each row is looked up once, where to
list, to update and to insert takes three times that. The list has what is gone only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from elt.errors import EltError
from elt.postgres import (
    Composable,
    Connection,
    Identifier,
    compose,
    execute,
    execute_union,
    fetch,
    identifiers,
    joined,
    raw,
    savepoint,
    send_ahead,
    sqlstate_of,
)
from elt.queries import load_queries
from elt.replication.catalog.names import qualify_name
from elt.replication.catalog.tables import Place
from elt.replication.design.replica import Replica
from elt.replication.incremental.arbiter import Arbiter, can_merge
from elt.replication.incremental.deleted_keys import Scale, count_coming
from elt.replication.rows.difference import (
    Difference,
    apply_deletes,
    apply_difference,
    changed_meanwhile,
    find_changes,
    written_hash,
)
from elt.replication.rows.from_item import LOOK_UP
from elt.replication.rows.receipts import Tally
from elt.replication.rows.row_queries import query_parts
from elt.replication.rows.row_tallies import (
    Triggers,
    tally_changes,
    tally_unwritten,
)

queries = load_queries("elt.replication", "sql/merge.sql")

#: Somebody gave the replica another unique index in the meantime, or took the only one
#: away: a unique or an exclusion constraint is broken, a row is met twice, or nothing
#: can decide, or only what may wait.
_CONFLICTS = frozenset({"23505", "23P01", "21000", "42P10", "55000"})
#: Rows are sorted before they are merged: so many of them without temporary files.
_SORT = "set local work_mem to '64MB'"


@dataclass(frozen=True, kw_only=True, slots=True)
class Merge:
    """Rows that are loaded, and not compared with what is published."""

    rows: int
    #: Whether it is known how many of them are new.
    is_counted: bool = False
    #: The same by ranges of keys, where these were counted.
    new_ranges: Mapping[int, int] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Merged:
    """What a merge changed, and what the rows are that it wrote."""

    difference: Difference
    written: Tally
    #: The transaction that wrote them, None where none was written.
    writer: str | None = None
    #: Whether rows were compared and listed in the end.
    is_listed: bool = False


def find_mergeable(connection: Connection, replicas: Sequence[Replica]) -> set[Place]:
    """Return the places of replicas into which rows may be merged as they are now."""
    parameters = {"tables": [qualify_name(*r.stream.place) for r in replicas]}
    found: defaultdict[Place, list[Arbiter]] = defaultdict(list)
    for arbiter in fetch(connection, Arbiter, queries["list_arbiters"], parameters):
        found[arbiter.schema, arbiter.name].append(arbiter)
    mergeable = [r for r in replicas if can_merge(r, found[r.stream.place])]
    return {replica.stream.place for replica in mergeable}


def find_or_merge(
    connection: Connection,
    replica: Replica,
    rows: int,
    *,
    is_counted: bool,
    scale: Scale | None = None,
) -> tuple[Difference, Merge | None]:
    """Find what differs of some loaded rows, or leave that to a merge.

    Where it is needed beforehand, those that are new are counted, by ranges of keys
    where these are cut.
    """
    if not find_mergeable(connection, [replica]):
        return find_changes(connection, replica), None
    merge = Merge(rows=rows, is_counted=is_counted)
    if not is_counted or not rows:
        return Difference(), merge
    if scale is None:
        return Difference(inserted=_count_new(connection, replica)), merge
    ranges = count_coming(replica, connection, scale, is_listed=False)
    new = sum(ranges.values())
    return Difference(inserted=new), replace(merge, new_ranges=ranges)


def _count_new(connection: Connection, replica: Replica) -> int:
    """Return how many loaded rows have a key that no published row has."""
    # For the length of the message that both are sent in.
    send_ahead(connection, LOOK_UP)
    [found] = count_new_together(connection, [replica])
    return found


def count_new_together(
    connection: Connection, replicas: Sequence[Replica]
) -> list[int]:
    """Return the same for several small streams, by one message."""
    counts = [compose(queries["count_new"], **query_parts(r)) for r in replicas]
    return [rows for [(rows,)] in execute_union(connection, counts)]


def merge_rows(
    connection: Connection,
    replica: Replica,
    expected: Difference,
    merge: Merge,
    *,
    is_hashed: bool,
) -> Merged:
    """Delete what is listed as gone and merge the loaded rows, inside a transaction.

    Of what is expected, inserted rows count where they were counted, updated ones do
    not. Raises TemporaryError where the replica is no longer what it was.
    """
    send_ahead(connection, _SORT)
    try:
        with savepoint(connection, goes_ahead=True):
            merged = _merge(connection, replica, expected, merge, is_hashed=is_hashed)
    except EltError as error:
        if sqlstate_of(error) not in _CONFLICTS:
            raise
        found = find_changes(connection, replica)
        written = apply_difference(connection, replica, found, is_hashed=is_hashed)
        merged = Merged(difference=found, written=written, is_listed=True)
    now = merged.difference
    if now.deleted != expected.deleted or (
        merge.is_counted and now.inserted != expected.inserted
    ):
        raise changed_meanwhile(replica)
    return merged


def _merge(
    connection: Connection,
    replica: Replica,
    expected: Difference,
    merge: Merge,
    *,
    is_hashed: bool,
) -> Merged:
    deleted = apply_deletes(connection, replica) if expected.deleted else 0
    nothing = Tally(rows=0, checksum=Decimal(0))
    if not merge.rows:
        return Merged(difference=Difference(deleted=deleted), written=nothing)
    query = compose(
        queries["merge_rows"],
        hash=written_hash(replica, is_hashed=is_hashed),
        loaded_key=identifiers(replica.key, "loaded."),
        action=_action(replica),
        **query_parts(replica),
    )
    [(rows, new, checksum, writer)] = execute(connection, query)
    return Merged(
        difference=Difference(inserted=new, updated=rows - new, deleted=deleted),
        written=Tally(rows=rows, checksum=checksum),
        writer=writer,
    )


def _action(replica: Replica) -> Composable:
    """Return what becomes of a row whose key is there."""
    names = [c.name for c in replica.loaded if c.name not in replica.key]
    if not names:
        return raw("do nothing")
    return compose(
        "do update set {assignments} "
        "where row({excluded})::record *<> row({published})::record",
        assignments=joined(
            compose("{name} = excluded.{name}", name=Identifier(name)) for name in names
        ),
        excluded=identifiers(names, "excluded."),
        published=identifiers(names, "published."),
    )


def tally_merged(
    connection: Connection,
    replica: Replica,
    merge: Merge | None,
    merged: Merged,
    triggers: Triggers,
) -> Tally:
    """Tally the published rows that were loaded.

    Those that were written are tallied; those that were found equal are read.
    """
    has_triggers = bool(triggers.of(replica))
    if merge is None or merged.is_listed or has_triggers:
        return tally_changes(
            connection, replica, merged.written, has_triggers=has_triggers
        )
    tally = merged.written
    if tally.rows < merge.rows:
        tally += tally_unwritten(connection, replica, merged.writer)
    return tally
