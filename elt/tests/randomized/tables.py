"""Proposes tables: plain ones, children and the roots of partitioned ones."""

from randomized.inventing import make_column
from randomized.model import Change, Column, Table
from randomized.naming import quoted
from randomized.partitions import PARTITION_TYPES, choose_partitioning

_MOST_COLUMNS = 6


def make_table(database):
    """Propose a table."""
    make = database.chance.choices([_plain, _child, _partitioned], [6, 2, 3])[0]
    return make(database)


def _plain(database):
    chance = database.chance
    columns, definitions = _columns(database, _MOST_COLUMNS)
    table = _new(database, columns)
    # Columns that were dropped leave gaps between those that are left.
    gaps = [quoted(database.names.new()) for _ in range(chance.choice([0, 0, 0, 1, 2]))]
    for gap in gaps:
        definitions.insert(chance.randint(0, len(definitions)), f"{gap} integer")
    unlogged = chance.choice(["", "", "", "unlogged "])
    sql = f"create {unlogged}table {table.sql} ({', '.join(definitions)})"
    for gap in gaps:
        sql += f";\nalter table {table.sql} drop column {gap}"
    return _propose(database, table, sql)


def _child(database):
    parents = [t for t in database.roots() if t.strategy is None]
    if not parents:
        return _plain(database)
    parent = database.chance.choice(parents)
    own, definitions = _columns(database, most=2)
    table = _new(database, [*parent.columns, *own])
    table.parent = parent
    listed = ", ".join(definitions)
    sql = f"create table {table.sql} ({listed}) inherits ({parent.sql})"
    return _propose(database, table, sql)


def _partitioned(database):
    chance = database.chance
    columns, definitions = _columns(database, most=4)
    enums = [t for t in database.types if t.labels]
    of = database.built_in[chance.choice(PARTITION_TYPES)]
    if enums and chance.random() < 0.3:
        of = chance.choice(enums)
    column = Column(name=database.names.new(), type=of)
    place = chance.randint(0, len(columns))
    columns.insert(place, column)
    definitions.insert(place, f"{column.sql} {of.sql}")
    table = _new(database, columns)
    clause = choose_partitioning(database, table)
    sql = f"create table {table.sql} ({', '.join(definitions)}){clause}"
    return _propose(database, table, sql)


def _columns(database, most):
    columns, definitions = [], []
    for _ in range(database.chance.randint(0, most)):
        column, definition = make_column(database, others=columns)
        columns.append(column)
        definitions.append(definition)
    return columns, definitions


def _new(database, columns):
    schema = database.chance.choice(database.schemas)
    return Table(schema=schema, name=database.names.new(), columns=columns)


def _propose(database, table, sql):
    return Change(sql=sql, then=lambda: database.tables.append(table))
