"""Proposes changes of rows."""

from randomized.model import Change

#: How rows are chosen from a table whatever its columns are called.
_SELF = '"elt tests"'


def insert(database, table=None):
    """Propose to insert a row, now and then several times."""
    chance = database.chance
    table = table or chance.choice(database.roots())
    columns = [c for c in table.columns if c.is_loaded]
    given = [c for c in columns if c.is_not_null or chance.random() < 0.85]
    # The values of identities come from their sequences more often than not.
    given = [c for c in given if not c.is_identity or chance.random() < 0.2]
    if not given and chance.random() < 0.5:
        return Change(sql=f"insert into {table.sql} default values")
    values = ", ".join(_value(chance, column) for column in given)
    names = f"({', '.join(c.sql for c in given)}) " if given else ""
    copies = 1 if table.key else chance.choices([1, 2, 40], [10, 3, 1])[0]
    times = f" from generate_series(1, {copies})" if copies > 1 else ""
    return Change(
        sql=f"insert into {table.sql} {names}overriding system value"
        f" select {values}{times}"
    )


def _value(chance, column):
    if not column.is_not_null and chance.random() < 0.25:
        return f"null::{column.type.sql}"
    return column.type.value(chance)


def update(database):
    """Propose to update some rows in some columns, keys among them."""
    chance = database.chance
    table = chance.choice([t for t in database.tables if t.columns])
    columns = [c for c in table.columns if c.is_loaded and not c.is_identity]
    chosen = chance.sample(columns, min(len(columns), chance.randint(1, 2)))
    if not chosen:
        return insert(database, table)
    settings = ", ".join(f"{c.sql} = {_value(chance, c)}" for c in chosen)
    return Change(sql=f"update {table.sql} {_SELF} set {settings}{_some(chance)}")


def move_key(database):
    """Propose to move numbers in all rows: keys that change places."""
    chance = database.chance
    numbers = [
        (table, column)
        for table in database.tables
        for column in table.columns
        if column.type.sql in {"int4", "int8", "int2"} and column.is_loaded
    ]
    table, column = chance.choice(numbers)
    to = chance.choice([f"-{column.sql}", f"{column.sql} + 1", f"{column.sql} / 2"])
    return Change(sql=f"update {table.sql} set {column.sql} = {to}")


def delete(database):
    """Propose to delete some rows."""
    chance = database.chance
    table = chance.choice(database.tables)
    return Change(sql=f"delete from {table.sql} {_SELF}{_some(chance)}")


def truncate(database):
    """Propose to truncate a table, and those that refer to it."""
    table = database.chance.choice(database.tables)
    return Change(sql=f"truncate {table.sql} cascade")


def _some(chance):
    parts = chance.choice([1, 2, 3, 4])
    return f" where hashtext({_SELF}::text) % {parts} = 0"
