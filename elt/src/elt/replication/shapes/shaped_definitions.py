"""Which keys, indexes and constraints do not hold for rows that are shaped, and why.

Nothing here talks to a database.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from elt.config import MaskKind, Shape
from elt.replication.catalog.names import quote_name
from elt.replication.catalog.relocation import mentions
from elt.replication.catalog.tables import Constraint, Index, Table, stream_name

#: A key, an index or a constraint, and why the replica cannot have it.
Lost = tuple[Constraint | Index, str]

_NO_SHAPE = Shape()
#: What may follow the columns of an index that is nothing but an index of them.
_PLAIN_END = re.compile(r"\)( INCLUDE \([^()]*\))?( NULLS NOT DISTINCT)?")


def find_lost(
    table: Table, shapes: Mapping[int, Shape], tables: Mapping[int, Table]
) -> Iterator[Lost]:
    """Yield what of a table does not hold for its shape, or for that of another one.

    Shapes and tables are by object id.
    """
    shape = shapes[table.relation.oid]
    for constraint in table.constraints:
        if constraint.kind == "f":
            reason = _why_reference(constraint, table, shapes, tables)
        else:
            reason = _why(constraint, table, shape)
        if reason is not None:
            yield constraint, reason
    for index in table.indexes:
        reason = _why(index, table, shape)
        if reason is not None:
            yield index, reason


def _why(part: Constraint | Index, table: Table, shape: Shape) -> str | None:
    """Return why a key, an index or a check cannot be made, None if it can."""
    gone = _mentioned(part, shape.excluded)
    if gone is not None:
        return f"needs column {gone}, which is left out"
    masks = shape.changed
    if _holds_for_any_value(part):
        return None
    if _is_unique_of_columns(part):
        unlike = [c for c in part.columns if c in masks and masks[c].is_lossy]
        return f"needs column {unlike[0]}, which is masked" if unlike else None
    masked = _mentioned(part, masks)
    if masked is not None:
        return f"needs column {masked}, which is masked"
    # A row as a whole is written as the name of its table.
    if shape.hidden and mentions(part.definition, {table.relation.name}):
        return "needs whole rows, of which something is left out or masked"
    return None


def _mentioned(part: Constraint | Index, names: Iterable[str]) -> str | None:
    return next(
        (n for n in names if n in part.columns or mentions(part.definition, {n})), None
    )


def _holds_for_any_value(part: Constraint | Index) -> bool:
    return isinstance(part, Index) and not part.is_unique and _is_plain(part)


def _is_unique_of_columns(part: Constraint | Index) -> bool:
    """Tell whether a part says that some columns are unique, and no more than that."""
    if isinstance(part, Constraint):
        return part.kind in {"p", "u"} and not part.has_period
    return part.is_unique and _is_plain(part)


def _is_plain(index: Index) -> bool:
    """Tell whether an index names columns alone: no order, operators or condition."""
    names = ", ".join(map(quote_name, index.columns))
    for method in ("btree", "hash"):
        start = f"USING {method} ({names}"
        if index.definition.startswith(start):
            return bool(_PLAIN_END.fullmatch(index.definition, len(start)))
    return False


def _why_reference(
    part: Constraint,
    table: Table,
    shapes: Mapping[int, Shape],
    tables: Mapping[int, Table],
) -> str | None:
    """Return why a foreign key does not hold: both sides must be shaped alike."""
    shape = shapes[table.relation.oid]
    referenced = tables.get(part.referenced_oid or 0)
    other = _NO_SHAPE if referenced is None else shapes[referenced.relation.oid]
    gone = next((c for c in part.columns if c in shape.excluded), None)
    if gone is not None:
        return f"needs column {gone}, which is left out"
    if referenced is None:
        return None
    name = stream_name(referenced.relation)
    if other.where is not None:
        return f"refers to {name}, of which rows are left out"
    for column, key in zip(part.columns, part.referenced_columns, strict=True):
        if column not in shape.hidden and key not in other.hidden:
            continue
        if not _is_hashed(table, shape, column):
            return f"needs column {column}, which differs from {key} of {name}"
        if not _is_hashed(referenced, other, key):
            return f"needs column {key} of {name}, which differs from {column}"
    return None


def _is_hashed(table: Table, shape: Shape, name: str) -> bool:
    """Tell whether a column is hashed, and values that are equal hash alike.

    1.0 and 1.00 are equal, and so are texts under some collations; their texts are not.
    """
    mask = shape.changed.get(name)
    column = next(c for c in table.columns if c.name == name)
    is_exact = column.hash_form == "value" and column.collation is None
    return mask is not None and mask.kind is MaskKind.HASH and is_exact
