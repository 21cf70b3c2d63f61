"""Proposes changes of columns."""

from randomized.inventing import any_type, make_column
from randomized.model import Change


def _with_column(database):
    """Choose a table whose columns are its own, and one of them."""
    chance = database.chance
    table = chance.choice([t for t in database.roots() if t.columns])
    inherited = table.parent.columns if table.parent else []
    return table, chance.choice([c for c in table.columns if c not in inherited])


def add_column(database):
    """Propose a column."""
    table = database.chance.choice(database.roots())
    column, definition = make_column(database, others=table.columns)

    def then():
        # Partitions have the very list of their root.
        lists = [table.columns, *(t.columns for t in database.below(table))]
        for columns in {id(found): found for found in lists}.values():
            columns.append(column)

    return Change(sql=f"alter table {table.sql} add column {definition}", then=then)


def drop_column(database):
    """Propose to drop a column, with the keys, indexes and columns that need it."""
    table, column = _with_column(database)

    def then():
        for found in (table, *database.below(table)):
            for gone in [c for c in found.columns if c is column or column in c.needs]:
                found.columns.remove(gone)
            if column in found.key:
                found.key = ()

    sql = f"alter table {table.sql} drop column {column.sql} cascade"
    return Change(sql=sql, then=then)


def rename_column(database):
    """Propose another name for a column."""
    table, column = _with_column(database)
    name = database.names.new()
    other = type(column)(name=name, type=column.type)
    return Change(
        sql=f"alter table {table.sql} rename column {column.sql} to {other.sql}",
        then=lambda: setattr(column, "name", name),
    )


def swap_columns(database):
    """Propose that two columns exchange their names."""
    table, column = _with_column(database)
    inherited = table.parent.columns if table.parent else []
    other = database.chance.choice([c for c in table.columns if c not in inherited])
    rename = f"alter table {table.sql} rename column"
    between = '"between names"'

    def then():
        column.name, other.name = other.name, column.name

    return Change(
        sql=f"{rename} {column.sql} to {between};\n"
        f"{rename} {other.sql} to {column.sql};\n{rename} {between} to {other.sql}",
        then=then,
    )


def retype_column(database):
    """Propose another type: the values become others, or are carried over as text."""
    chance = database.chance
    table, column = _with_column(database)
    to = chance.choice([any_type(database), database.built_in["text"]])
    if not to.is_ordered and any(column in t.key for t in database.tables):
        # One row alone has a key of values that cannot be compared, but no second.
        to = database.built_in["text"]
    value = to.value(chance)
    using = f"case when {column.sql} is not null then {value} end"
    if to.sql == "text":
        using = f"{column.sql}::text"
    drop = f"alter column {column.sql} drop default, "

    def then():
        column.type = to

    return Change(
        sql=f"alter table {table.sql} {'' if column.is_identity else drop}"
        f"alter column {column.sql} type {to.sql} using {using}",
        then=then,
    )


def change_not_null(database):
    """Propose that a column may be null, or may not."""
    table, column = _with_column(database)
    what = "drop" if column.is_not_null else "set"

    def then():
        column.is_not_null = not column.is_not_null

    sql = f"alter table {table.sql} alter column {column.sql} {what} not null"
    return Change(sql=sql, then=then)


def change_generation(database):
    """Propose that a generated column becomes an ordinary one."""
    table, column = _with_column(database)

    def then():
        column.is_generated, column.needs = False, ()

    sql = f"alter table {table.sql} alter column {column.sql} drop expression"
    return Change(sql=sql, then=then)


def change_identity(database):
    """Propose that an identity column counts otherwise, or no longer."""
    table, column = _with_column(database)
    alter = f"alter table {table.sql} alter column {column.sql}"
    if not column.is_identity:
        return Change(
            sql=f"{alter} set not null, alter column {column.sql} drop default,"
            f" alter column {column.sql} add generated always as identity",
            then=lambda: _set_identity(column, is_identity=True),
        )
    how = database.chance.choice(["restart with 77", "set increment by 3"])
    if database.chance.random() < 0.5:
        return Change(sql=f"{alter} {how}")
    return Change(
        sql=f"{alter} drop identity",
        then=lambda: _set_identity(column, is_identity=False),
    )


def _set_identity(column, *, is_identity):
    column.is_identity = is_identity
    column.is_not_null = column.is_not_null or is_identity
