"""What a check finds at the destination: what a run would be refused, and its time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

from elt.errors import ConfigError
from elt.postgres import Connection, execute
from elt.queries import load_queries
from elt.replication.catalog.names import qualify_name, quote_name
from elt.replication.catalog.tables import Catalog, Place
from elt.replication.design.replica import Replica
from elt.replication.design.streams import Plan
from elt.replication.findings.finding import Finding, Level, failed, left_out, ok
from elt.replication.plan import destination
from elt.replication.plan.long_names import refuse_long_names
from elt.replication.plan.own_types import refuse_changed_types
from elt.replication.state.state import (
    KnownStream,
    has_state,
    list_foreign_landings,
    list_partitioned,
)
from elt.tables import human_seconds

queries = load_queries("elt.replication", "sql/destination_findings.sql")

#: Assumed until a run of this source has shown its own: a modest disk and network.
_BYTES_PER_SECOND = 50_000_000.0


def examine_privileges(writer: Connection) -> Iterator[Finding]:
    """Yield whether the role may make schemas."""
    [(database, user, may_create)] = execute(writer, queries["show_privileges"])
    if may_create:
        yield ok("destination", f"role {user} may create schemas")
        return
    text = f"Role {user} may not create schemas in database {database}"
    names = quote_name(database), quote_name(user)
    fix = "Run there: GRANT CREATE ON DATABASE {} TO {};".format(*names)
    yield failed("destination", ConfigError(text, hint=fix))


def find_unreadable_state(writer: Connection) -> Finding | None:
    """Return who keeps a state that our role may not read."""
    for (keeper,) in execute(writer, queries["find_keeper"]):
        text = f"Schema elt belongs to {keeper}, and may not be read"
        fix = f"Connect as {keeper}, which replicated before."
        return failed("destination", ConfigError(text, hint=fix))
    return None


def examine_destination(
    writer: Connection,
    plan: Plan,
    designs: Sequence[Replica],
    held: Catalog,
    known: Collection[KnownStream],
) -> Iterator[Finding]:
    """Yield what a run would refuse and leave out, and for how long it would read."""
    for refusal in _refusals(writer, plan, designs, held, known):
        yield failed("destination", refusal)
    for replica in designs:
        yield from left_out(replica.not_copied)
    text_only = [d.stream.name for d in designs if not d.is_binary_safe]
    if text_only:
        text = (
            f"{', '.join(text_only)}: copied as text, as a type has no safe binary form"
        )
        yield Finding(level=Level.NOTE, subject="streams", text=text)
    size = sum(stream.relation.bytes for stream in plan.streams)
    speed, is_measured = _speed(writer, plan.source)
    basis = "at 50 MB/s"
    if is_measured:
        basis = "at the speed of the last run that copied more than 10 MB"
    duration = human_seconds(max(size / speed, 1.0))
    yield ok("time", f"a full refresh takes about {duration} {basis}")


def _refusals(
    writer: Connection,
    plan: Plan,
    designs: Sequence[Replica],
    held: Catalog,
    known: Collection[KnownStream],
) -> Iterator[ConfigError]:
    if has_state(writer):
        foreign = list_foreign_landings(writer, plan.source)
        yield from _caught(destination.refuse_foreign_landings, plan.streams, foreign)
    everything = (*plan.partitioned, *plan.streams)
    partitioned = _list_partitioned(writer, plan, held)
    yield from _caught(
        destination.refuse_foreign_tables, everything, held, known, partitioned
    )
    yield from _caught(destination.refuse_lost_rows, everything, held, known)
    yield from _caught(
        destination.refuse_taken_names, designs, held, known, partitioned
    )
    shadows = (writer, plan.source, everything)
    yield from _caught(destination.refuse_foreign_shadows, *shadows)
    yield from _caught(refuse_long_names, designs)
    yield from _caught(refuse_changed_types, writer, plan)
    made = {
        qualify_name(plan.landings[made.schema], name)
        for made in plan.types
        for name in (made.name, made.multirange)
        if name is not None
    }
    yield from _caught(destination.refuse_missing_types, writer, designs, made)


def _list_partitioned(
    writer: Connection, plan: Plan, held: Catalog
) -> Collection[Place]:
    """Return where our partitioned tables are."""
    if has_state(writer, "elt.partitioned_tables"):
        return list_partitioned(writer, plan.source)
    # The next run finds out which of them an older version made.
    known = held.tables.values() if has_state(writer) else ()
    return frozenset(t.relation.place for t in known if t.holds_no_rows)


def _caught(refuse: Callable[..., None], *arguments: object) -> Iterator[ConfigError]:
    try:
        refuse(*arguments)
    except ConfigError as error:
        yield error


def _speed(writer: Connection, source: str) -> tuple[float, bool]:
    """Return the bytes per second of the last full refresh, or what is assumed."""
    if has_state(writer):
        rows = execute(writer, queries["measure_speed"], {"source": source})
        if rows and rows[0][0]:
            return float(rows[0][0]), True
    return _BYTES_PER_SECOND, False
