"""Writes what leaves of a database as elt.yaml has it."""

from randomized.masking import CONSTANTS, EXCLUDED, TRUNCATIONS

from elt.config import Mask, MaskKind, Shape, StreamConfig

_UNIDENTIFIED = """
select n.nspname, c.relname
from pg_class as c
join pg_namespace as n on n.oid = c.relnamespace
where c.relkind = 'r' and n.nspname !~ '^(pg_|information_schema)' and (
    c.relpersistence = 'u' or not exists (
        select from pg_index as i
        where i.indrelid = c.oid and i.indisprimary and i.indimmediate
            and not (%s and exists (
                select from pg_attribute as a
                where a.attrelid = c.oid and a.attnum = any(i.indkey)
                    and a.attgenerated <> ''
            ))
    )
)
"""
#: From here on a publication can send generated columns.
_GENERATED = 180000


def _stream(place):
    """Return a name as elt.yaml has it."""
    return ".".join(f'"{part}"' if "." in part else part for part in place)


def streams_of(shapes, *, views):
    """Return the shapes as elt.yaml has them: partitions have that of their root."""
    return {
        _stream(place): StreamConfig(shape=_shape(shaped))
        for place, shaped in shapes.items()
        if not shaped.table.is_partition and (views or not shaped.table.is_view)
        if shaped.masks or shaped.condition
    }


def unidentified(cursor, *, is_shaped):
    """Return the tables of whose rows the WAL does not say which they are.

    Before version 18 no generated columns can be published alone.
    """
    is_old = cursor.connection.server_version < _GENERATED
    cursor.execute(_UNIDENTIFIED, [is_shaped and is_old])
    return [_stream(place) for place in cursor.fetchall()]


def _shape(shaped):
    columns = {column.name: column for column in shaped.table.columns}
    masks = {n: _mask(columns[n], m) for n, m in shaped.masks.items() if m != EXCLUDED}
    if shaped.masks:
        # What is made from a hidden column may arrive.
        made = [n for n, c in columns.items() if c.is_generated]
        for name in made:
            if name not in shaped.masks:
                masks[name] = Mask(kind=MaskKind.KEEP)
    return Shape(
        excluded=tuple(n for n, m in shaped.masks.items() if m == EXCLUDED),
        masks=tuple(masks.items()),
        where=shaped.condition,
    )


def _mask(column, mask):
    value = None
    if mask == "constant":
        value = CONSTANTS[column.type.sql]
    if mask == "truncate":
        value, _ = TRUNCATIONS[column.type.sql]
    return Mask(kind=MaskKind(mask), value=value)
