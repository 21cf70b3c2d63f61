"""The definition of a replica as it is kept in the state, to notice what changed.

Columns are known by their number (attnum), which survives a renaming, for as long as
the table at the source is the same one: a table that was dropped and made again, or
restored from a dump, has another object id and may number its columns differently.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from elt.replication.replica import Replica


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownColumn:
    """A column as it was when it was published."""

    number: int
    name: str
    type: str
    is_not_null: bool
    generation: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class TableDefinition:
    """What makes a replica: its columns, and its keys and indexes as SQL by name."""

    #: Object id of the table at the source.
    oid: int
    columns: tuple[KnownColumn, ...]
    constraints: Mapping[str, str]
    indexes: Mapping[str, str]

    def to_document(self) -> dict[str, Any]:
        """Return the definition as JSON can hold it."""
        return {
            "oid": self.oid,
            "columns": [asdict(column) for column in self.columns],
            "constraints": dict(self.constraints),
            "indexes": dict(self.indexes),
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> TableDefinition:
        """Return the definition that a document of the state holds."""
        return cls(
            oid=document["oid"],
            columns=tuple(KnownColumn(**column) for column in document["columns"]),
            constraints=document["constraints"],
            indexes=document["indexes"],
        )


def define(replica: Replica) -> TableDefinition:
    """Return the definition of a replica."""
    return TableDefinition(
        oid=replica.stream.relation.oid,
        columns=tuple(_columns(replica)),
        constraints={c.name: c.sql for c in replica.constraints},
        indexes={
            i.name: ("unique " if i.is_unique else "") + i.sql for i in replica.indexes
        },
    )


def _columns(replica: Replica) -> Iterable[KnownColumn]:
    for column in replica.columns:
        yield KnownColumn(
            number=column.number,
            name=column.name,
            type=column.type,
            is_not_null=column.is_not_null,
            generation=column.generation,
        )


def renumber(known: TableDefinition, replica: Replica) -> TableDefinition:
    """Return a known definition with the numbers that its columns have now.

    In a table that is another one, columns are the same when their names are.
    """
    if known.oid == replica.stream.relation.oid:
        return known
    numbers = {column.name: column.number for column in replica.columns}
    columns = tuple(
        replace(column, number=numbers.get(column.name, -position))
        for position, column in enumerate(known.columns, start=1)
    )
    return replace(known, columns=columns)
