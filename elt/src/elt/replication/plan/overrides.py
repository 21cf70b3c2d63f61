"""What elt.yaml says of single tables, and of what they are partitions of.

Nothing here talks to a database.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import replace

from elt.config import SourceConfig, StreamConfig, did_you_mean
from elt.errors import ConfigError
from elt.replication.catalog.tables import Catalog, Table, stream_name
from elt.replication.design.options import (
    find_kept_deletes,
    find_soft_deletes,
    find_unfit_cursor,
)
from elt.replication.design.streams import Stream


def override_of(
    source: SourceConfig, table: Table, wholes: Mapping[int, Table]
) -> StreamConfig:
    """Return what elt.yaml says of a table, and of what it is a partition of.

    What is said of the partition itself comes first, then the nearest table above it.
    """
    found = source.stream(stream_name(table.relation))
    for oid in ancestors_of(table, wholes):
        above = source.stream(stream_name(wholes[oid].relation))
        if found.cursor is None:
            seconds = above.lookback_seconds
            found = replace(found, cursor=above.cursor, lookback_seconds=seconds)
        found = replace(
            found,
            mode=found.mode or above.mode,
            deletes=found.deletes or above.deletes,
            on_schema_change=found.on_schema_change or above.on_schema_change,
            allow_shrink=(
                above.allow_shrink if found.allow_shrink is None else found.allow_shrink
            ),
        )
    return found


def list_unfit(
    source: SourceConfig,
    stream: Stream,
    wholes: Mapping[int, Table],
    inherited: Container[int],
) -> Iterator[ConfigError]:
    """Yield what of the options of a stream its table does not allow.

    What is said of a partitioned table is an error of that, not of each partition.
    """
    table = stream.table
    line = [table, *(wholes[oid] for oid in ancestors_of(table, wholes))]
    told = [(t, source.stream(stream_name(t.relation))) for t in line]
    if stream.cursor is not None:
        owner = next((t for t, said in told if said.cursor is not None), table)
        yield from find_unfit_cursor(owner, stream.cursor)
    if stream.ignores_deletes:
        yield from find_kept_deletes(table)
    if stream.is_soft:
        owner = next((t for t, said in told if said.deletes is not None), line[-1])
        yield from find_soft_deletes(owner, inherited)


def refuse_unknown_overrides(
    source: SourceConfig, tables: list[Table], catalog: Catalog
) -> None:
    """Raise ConfigError for tables that elt.yaml names and the source does not have."""
    names = {stream_name(table.relation) for table in tables}
    unknown = [name for name, _ in source.streams if name not in names]
    if unknown:
        known = [f"{name}{did_you_mean_table(name, names)}" for name in unknown]
        message = f"Source {source.name} has no table {', '.join(known)}"
        hint = "Correct streams: in elt.yaml."
        if any("*" in name or "?" in name for name in unknown):
            hint = "Name each table in streams: of elt.yaml, it takes no patterns."
        if any(stream_name(o) in unknown and o.kind in "vm" for o in catalog.others):
            hint = "Set include_views: true for views, or correct streams: in elt.yaml."
        raise ConfigError(message, hint=hint)


def did_you_mean_table(word: str, names: Iterable[str]) -> str:
    """Return a hint at the nearest table, also where its schema was left out."""
    same = sorted(name for name in names if name.endswith(f".{word}"))
    return f"; did you mean {same[0]}?" if same else did_you_mean(word, names)


def list_wholes(tables: Iterable[Table]) -> dict[int, Table]:
    """Return the partitioned tables by their object ids."""
    return {t.relation.oid: t for t in tables if t.relation.kind == "p"}


def ancestors_of(table: Table, wholes: Mapping[int, Table]) -> Iterator[int]:
    """Yield the partitioned tables that a table is a part of, the nearest first."""
    for oid in table.relation.parents:
        if oid in wholes:
            yield oid
            yield from ancestors_of(wholes[oid], wholes)
