"""Name what of dbt is downstream of tables that changed, before anything is done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from elt import logs
from elt.errors import EltError
from elt.lineage.impact import Impact, find_impact
from elt.replication.catalog.tables import Place
from elt.replication.changes.schema_changes import SchemaChanges
from elt.replication.design.replica import Replica
from elt.replication.design.streams import Plan, Stream
from elt.replication.sessions.session import Session
from elt.replication.state.state import KnownStream

if TYPE_CHECKING:
    from elt.lineage.manifest import Manifest

log = logs.logger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangedTable:
    """A table of the source that is not what was published, with its partitions."""

    name: str
    #: Where dbt may read it at the destination.
    places: frozenset[Place]
    #: As they were published; None when the table is gone.
    columns: frozenset[str] | None
    #: Streams that brought the change: the table itself, or some of its partitions.
    streams: frozenset[str]

    @property
    def change(self) -> str:
        """Return what of it changed, as a field of the log."""
        if self.columns is None:
            return "all, as the table is gone"
        return ", ".join(sorted(self.columns))


def list_changed(
    plan: Plan,
    changed: Iterable[tuple[Replica, SchemaChanges]],
    gone: Iterable[KnownStream],
) -> list[ChangedTable]:
    """Return the tables whose readers notice a change.

    Partitions are counted as the table that they are parts of, which is what dbt reads.
    """
    wholes = {stream.relation.oid: stream for stream in plan.partitioned}
    groups = defaultdict(list)
    for replica, changes in changed:
        if changes.columns:
            line = [replica.stream, *_above(replica.stream, wholes)]
            groups[line[-1].name].append((line, changes))
    altered = [
        ChangedTable(
            name=name,
            places=frozenset(stream.place for line, _ in group for stream in line),
            columns=frozenset(c for _, changes in group for c in changes.columns),
            streams=frozenset(line[0].name for line, _ in group),
        )
        for name, group in groups.items()
    ]
    dropped = [
        ChangedTable(
            name=known.stream,
            places=frozenset({known.place}),
            columns=None,
            streams=frozenset({known.stream}),
        )
        for known in gone
        if known.state != "gone" and known.stream not in plan.source_tables
    ]
    return [*altered, *dropped]


def _above(stream: Stream, wholes: Mapping[int, Stream]) -> Iterator[Stream]:
    """Yield the partitioned tables above a partition, the topmost last."""
    for oid in stream.relation.parents:
        if oid in wholes:
            yield wholes[oid]
            yield from _above(wholes[oid], wholes)


def list_impacts(
    manifest: Manifest | None, tables: Iterable[ChangedTable]
) -> list[tuple[ChangedTable, Impact]]:
    """Return for each table what is downstream of its change, where anything is."""
    if manifest is None:
        return []
    found = [
        (table, find_impact(manifest, table.places, table.columns)) for table in tables
    ]
    return [(table, impact) for table, impact in found if impact]


def tell_impact(session: Session, tables: Iterable[ChangedTable]) -> None:
    """Log what is downstream of each table, and add it to what was refused."""
    for table, impact in list_impacts(session.options.manifest, tables):
        session.impact |= impact
        for sentence in impact.sentences:
            log.warning(
                "traced change into dbt",
                source=session.source.name,
                stream=table.name,
                columns=table.change,
                nodes=sentence,
            )
        for name in table.streams & session.failures.keys():
            session.failures[name] = with_impact(session.failures[name], impact)


def with_impact(error: EltError, impact: Impact) -> EltError:
    """Return an error whose hint also names what is downstream in dbt."""
    sentence = f"In dbt it reaches {'; '.join(impact.sentences)}."
    hint = f"{error.hint} {sentence}" if error.hint else sentence
    return type(error)(error.message, hint=hint)
