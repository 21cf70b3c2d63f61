"""The definition of a replica as it is kept in the state, to notice what changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from elt.replication.catalog.tables import NO_ROWS, Column, Table
from elt.replication.design.replica import Replica


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownColumn:
    """A column as it was when it was published."""

    number: int
    name: str
    type: str
    is_not_null: bool
    generation: str | None
    collation: str | None = None
    #: How an identity column counts.
    identity: str | None = None
    #: How its values were masked.
    mask: str | None = None


_FIELDS = tuple(known.name for known in fields(KnownColumn))


@dataclass(frozen=True, kw_only=True, slots=True)
class TableDefinition:
    """What makes a replica: its columns, and its keys and indexes as SQL by name."""

    #: Object id of the table at the source.
    oid: int
    columns: tuple[KnownColumn, ...]
    constraints: Mapping[str, str]
    indexes: Mapping[str, str]
    #: Names of its references to other replicas.
    foreign_keys: tuple[str, ...] = ()
    #: Which shape its rows have; empty when they are as at the source.
    shape: str = ""
    #: By column, what the source works its values out by whenever they are read.
    computed: Mapping[str, str] = field(default_factory=dict)
    #: Whether row security hid rows of it, which come without being written.
    hides_rows: bool = False
    #: Whether nobody looked for rows that its source has deleted.
    ignores_deletes: bool = False

    def to_document(self) -> dict[str, Any]:
        """Return the definition as JSON can hold it."""
        return {
            "oid": self.oid,
            "columns": [_to_document(column) for column in self.columns],
            "constraints": dict(self.constraints),
            "indexes": dict(self.indexes),
            "foreign_keys": list(self.foreign_keys),
            "shape": self.shape,
            "computed": dict(self.computed),
            "hides_rows": self.hides_rows,
            "ignores_deletes": self.ignores_deletes,
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> TableDefinition:
        """Return the definition that a document of the state holds."""
        return cls(
            oid=document["oid"],
            columns=tuple(KnownColumn(**column) for column in document["columns"]),
            constraints=document["constraints"],
            indexes=document["indexes"],
            foreign_keys=tuple(document.get("foreign_keys", ())),
            shape=document.get("shape", ""),
            computed=document.get("computed", {}),
            hides_rows=document.get("hides_rows", False),
            ignores_deletes=document.get("ignores_deletes", False),
        )


def _to_document(column: KnownColumn) -> dict[str, Any]:
    """Return what `asdict` does, which copies every value deeply, and takes longer."""
    return {name: getattr(column, name) for name in _FIELDS}


def define(replica: Replica) -> TableDefinition:
    """Return the definition of a replica."""
    return TableDefinition(
        oid=replica.stream.relation.oid,
        columns=tuple(_columns(replica)),
        constraints={c.name: c.sql for c in replica.constraints},
        indexes={
            i.name: ("unique " if i.is_unique else "") + i.sql for i in replica.indexes
        },
        foreign_keys=tuple(key.name for key in replica.foreign_keys),
        shape=replica.stream.shaping.fingerprint,
        computed=computed_columns(replica.stream.table),
        hides_rows=replica.stream.relation.hides_rows,
        ignores_deletes=replica.stream.ignores_deletes,
    )


def computed_columns(table: Table) -> dict[str, str]:
    """Return the columns whose values no row holds, and what makes them."""
    return {c.name: c.computed for c in table.columns if c.computed is not None}


def define_table(table: Table) -> TableDefinition:
    """Return the definition of a table as the destination's catalog has it.

    For tables that the state knows nothing of: those that hold no rows themselves.
    """
    return TableDefinition(
        oid=0,
        columns=tuple(
            KnownColumn(
                number=column.number,
                name=column.name,
                type=column.type,
                is_not_null=column.is_not_null,
                generation=_generation(column),
                collation=column.collation,
                identity=column.identity_options if column.is_identity else None,
            )
            for column in table.columns
        ),
        constraints={
            c.name: c.definition
            for c in table.constraints
            if c.kind in "puxc" and not c.name.startswith(NO_ROWS)
        },
        indexes={
            i.name: ("unique " if i.is_unique else "") + i.definition
            for i in table.indexes
        },
    )


def _generation(column: Column) -> str | None:
    kind = {"s": "stored", "v": "virtual"}.get(column.generated)
    return None if kind is None else f"({column.expression}) {kind}"


def _columns(replica: Replica) -> Iterable[KnownColumn]:
    masks = replica.stream.shaping.shape.changed
    for column in replica.columns:
        yield KnownColumn(
            number=column.number,
            name=column.name,
            type=column.type,
            is_not_null=column.is_not_null,
            generation=column.generation,
            collation=column.collation,
            identity=column.identity_options if column.is_identity else None,
            mask=masks[column.name].as_known if column.name in masks else None,
        )
