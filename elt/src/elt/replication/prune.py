"""`elt prune`: drop replicas that no run brings up to date any longer, and forget them.

Needs no lock of the source: a stream that is published meanwhile is not what was read
here, and stays; a run that was about to publish one that is dropped begins anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from elt.errors import (
    ConfigError,
    EltError,
    InterruptedRun,
    LostConnectionError,
    TemporaryError,
)
from elt.postgres import (
    Connection,
    Identifier,
    compose,
    execute,
    joined,
    sqlstate_of,
    transaction,
)
from elt.queries import load_queries
from elt.replication.catalog.reading import read_catalog, set_search_path
from elt.replication.catalog.tables import Catalog, Place, Table, write_name
from elt.replication.changes.alterations import alter
from elt.replication.plan.dependents import refuse_dependents_of_dropped
from elt.replication.plan.leftovers import (
    Leftover,
    Reason,
    choose_leftovers,
    group_by_table,
    list_leftovers,
)
from elt.replication.state.left_state import list_left_replicas
from elt.replication.state.state import (
    has_state,
    list_known_streams,
    list_partitioned,
    save_partitioned,
)
from elt.tables import human_count

queries = load_queries("elt.replication", "sql/prune.sql")

_HAS_DEPENDENTS = "2BP01"


@dataclass(frozen=True, kw_only=True, slots=True)
class Pruned:
    """What became of a leftover, in words, and why it could not be dropped."""

    text: str
    error: EltError | None = None


def list_sources(connection: Connection) -> set[str]:
    """Return the sources that the state knows, also those that elt.yaml has no more."""
    if not has_state(connection):
        return set()
    return {str(name) for (name,) in execute(connection, queries["list_sources"])}


def prune(
    connection: Connection,
    source: str,
    covers: Callable[[str], bool],
    patterns: Sequence[str] = (),
    *,
    dry_run: bool = False,
) -> Iterator[Pruned]:
    """Drop the leftovers of a source, each table in a transaction of its own.

    `covers` tells which streams elt.yaml wants. What cannot be dropped stays, and is no
    reason to keep others. A dry run looks for views that would be in the way, and
    writes nothing.
    """
    if not has_state(connection, "elt.left_replicas"):
        return
    chosen, unnamed = choose_leftovers(
        list_leftovers(
            covers,
            list_known_streams(connection, source),
            list_left_replicas(connection, source),
        ),
        patterns,
    )
    wholes = list_partitioned(connection, source).keys()
    places = {*wholes, *(one.known.place for one in chosen)}
    catalog = read_catalog(connection, sorted({schema for schema, _ in places}))
    # Errors of the server name tables with their schemas then.
    set_search_path(connection, ())
    for place, leftovers in group_by_table(chosen, catalog, wholes).items():
        error = None
        try:
            _refuse(connection, catalog, place, leftovers)
            if not dry_run:
                _drop(connection, source, catalog, place, leftovers)
        except (InterruptedRun, LostConnectionError):
            raise
        except EltError as found:
            error = found
        for one in leftovers:
            text = _describe(one, catalog, error, dry_run=dry_run)
            yield Pruned(text=text, error=error)
    for one in unnamed:
        name = write_name(*one.known.place)
        option = f"--stream {one.known.stream}"
        yield Pruned(text=f"kept {name}: {one.reason}; {option} drops it, too")


def _describe(
    one: Leftover, catalog: Catalog, error: EltError | None, *, dry_run: bool
) -> str:
    name = write_name(*one.known.place)
    if error is not None:
        hint = f". {error.hint}" if error.hint else ""
        return f"kept {name}: {error.message}{hint}"
    if catalog.table(*one.known.place) is None:
        done = "would forget" if dry_run else "forgot"
        return f"{done} {name}: somebody has dropped it"
    done = "would drop" if dry_run else "dropped"
    rows = human_count(one.known.row_count or 0, "row")
    return f"{done} {name}, {rows}: {one.reason}"


def _refuse(
    connection: Connection,
    catalog: Catalog,
    place: Place,
    leftovers: Iterable[Leftover],
) -> None:
    """Raise ConfigError for what is in the way, or is none of ours any more."""
    for one in leftovers:
        _refuse_other_table(catalog, one)
    oids = [table.relation.oid for table in _with_parts(catalog, place)]
    if oids:
        refuse_dependents_of_dropped(connection, write_name(*place), oids)


def _with_parts(catalog: Catalog, place: Place) -> Iterator[Table]:
    """Yield the table at a place, if there is one, and all that is below it."""
    table = catalog.table(*place)
    if table is not None:
        yield table
        for part in catalog.parts_of(table):
            yield from _with_parts(catalog, part.relation.place)


def _refuse_other_table(catalog: Catalog, one: Leftover) -> None:
    """Raise ConfigError for what somebody has put in the place of a replica."""
    place = one.known.place
    table = catalog.table(*place)
    if table is None and place not in {other.place for other in catalog.others}:
        return
    present = {column.name for column in table.columns} if table is not None else set()
    if not present.issuperset(c.name for c in one.known.definition.columns):
        message = f"{write_name(*place)} is not the replica that elt has made"
        raise ConfigError(message, hint="Rename it, to let elt forget the replica.")


def _drop(
    connection: Connection,
    source: str,
    catalog: Catalog,
    place: Place,
    leftovers: Iterable[Leftover],
) -> None:
    """Drop a table with its parts, and forget the leftovers in the same transaction.

    The parts are named: those that inherit it would keep it, unlike partitions.
    """
    places = {place, *(t.relation.place for t in _with_parts(catalog, place))}
    names = joined(Identifier(*one) for one in sorted(places))
    try:
        with transaction(connection):
            for one in leftovers:
                _forget(connection, source, one)
            alter(connection, [compose("drop table if exists {names}", names=names)])
            save_partitioned(connection, source, {}, [place])
    except ConfigError as error:
        if sqlstate_of(error) != _HAS_DEPENDENTS:
            raise
        hint = "Drop what depends on it, then prune again."
        raise ConfigError(error.message, hint=hint) from error.__cause__


def _forget(connection: Connection, source: str, one: Leftover) -> None:
    schema, table = one.known.place
    parameters = {
        "source": source,
        "stream": one.known.stream,
        "state": one.known.state,
        "snapshot_at": one.known.snapshot_at,
        "schema": schema,
        "table": table,
    }
    is_left = one.reason is Reason.MOVED
    statement = "forget_left_replica" if is_left else "forget_stream"
    if not execute(connection, queries[statement], parameters):
        message = f"{one.known.stream} was published meanwhile"
        raise TemporaryError(message, hint="Prune again.")
