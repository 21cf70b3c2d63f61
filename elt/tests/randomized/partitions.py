"""Proposes partitions, and what happens to them and to the children of a table."""

from dataclasses import replace

from randomized.model import Change, Table

#: Types that a table can be partitioned by, and where ranges of them meet.
_SPLITS = {
    "int4": ("0", "1"),
    "int8": ("0", "9223372036854775807"),
    "text": ("'a'", "'tab'"),
    "date": ("'0001-12-31 BC'", "'2024-02-29'"),
    "uuid": ("'00000000-0000-0000-0000-000000000001'",),
    "bool": ("true",),
}
PARTITION_TYPES = tuple(_SPLITS)
_MODULUS = 3


def choose_partitioning(database, table):
    """Choose how a table is partitioned, and return the clause that says it."""
    chance = database.chance
    fit = [c for c in table.columns if c.type.sql in _SPLITS and c.is_loaded]
    labelled = [c for c in table.columns if c.type.labels]
    if not fit and not labelled:
        return ""
    column = table.partition_column = chance.choice(fit + labelled)
    strategies = ["range", "list", "hash"] if column in fit else ["list", "hash"]
    table.strategy = chance.choice(strategies)
    return f" partition by {table.strategy} ({column.sql})"


def make_partition(database):
    """Propose a partition of a table; it may be partitioned itself."""
    chance = database.chance
    table = chance.choice([t for t in database.tables if t.strategy])
    made = Table(
        schema=chance.choice(database.schemas),
        name=database.names.new(),
        columns=table.columns,
        parent=table,
        is_partition=True,
    )
    clause = choose_partitioning(database, made) if chance.random() < 0.2 else ""
    bound = _bound(database, table)
    if chance.random() < 0.7:
        sql = f"create table {made.sql} partition of {table.sql} {bound}{clause}"
    else:
        sql = (
            f"create table {made.sql} (like {table.sql} including generated){clause};\n"
            f"alter table {table.sql} attach partition {made.sql} {bound}"
        )

    def then():
        table.bounds += 1
        database.tables.append(made)

    return Change(sql=sql, then=then)


def _bound(database, table):
    """Return the next bound; a statement whose bound meets another's is refused."""
    chance = database.chance
    if table.strategy == "hash":
        return f"for values with (modulus {_MODULUS}, remainder {table.bounds})"
    of = table.partition_column.type
    if table.strategy == "list":
        null = ", null" if chance.random() < 0.2 else ""
        bound = f"for values in ({of.value(chance)}{null})"
        return "default" if chance.random() < 0.2 else bound
    points = ("minvalue", *_SPLITS.get(of.sql, ()), "maxvalue")
    if table.bounds + 1 >= len(points):
        return "default"
    low, high = points[table.bounds : table.bounds + 2]
    return f"for values from ({low}) to ({high})"


def attach(database):
    """Propose to attach a table that fits: one that was detached, as a rule."""
    pairs = [(t, o) for t in database.tables for o in database.tables if _fits(t, o)]
    table, other = database.chance.choice(pairs)
    if not table.strategy:
        return Change(
            sql=f"alter table {other.sql} inherit {table.sql}",
            then=lambda: _join(database, table, other),
        )

    def then():
        _join(database, table, other)
        other.is_partition = True
        table.bounds += 1

    bound = _bound(database, table)
    sql = f"alter table {table.sql} attach partition {other.sql} {bound}"
    return Change(sql=sql, then=then)


def _fits(table, other):
    names = {column.name for column in table.columns}
    return (
        other.parent is None
        and other is not table
        and names == {column.name for column in other.columns}
    )


def _join(database, table, other):
    shared = {column.name: column for column in table.columns}
    _replace_columns(database, other, {c: shared[c.name] for c in other.columns})
    other.parent = table


def _replace_columns(database, table, columns):
    """Give a table, and those below it, other objects for its columns."""
    for found in (table, *database.below(table)):
        found.columns = [columns.get(column, column) for column in found.columns]
        part = found.partition_column
        found.partition_column = columns.get(part, part)
        found.key = tuple(columns.get(column, column) for column in found.key)


def detach(database):
    """Propose to detach a partition, or to let a child go."""
    table = database.chance.choice([t for t in database.tables if t.parent])

    def then():
        table.parent, table.is_partition = None, False
        copies = {column: replace(column) for column in table.columns}
        for copy in copies.values():
            copy.needs = tuple(copies.get(needed, needed) for needed in copy.needs)
        _replace_columns(database, table, copies)

    if table.is_partition:
        sql = f"alter table {table.parent.sql} detach partition {table.sql}"
    else:
        sql = f"alter table {table.sql} no inherit {table.parent.sql}"
    return Change(sql=sql, then=then)
