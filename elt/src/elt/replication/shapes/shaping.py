"""Shape tables: columns left out, values masked, rows chosen; tables in, tables out.

What comes out has the columns that leave the source, as they leave it, and of keys,
indexes and constraints those that hold for them: nothing else is known to what follows.
Nothing here talks to a database.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from elt.config import Shape, SourceConfig
from elt.postgres import Composable, recognize
from elt.replication.catalog.relocation import mentions
from elt.replication.catalog.tables import Column, Table, stream_name
from elt.replication.shapes.conditions import why_unsteady
from elt.replication.shapes.masks import masked_column, masked_value
from elt.replication.shapes.shape_mistakes import refuse_mistakes
from elt.replication.shapes.shaped_definitions import Lost, find_lost


@dataclass(frozen=True, kw_only=True, slots=True)
class Shaping:
    """How rows are shaped at the source; false when they leave it as they are."""

    #: As elt.yaml has it.
    shape: Shape = field(default_factory=Shape)
    #: The table that elt.yaml names, and the name that a condition may call it by.
    stream: str = ""
    alias: str = ""
    #: SQL of the values that are not those of their columns.
    expressions: Mapping[str, Composable] = field(default_factory=dict)
    #: Keys, indexes and constraints that the replica cannot have, each with the reason.
    lost: tuple[Lost, ...] = ()
    #: Another text for another shape, or another key of its hashes.
    fingerprint: str = ""

    def __bool__(self) -> bool:
        return bool(self.shape)

    @property
    def where(self) -> str | None:
        """Return the condition on rows."""
        return self.shape.where

    @property
    def why_unsteady(self) -> str | None:
        """Return why rows may come and go without being written."""
        return None if self.where is None else why_unsteady(self.where)

    def masks(self, column: str) -> bool:
        """Tell whether a column leaves the source as something else."""
        return column in self.expressions


def shape_tables(
    source: SourceConfig, tables: Mapping[int, Table]
) -> dict[int, tuple[Table, Shaping]]:
    """Return the tables of a source as they leave it, by object id.

    A partition has the shape of its whole. Raises ConfigError with all that elt.yaml
    says and the tables do not allow.
    """
    owners = {oid: _owner(table, tables) for oid, table in tables.items()}
    shapes = {
        oid: source.stream(stream_name(owner.relation)).shape
        for oid, owner in owners.items()
    }
    if not any(shapes.values()) and not source.is_shaped:
        return {oid: (table, Shaping()) for oid, table in tables.items()}
    refuse_mistakes(source, tables, owners, shapes)
    return {
        oid: _shape(source, table, owners[oid], shapes, tables)
        for oid, table in tables.items()
    }


def _owner(table: Table, tables: Mapping[int, Table]) -> Table:
    """Return the table whose shape a table has: the topmost one above a partition."""
    for oid in table.relation.parents:
        parent = tables.get(oid)
        if parent is not None and parent.relation.kind == "p":
            return _owner(parent, tables)
    return table


def _shape(
    source: SourceConfig,
    table: Table,
    owner: Table,
    shapes: Mapping[int, Shape],
    tables: Mapping[int, Table],
) -> tuple[Table, Shaping]:
    shape = shapes[table.relation.oid]
    lost = tuple(find_lost(table, shapes, tables))
    left_out = {id(part) for part, _ in lost}
    masks = shape.changed
    shaped = replace(
        table,
        columns=tuple(_columns(table, shape)),
        constraints=tuple(c for c in table.constraints if id(c) not in left_out),
        indexes=tuple(i for i in table.indexes if id(i) not in left_out),
    )
    shaping = Shaping(
        shape=shape,
        stream=stream_name(owner.relation),
        alias=owner.relation.name,
        expressions={
            column.name: masked_value(column, masks[column.name])
            for column in table.columns
            if column.name in masks
        },
        lost=lost,
        fingerprint=_fingerprint(source, shape),
    )
    return shaped, shaping


def _columns(table: Table, shape: Shape) -> Iterator[Column]:
    """Yield the columns that leave the source, as the replica has them."""
    masks, hidden = shape.changed, shape.hidden
    for column in table.columns:
        if column.name in shape.excluded:
            continue
        mask = masks.get(column.name)
        if mask is not None:
            yield masked_column(column, mask)
        elif column.generated and mentions(column.expression or "", hidden):
            yield replace(column, generated="", expression=None)
        else:
            yield column


def _fingerprint(source: SourceConfig, shape: Shape) -> str:
    if not shape:
        return ""
    key = source.connection.mask_key if shape.has_hash else None
    parts = [
        sorted(shape.excluded),
        sorted((name, mask.kind, str(mask.value)) for name, mask in shape.masks),
        shape.where,
        recognize(key) if key is not None else None,
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]
