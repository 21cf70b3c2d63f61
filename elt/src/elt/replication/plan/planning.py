"""Decide what is replicated: configuration and catalog in, plan out.

Nothing here talks to a database.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from elt.config import (
    DeletePolicy,
    SchemaChangePolicy,
    Shape,
    SourceConfig,
    StreamConfig,
    SyncMode,
    matches,
)
from elt.errors import ConfigError, UsageError
from elt.replication.catalog.tables import Catalog, Place, Table, Type, stream_name
from elt.replication.design.inheritance import list_loosened, loosen
from elt.replication.design.privileges import list_unreadable, refuse_unreadable
from elt.replication.design.streams import (
    NotCopied,
    Plan,
    Stream,
    free_mark,
    parents_first,
)
from elt.replication.design.type_omissions import list_lost_of_type
from elt.replication.design.views import (
    is_taken_for_table,
    lack_of_rows,
    reason_for_omission,
    refuse_modes_of_tables,
)
from elt.replication.plan.landings import land_schemas, refuse_landing
from elt.replication.plan.overrides import (
    ancestors_of,
    did_you_mean_table,
    list_unfit,
    list_wholes,
    override_of,
    refuse_unknown_overrides,
)
from elt.replication.shapes.shaping import Shaping, shape_tables

_LARGE_OBJECTS = (
    "they are in no table: a column of type oid or lo arrives as the numbers it holds"
)


class NoTablesError(ConfigError):
    """There is nothing to replicate."""


def plan_streams(
    source: SourceConfig,
    policy: SchemaChangePolicy,
    catalog: Catalog,
    *,
    only: Iterable[str] = (),
    is_together: bool = True,
) -> Plan:
    """Choose the streams of a source; `only` narrows them to names or patterns.

    Tables that may not be read are refused together, or each for itself. Raises
    ConfigError for what must be changed first: privileges, row security, schema names
    that clash; UsageError when `only` matches nothing.
    """
    landings = land_schemas(source, catalog.schemas)
    covered = [t for t in catalog.tables.values() if source.covers(_name(t))]
    refuse_unknown_overrides(source, covered, catalog)
    shaped = shape_tables(source, {t.relation.oid: t for t in covered})

    wholes = list_wholes(covered)

    def as_stream(table: Table) -> Stream:
        override = override_of(source, table, wholes)
        stream = _stream(source, policy, table, landings, override)
        return replace(stream, shaping=shaped[table.relation.oid][1])

    loosened = loosen({oid: table for oid, (table, _) in shaped.items()})
    chosen = _narrow([*loosened.values()], tuple(only))
    readable = [table for table in chosen if _obstacle(table) is None]
    # A partitioned table is not read itself, its partitions are.
    with_rows = [t.relation.oid for t in readable if t.relation.kind != "p"]
    read = [(catalog.tables[oid], shaped[oid][1].shape) for oid in with_rows]
    refused = _find_refused(source, read, is_together=is_together)
    mark = free_mark(catalog)
    streams = [
        replace(as_stream(table), mark=mark)
        for table in readable
        if _name(table) not in refused
    ]
    _refuse_unfit(source, streams, catalog)
    types = _list_types(catalog, streams)
    plain = [s for s in streams if s.relation.kind != "p"]
    return Plan(
        source=source.name,
        streams=tuple(sorted(plain, key=lambda s: (-s.relation.bytes, s.name))),
        partitioned=parents_first(s for s in streams if s.relation.kind == "p"),
        types=types,
        landings=landings,
        not_copied=tuple(_list_not_copied(source, catalog, chosen, shaped, types)),
        relatives=tuple(map(as_stream, _relatives(loosened, streams))),
        places={t.relation.oid: _place(t, landings) for t in covered},
        source_tables=frozenset(_name(table) for table in catalog.tables.values()),
        refused=refused,
    )


def _find_refused(
    source: SourceConfig, read: Sequence[tuple[Table, Shape]], *, is_together: bool
) -> dict[str, ConfigError]:
    """Return by stream what keeps it from being read; raise that where it keeps all."""
    refused = {} if is_together else list_unreadable(source, read)
    if is_together or len(refused) == len(read):
        refuse_unreadable(source, read)
    return refused


def _refuse_unfit(
    source: SourceConfig, streams: Sequence[Stream], catalog: Catalog
) -> None:
    """Raise ConfigError for streams that cannot be what elt.yaml wants, or for none."""
    inherited = {oid for t in catalog.tables.values() for oid in t.relation.parents}
    for stream in streams:
        refuse_landing(stream.relation.schema, stream.schema)
    wholes = list_wholes(stream.table for stream in streams)
    errors = {
        error.message: error
        for stream in streams
        for error in list_unfit(source, stream, wholes, inherited)
    }
    if errors:
        hints = dict.fromkeys(e.hint for e in errors.values() if e.hint)
        raise ConfigError("; ".join(errors), hint="\n".join(hints))
    if not streams:
        message = f"No table of source {source.name} is to be replicated"
        hint = "Create tables, or look at include and exclude in elt.yaml."
        raise NoTablesError(message, hint=hint)


def _name(table: Table) -> str:
    return stream_name(table.relation)


def _place(table: Table, landings: Mapping[str, str]) -> Place:
    return landings[table.relation.schema], table.relation.name


def _narrow(tables: list[Table], only: tuple[str, ...]) -> list[Table]:
    for pattern in only:
        if not any(matches(_name(table), [pattern]) for table in tables):
            near = did_you_mean_table(pattern, {_name(table) for table in tables})
            message = f"There is no stream {pattern}{near}"
            raise UsageError(message, hint="Write schema.table, or a pattern of it.")
    if not only:
        return tables
    named = {t.relation.oid for t in tables if matches(_name(t), only)}
    wholes = list_wholes(tables)
    lines = [{t.relation.oid, *ancestors_of(t, wholes)} for t in tables]
    # A partitioned table stands for its parts; a part brings what is above it.
    chosen = set().union(*(line for line in lines if not line.isdisjoint(named)))
    return [t for t in tables if t.relation.oid in chosen]


def _relatives(
    tables: Mapping[int, Table], streams: Iterable[Stream]
) -> Iterator[Table]:
    """Yield the tables above and below others that are replicated by other runs."""
    parents = {oid for table in tables.values() for oid in table.relation.parents}
    chosen = {stream.relation.oid for stream in streams}
    for oid, table in tables.items():
        is_related = bool(table.relation.parents) or oid in parents
        if is_related and oid not in chosen and _obstacle(table) is None:
            yield table


def _obstacle(table: Table) -> str | None:
    """Return why a table cannot be replicated, None when it can."""
    for column in table.columns:
        if column.unknown_part:
            return (
                f"column {column.name} needs the type {column.unknown_part}, "
                "which cannot be made at the destination: leave it out in elt.yaml"
            )
    return lack_of_rows(table.relation)


def _stream(
    source: SourceConfig,
    policy: SchemaChangePolicy,
    table: Table,
    landings: Mapping[str, str],
    override: StreamConfig,
) -> Stream:
    mode = override.mode or source.mode
    if is_taken_for_table(table.relation):
        refuse_modes_of_tables(table.relation, override)
        mode = SyncMode.FULL_REFRESH
    is_incremental = mode is SyncMode.INCREMENTAL and table.relation.kind == "r"
    return Stream(
        source=source.name,
        table=table,
        mode=mode,
        on_schema_change=override.on_schema_change or policy,
        allow_shrink=override.allow_shrink,
        schema=landings[table.relation.schema],
        cursor=override.cursor if is_incremental else None,
        lookback_seconds=override.lookback_seconds if is_incremental else 0,
        deletes=(
            override.deletes or source.deletes if is_incremental else DeletePolicy.APPLY
        ),
    )


def _list_types(catalog: Catalog, streams: Iterable[Stream]) -> tuple[Type, ...]:
    """Return the types of users that columns of the streams are made of."""
    columns = [column for stream in streams for column in stream.columns]
    parts = {part for column in columns for part in column.parts}
    return tuple(made for made in catalog.types if made.oid in parts)


def _list_not_copied(
    source: SourceConfig,
    catalog: Catalog,
    chosen: Iterable[Table],
    shaped: Mapping[int, tuple[Table, Shaping]],
    types: Iterable[Type],
) -> Iterator[NotCopied]:
    """Yield what an observer of the source would miss at the destination."""
    for relation in catalog.others:
        # What of sequences is not carried over, sequences.py says.
        if relation.kind != "S" and source.covers(stream_name(relation)):
            yield NotCopied(
                name=stream_name(relation), reason=reason_for_omission(relation)
            )
    for table in chosen:
        reason = _obstacle(table)
        if reason is not None:
            yield NotCopied(name=_name(table), reason=reason)
    if catalog.has_large_objects:
        yield NotCopied(name="large objects", reason=_LARGE_OBJECTS)
    for made in types:
        yield from list_lost_of_type(made)
    for table in chosen:
        yield from list_loosened(shaped[table.relation.oid][0], table)
