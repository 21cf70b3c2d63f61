"""What elt.yaml says of columns and rows, and the tables do not allow.

Nothing here talks to a database.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from elt.config import Problems, Shape, SourceConfig, did_you_mean
from elt.replication.catalog.relocation import mentions
from elt.replication.catalog.tables import Column, Table, stream_name
from elt.replication.shapes.conditions import find_restless
from elt.replication.shapes.masks import why_not

#: A place below a stream in elt.yaml, and what is wrong there.
Mistake = tuple[str, str]


def refuse_mistakes(
    source: SourceConfig,
    tables: Mapping[int, Table],
    owners: Mapping[int, Table],
    shapes: Mapping[int, Shape],
) -> None:
    """Raise ConfigError with every mistake; tables and shapes are by object id."""
    problems = Problems()
    for oid, table in tables.items():
        name, owner = stream_name(table.relation), stream_name(owners[oid].relation)
        override = source.stream(name)
        found = [
            *((owner, mistake) for mistake in _mistakes(table, shapes[oid])),
            *((owner, mistake) for mistake in _unlike(table, tables, shapes)),
        ]
        if override.cursor in shapes[oid].hidden:
            mistake = "cursor", f"{override.cursor} is masked or left out"
            found.append((name, mistake))
        if name != owner and override.shape:
            mistake = "columns", f"are those of {owner}, of which it is a part"
            found = [(name, mistake)]
        for stream, (place, message) in found:
            problems.add(f"{source.path}.streams.{stream}.{place}", message)
    has_hash = any(shape.has_hash for shape in shapes.values())
    if has_hash and source.connection.mask_key is None:
        problems.add("ELT_MASK_KEY", "is not set, and columns are to be hashed")
    problems.raise_if_any()


def _mistakes(table: Table, shape: Shape) -> Iterator[Mistake]:
    columns = {column.name: column for column in table.columns}
    for name in shape.excluded:
        if name not in columns:
            yield "columns.exclude", _unknown(name, columns)
    if columns and columns.keys() <= set(shape.excluded):
        yield "columns.exclude", "leaves no column; exclude the table instead"
    yield from _masks(table, columns, shape)
    yield from _generated(columns, shape)
    key = table.relation.partition_key or ""
    for name in sorted(shape.hidden):
        if mentions(key, {name}):
            message = f"{name} decides about partitions, and must stay as it is"
            yield "columns", message
    restless = None if shape.where is None else find_restless(shape.where)
    if restless is not None:
        yield "where", f"calls {restless}, which never answers twice alike"


def _masks(
    table: Table, columns: Mapping[str, Column], shape: Shape
) -> Iterator[Mistake]:
    for name, mask in shape.masks:
        if name not in columns:
            yield "columns.mask", _unknown(name, columns)
            continue
        reason = why_not(columns[name], mask)
        if reason is not None:
            yield f"columns.mask.{name}.{mask.kind}", reason
        if mask.is_lossy and name in table.key:
            message = "is part of the key: rows could not be told apart; hash it"
            yield f"columns.mask.{name}", message


def _unknown(name: str, columns: Mapping[str, Column]) -> str:
    return f"there is no column {name}{did_you_mean(name, columns)}"


def _generated(columns: Mapping[str, Column], shape: Shape) -> Iterator[Mistake]:
    """Yield the generated columns that give away what is masked or left out."""
    told = {*shape.excluded, *dict(shape.masks)}
    for name, column in columns.items():
        if not column.generated or name in told:
            continue
        for hidden in sorted(shape.hidden & columns.keys()):
            if mentions(column.expression or "", {hidden}):
                message = (
                    f"{name} is generated from {hidden}; exclude or mask it, too, or "
                    f"set mask: {{{name}: keep}} if it gives nothing away"
                )
                yield "columns", message
                break


def _unlike(
    table: Table, tables: Mapping[int, Table], shapes: Mapping[int, Shape]
) -> Iterator[Mistake]:
    """Yield the columns that a child and its parent do not shape alike."""
    shape = shapes[table.relation.oid]
    for oid in table.relation.parents:
        parent = tables.get(oid)
        if parent is None or shapes[oid] == shape:
            continue
        other = shapes[oid]
        for column in parent.columns:
            name = column.name
            is_alike = (name in shape.excluded) is (name in other.excluded)
            if not is_alike or shape.changed.get(name) != other.changed.get(name):
                above = stream_name(parent.relation)
                yield (
                    "columns",
                    f"{name} is one of {above}, and must be shaped as there",
                )
