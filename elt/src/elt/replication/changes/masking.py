"""Which masks begin for rows that stay though the source has deleted them.

All other rows come masked from the source. Nothing here talks to a database.
"""

from __future__ import annotations

from elt.config import Mask, MaskKind
from elt.replication.design.definition import TableDefinition
from elt.replication.design.replica import Replica

#: What a value is no longer given away by.
_OPAQUE = ("null", "constant", "hash")


def find_begun(known: TableDefinition, replica: Replica) -> dict[str, Mask]:
    """Return the masks, by column, that kept rows do not have yet.

    A value that was masked before stays as it is where nothing else can be made of it.
    """
    if not replica.stream.keeps_rows:
        return {}
    before = {column.number: column.mask for column in known.columns}
    masks = replica.stream.shaping.shape.changed
    return {
        column.name: mask
        for column in replica.copied
        if column.number in before
        and (mask := masks.get(column.name)) is not None
        and _is_more(before[column.number], mask)
    }


def _is_more(before: str | None, mask: Mask) -> bool:
    """Tell whether a mask hides what another one, or none, has not hidden."""
    if before == mask.as_known:
        return False
    if mask.kind in {MaskKind.NULL, MaskKind.CONSTANT}:
        return True
    return before is None or not before.startswith(_OPAQUE)
