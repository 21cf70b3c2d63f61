"""Chooses what of a database leaves it, and says what must arrive then.

In SQL and Python of its own: nothing here knows how the replicator does it.
"""

from dataclasses import dataclass

from integration.shaped import hashed
from randomized.model import Table
from randomized.naming import literal, quoted

from elt.config import Mask, MaskKind, Shape, StreamConfig

EXCLUDED = "excluded"
_KINDS = (EXCLUDED, "null", "constant", "hash", "truncate")
_CONDITIONS = ("{} is not null", "{} is null", "length({}::text) % 2 = 0", "true")
_CONSTANTS = {
    **dict.fromkeys(["text", "varchar", "varchar(12)", "bpchar", "char(5)"], "it's"),
    **dict.fromkeys(["int2", "int4", "int8"], 42),
    "bool": "true",
    "date": "2024-02-29",
}
#: How much is left of a value, and the value that is left.
_TRUNCATIONS = {
    **dict.fromkeys(
        ["text", "varchar", "varchar(12)"], (2, "substring({c}::text from 1 for 2)")
    ),
    **dict.fromkeys(["int2", "int4", "int8"], (10, "{c} - {c} % 10")),
    "numeric": (
        10,
        "case when abs({c}) = 'infinity' then {c} else trunc({c} - mod({c}, 10)) end",
    ),
    # The year of the first days and the last ones is none that PostgreSQL has.
    "timestamp": ("hour", "date_trunc('hour', {c})"),
    "timestamptz": (
        "day",
        "date_trunc('day', {c} at time zone 'UTC') at time zone 'UTC'",
    ),
}
#: Columns that rows are told apart by, and those that decide about partitions.
_FIXED = """
select n.nspname, c.relname, a.attname, k.is_key
from (
    select indrelid, unnest(indkey), true from pg_index where indisunique
    union all
    select partrelid, unnest(partattrs), false from pg_partitioned_table
) as k (oid, number, is_key)
join pg_class as c on c.oid = k.oid
join pg_namespace as n on n.oid = c.relnamespace
join pg_attribute as a on a.attrelid = c.oid and a.attnum = k.number
"""
_UNIDENTIFIED = """
select n.nspname, c.relname
from pg_class as c
join pg_namespace as n on n.oid = c.relnamespace
where c.relkind = 'r' and n.nspname !~ '^(pg_|information_schema)' and (
    c.relpersistence = 'u' or not exists (
        select from pg_index as i
        where i.indrelid = c.oid and i.indisprimary and i.indimmediate
    )
)
"""


@dataclass(frozen=True, kw_only=True)
class Shaped:
    """What leaves of a table or of a view."""

    table: Table
    #: Masks by column; of a column that is left out, `excluded`.
    masks: dict
    condition: str | None

    def arriving(self, names):
        """Return those of some columns that arrive."""
        return [name for name in names if self.masks.get(name) != EXCLUDED]

    def rows(self, cursor, columns):
        """Return the texts of some columns as they must arrive, sorted."""
        types = {column.name: column.type.sql for column in self.table.columns}
        values = [_value(name, self.masks.get(name), types) for name in columns]
        listed = texts(cursor, values, self.table, self.table.sql, self.condition)
        hashes = [self.masks.get(name) == "hash" for name in columns]
        return sorted(map(repr, ([*map(_hashed, row, hashes)] for row in listed)))


def texts(cursor, values, table, place, condition=None):
    """Return some values of each row of a table itself, or of all its partitions."""
    only = "" if table.strategy or table.is_view else "only "
    where = f" where {condition}" if condition else ""
    # There is no array of nothing without a type.
    cursor.execute(
        f"select array[{', '.join(values)}]::text[] from {only}{place}{where}"
    )
    return [row for (row,) in cursor.fetchall()]


def _value(name, mask, types):
    column = quoted(name)
    if mask == "null":
        return "null"
    if mask == "constant":
        return f"{literal(str(_CONSTANTS[types[name]]))}"
    if mask == "truncate":
        _, form = _TRUNCATIONS[types[name]]
        return f"({form.replace('{c}', column)})::text"
    return f"{column}::text"


def _hashed(text, is_hashed):
    return hashed(text) if is_hashed and text is not None else text


def choose_shapes(database):
    """Choose masks for some columns, and conditions for some tables."""
    chance = database.chance
    for table in [*database.roots(), *database.views]:
        if chance.random() < 0.6:
            continue
        for column in table.columns:
            if chance.random() < 0.3:
                column.mask = chance.choice([None, *_KINDS])
        table.condition = None
        if table.columns and chance.random() < 0.4:
            column, form = chance.choice(table.columns), chance.choice(_CONDITIONS)
            table.condition = column, form


def shapes_of(database, cursor, *, keeps_keys):
    """Return what leaves of every table and view, as far as it can be chosen.

    Keys are hashed where another mask was chosen, or stay as they are.
    """
    everything = [*database.tables, *database.views]
    masks = _masks(everything, *_fixed(everything, cursor), keeps_keys=keeps_keys)
    return {
        table.place: Shaped(
            table=table,
            masks={c.name: masks[c] for c in table.columns if masks[c]},
            condition=_condition(table.root),
        )
        for table in everything
    }


def _fixed(tables, cursor):
    """Return the columns that are part of a key, and those that part a table."""
    cursor.execute(_FIXED)
    found = {tuple(row) for row in cursor.fetchall()}
    return (
        {c for t in tables for c in t.columns if (*t.place, c.name, is_key) in found}
        for is_key in (True, False)
    )


def _masks(tables, keys, partitioning, *, keeps_keys):
    masks = {}
    for column in {c: None for table in tables for c in table.columns}:
        mask = column.mask
        if mask == "constant" and column.type.sql not in _CONSTANTS:
            mask = "null"
        if mask == "truncate" and column.type.sql not in _TRUNCATIONS:
            mask = "null"
        if column in keys and mask not in {None, EXCLUDED}:
            mask = "hash"
        if column in partitioning or (keeps_keys and column in keys):
            mask = None
        masks[column] = mask
    for table in tables:
        if table.columns and all(masks[c] == EXCLUDED for c in table.columns):
            masks[table.columns[0]] = None
    return masks


def _condition(table):
    if table.condition is None or table.condition[0] not in table.columns:
        return None
    column, form = table.condition
    return form.replace("{}", column.sql)


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


def unidentified(cursor):
    """Return the tables of whose rows the WAL does not say which they are."""
    cursor.execute(_UNIDENTIFIED)
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
        value = _CONSTANTS[column.type.sql]
    if mask == "truncate":
        value, _ = _TRUNCATIONS[column.type.sql]
    return Mask(kind=MaskKind(mask), value=value)
