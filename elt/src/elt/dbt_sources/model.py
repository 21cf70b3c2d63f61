"""What dbt wants to know of replicas."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """A column of a replica."""

    name: str
    #: The name as SQL has to spell it.
    quoted_name: str
    data_type: str
    is_not_null: bool
    comment: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ForeignKey:
    """A foreign key as the source has it, whether or not the replica does."""

    columns: tuple[str, ...]
    #: The stream, `schema.table`, that the columns refer to.
    references: str
    referenced_columns: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """A replica, as far as dbt wants to know it."""

    stream: str
    schema: str
    name: str
    comment: str | None
    columns: tuple[Column, ...]
    #: Sets of columns that identify a row, the primary key first.
    keys: tuple[tuple[str, ...], ...]
    foreign_keys: tuple[ForeignKey, ...]
    #: Whether it holds no rows itself, but its partitions do, and stands for them.
    is_partitioned: bool = False
