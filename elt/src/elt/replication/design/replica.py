"""What the replica of a table looks like: its columns, keys and indexes.

It is the source's table, less what would act by itself (defaults, triggers) and what
needs functions that only the source has. Nothing here talks to a database.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass

from elt.replication.catalog.relocation import mentions, relocate
from elt.replication.catalog.tables import Column, Index
from elt.replication.design.intervals import is_safe_in_binary
from elt.replication.design.omissions import (
    Capabilities,
    clashes,
    collations,
    lack_of,
    lack_of_reference,
    list_not_copied,
)
from elt.replication.design.options import DELETED_AT
from elt.replication.design.streams import NotCopied, Stream

#: Number of the column that soft deletes add; those of the source begin with 1, and
#: those below are of columns that the source has no longer.
OUR_NUMBER = 0
#: From here on a generated column can be virtual.
_VIRTUAL_COLUMNS = 18


@dataclass(frozen=True, kw_only=True, slots=True)
class ReplicaColumn:
    """A column of a replica."""

    #: Number of the column at the source; it survives a renaming.
    number: int
    name: str
    type: str
    collation: str | None
    is_not_null: bool
    is_identity: bool
    #: Makes the value at the destination too: `(expression) stored`.
    generation: str | None
    comment: str | None
    is_binary_safe: bool
    #: What of a value is hashed, as in `Column`.
    hash_form: str
    identity_options: str = ""
    identity_sequence: str = ""
    #: The type to cast it to before it is sent.
    sent_as: str | None = None
    #: The type to cast it to before it is compared with =.
    compared_as: str | None = None
    #: Whether its text has other bytes than at the source.
    is_recoded: bool = False

    @property
    def is_ours(self) -> bool:
        """Tell whether the source has no such column."""
        return self.number <= OUR_NUMBER


_DELETED_AT = ReplicaColumn(
    number=OUR_NUMBER,
    name=DELETED_AT,
    type="timestamp with time zone",
    collation=None,
    is_not_null=False,
    is_identity=False,
    generation=None,
    comment="When elt found the row deleted at the source; null while it is there.",
    is_binary_safe=True,
    hash_form="value",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ForeignKey:
    """A reference to another replicated table."""

    name: str
    columns: tuple[str, ...]
    #: Stream that is referred to.
    references: str
    schema: str
    table: str
    referenced_columns: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Definition:
    """A constraint or an index: a name and the SQL that defines it."""

    name: str
    sql: str
    is_unique: bool = False

    @property
    def has_index(self) -> bool:
        """Tell whether its name is that of an index, of which a schema has one."""
        return not self.sql.startswith("CHECK ")


@dataclass(frozen=True, kw_only=True, slots=True)
class Replica:
    """The definition of one replica."""

    stream: Stream
    columns: tuple[ReplicaColumn, ...]
    constraints: tuple[Definition, ...]
    indexes: tuple[Definition, ...]
    foreign_keys: tuple[ForeignKey, ...]
    partition_key: str | None
    #: How it is attached to its parents: FOR VALUES …, or None for inheritance.
    partition_bound: str | None
    not_copied: tuple[NotCopied, ...]
    #: The topmost partitioned table above it: alterations are made there, for all.
    root: Stream | None
    #: Columns that identify a row; none when only all its values do.
    key: tuple[str, ...]

    @property
    def loaded(self) -> tuple[ReplicaColumn, ...]:
        """Return the columns whose values come from the source."""
        return tuple(c for c in self.copied if c.generation is None)

    @property
    def copied(self) -> tuple[ReplicaColumn, ...]:
        """Return the columns that the source has, too."""
        return tuple(c for c in self.columns if not c.is_ours)

    @property
    def is_binary_safe(self) -> bool:
        """Tell whether all values survive a binary COPY into another database."""
        return all(column.is_binary_safe for column in self.loaded)

    @property
    def copy_format(self) -> str:
        """Return binary, which spares the parsing of values, or text where unsafe."""
        return "binary" if self.is_binary_safe else "text"


def design_replica(
    stream: Stream,
    landings: Mapping[str, str],
    streams: Mapping[int, Stream],
    capabilities: Capabilities,
) -> Replica:
    """Return the definition of a stream's replica.

    `streams` are all that are replicated, by object id at the source: only these can be
    referred to by a foreign key.
    """
    table = stream.table
    kept_constraints = [
        c for c in table.constraints if not lack_of(c, stream, capabilities)
    ]
    kept_indexes = [i for i in table.indexes if not lack_of(i, stream, capabilities)]
    indexes = kept_indexes if capabilities.indexes else _unique(kept_indexes)
    texts = {column.name for column in table.columns if column.is_text_elsewhere}
    columns = [
        _column(column, landings, capabilities, texts) for column in table.columns
    ]
    return Replica(
        stream=stream,
        columns=(*columns, *([_DELETED_AT] if stream.is_soft else [])),
        constraints=tuple(
            Definition(name=c.name, sql=relocate(c.definition, landings))
            for c in kept_constraints
            if c.kind in {"p", "u", "x"}
            or (c.kind == "c" and capabilities.all_constraints)
        ),
        indexes=tuple(
            Definition(
                name=i.name,
                sql=relocate(i.definition, landings),
                is_unique=i.is_unique and not clashes(i, stream),
            )
            for i in indexes
        ),
        foreign_keys=tuple(_foreign_keys(stream, streams, capabilities)),
        partition_key=_relocated(stream.relation.partition_key, landings),
        partition_bound=stream.relation.partition_bound,
        not_copied=tuple(list_not_copied(stream, streams, capabilities)),
        root=_root(stream, streams),
        key=table.key,
    )


def _root(stream: Stream, streams: Mapping[int, Stream]) -> Stream | None:
    """Return the partitioned table at the top of a partition, None for other tables."""
    root = None
    while stream.relation.partition_bound is not None:
        parent = streams.get(stream.relation.parents[0])
        if parent is None:
            break
        root = stream = parent
    return root


def _column(
    column: Column,
    landings: Mapping[str, str],
    capabilities: Capabilities,
    texts: Container[str],
) -> ReplicaColumn:
    return ReplicaColumn(
        number=column.number,
        name=column.name,
        type=relocate(column.type, landings),
        collation=(
            column.collation if column.collation in capabilities.collations else None
        ),
        is_not_null=column.is_not_null,
        is_identity=column.is_identity,
        generation=(
            None
            if column.is_text_elsewhere or mentions(column.expression or "", texts)
            else _generation(column, landings, capabilities)
        ),
        comment=column.comment,
        is_binary_safe=is_safe_in_binary(column, capabilities),
        hash_form=column.hash_form,
        identity_options=column.identity_options,
        identity_sequence=column.identity_sequence,
        is_recoded=capabilities.is_recoded,
        sent_as=column.sent_as,
        compared_as=_relocated(column.compared_as, landings),
    )


def _generation(
    column: Column, landings: Mapping[str, str], capabilities: Capabilities
) -> str | None:
    """Return the generation expression, None where the value itself is copied."""
    if not column.generated or column.uses_code or column.expression is None:
        return None
    if not capabilities.collations.issuperset(collations(column.expression)):
        return None
    if column.uses_locale and (
        capabilities.has_other_locale or capabilities.is_recoded
    ):
        return None
    expression = f"({relocate(column.expression, landings)})"
    if column.generated == "s":
        return f"{expression} stored"
    if capabilities.version >= _VIRTUAL_COLUMNS:
        return f"{expression} virtual"
    return None


def _unique(indexes: Iterable[Index]) -> list[Index]:
    return [index for index in indexes if index.is_unique]


def _relocated(sql: str | None, landings: Mapping[str, str]) -> str | None:
    return None if sql is None else relocate(sql, landings)


def _foreign_keys(
    stream: Stream, streams: Mapping[int, Stream], capabilities: Capabilities
) -> Iterable[ForeignKey]:
    for constraint in stream.table.constraints:
        if constraint.kind != "f" or lack_of_reference(
            constraint, stream, streams, capabilities
        ):
            continue
        referenced = streams[constraint.referenced_oid or 0]
        yield ForeignKey(
            name=constraint.name,
            columns=tuple(constraint.columns),
            references=referenced.name,
            schema=referenced.schema,
            table=referenced.relation.name,
            referenced_columns=tuple(constraint.referenced_columns),
        )
