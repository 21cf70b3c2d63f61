"""Chooses what of a database leaves it, as far as elt allows the choice."""

from randomized.masking import CONSTANTS, EXCLUDED, TRUNCATIONS, Shaped

_KINDS = (EXCLUDED, "null", "constant", "hash", "truncate")
_CONDITIONS = ("{} is not null", "{} is null", "length({}::text) % 2 = 0", "true")
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
        if mask == "constant" and column.type.sql not in CONSTANTS:
            mask = "null"
        if mask == "truncate" and column.type.sql not in TRUNCATIONS:
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
