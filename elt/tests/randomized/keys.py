"""Proposes keys, indexes, checks and foreign keys."""

from randomized.model import Change, some
from randomized.naming import literal, quoted

_GIST = {"int4range", "tsrange", "daterange", "numrange", "box", "circle", "point"}
_GIN = {"jsonb", "tsvector"}
_HASHED = {"int4", "text", "uuid", "date", "bool"}


def _named(database):
    """Return a name for a constraint, and the clause that gives it; both may be none.

    A name that PostgreSQL makes up is found by nobody; names of tables that are almost
    too long make it think.
    """
    if database.chance.random() < 0.4:
        return None, ""
    name = database.new_name()
    return name, f" constraint {quoted(name)}"


def add_key(database, table=None):
    """Propose a primary key, or a unique constraint."""
    chance = database.chance
    table = table or chance.choice(database.roots())
    columns = _choose(database, table)
    listed = ", ".join(c.sql for c in columns)
    kind = chance.choice(["primary key", "primary key", "unique"])
    if kind == "unique" and database.version >= 15 and chance.random() < 0.3:
        kind = "unique nulls not distinct"
    timing = ""
    if chance.random() < 0.15:
        timing = " deferrable initially " + chance.choice(["immediate", "deferred"])
    name, named = _named(database)

    def then():
        if not timing:
            table.key = tuple(columns)
        if kind == "primary key":
            for column in columns:
                column.is_not_null = True
        if name:
            table.constraints.append(name)

    sql = f"alter table {table.sql} add{named} {kind} ({listed}){timing}"
    return Change(sql=sql, then=then)


def _choose(database, table):
    """Choose columns for a key; that of a partitioned table has what parts it."""
    chance = database.chance
    fit = [c for c in table.columns if c.type.is_ordered]
    columns = some(chance, fit, chance.choice([1, 1, 2, 3]))
    for part in (table, *database.below(table)):
        column = part.partition_column
        if column is not None and column not in columns:
            columns.append(column)
    return columns


def add_exclusion(database):
    """Propose an exclusion constraint."""
    chance = database.chance
    table = chance.choice([t for t in database.roots() if not t.strategy])
    column = chance.choice(table.columns)
    using, operator = "btree", "="
    if column.type.sql in _GIST:
        using, operator = "gist", "&&"
    name, named = _named(database)
    where = f" where ({column.sql} is not null)" if chance.random() < 0.3 else ""
    return Change(
        sql=f"alter table {table.sql} add{named}"
        f" exclude using {using} ({column.sql} with {operator}){where}",
        then=lambda: table.constraints.append(name) if name else None,
    )


def add_index(database):
    """Propose an index: of columns or expressions, of all rows or of some."""
    chance = database.chance
    table = chance.choice([t for t in database.tables if t.columns])
    column = chance.choice(table.columns)
    name = database.new_name()
    unique = "unique " if chance.random() < 0.2 else ""
    using, terms, rest = _terms(database, table, column)
    if not table.strategy and chance.random() < 0.3:
        other = chance.choice(table.columns)
        rest += f" where {other.sql} is {chance.choice(['null', 'not null'])}"
    return Change(
        sql=f"create {unique}index {quoted(name)} on {table.sql}"
        f" using {using} ({terms}){rest}",
        then=lambda: table.indexes.append(name),
    )


def _terms(database, table, column):
    """Return the method of an index, what it is about, and what it has beside."""
    chance = database.chance
    of = column.type.sql
    if of in _GIST or of in _GIN:
        return ("gist" if of in _GIST else "gin"), column.sql, ""
    if of in _HASHED and chance.random() < 0.3:
        return chance.choice(["hash", "brin"]), column.sql, ""
    if of in {"text", "varchar"} and chance.random() < 0.6:
        term = chance.choice(
            ["lower({})", "{} text_pattern_ops", '{} collate "C" desc']
        )
        return "btree", term.format(column.sql), " with (fillfactor = 70)"
    if not column.type.is_ordered:
        return "btree", f"({column.sql} is null)", ""
    order = chance.choice(["", "", " desc", " nulls first"])
    included = chance.choice(table.columns)
    include = f" include ({included.sql})" if chance.random() < 0.2 else ""
    return "btree", column.sql + order, include


def add_check(database):
    """Propose a check, which some rows may not pass."""
    chance = database.chance
    table = chance.choice([t for t in database.roots() if t.columns])
    column = chance.choice(table.columns)
    name, named = _named(database)
    text = literal(database.names.new())
    condition = f"{column.sql}::text <> {text}"
    if chance.random() < 0.3:
        condition = f"{column.sql} is not null or true"
    rest = chance.choice(["", "", " not valid", " no inherit"])
    return Change(
        sql=f"alter table {table.sql} add{named} check ({condition}){rest}",
        then=lambda: table.constraints.append(name) if name else None,
    )


def add_foreign_key(database):
    """Propose a reference to the key of a table, with columns for it if it must."""
    chance = database.chance
    table = chance.choice(database.roots())
    other = chance.choice([t for t in database.roots() if t.key])
    fit = [
        [c for c in table.columns if c.type.sql == key.type.sql] for key in other.key
    ]
    columns = [chance.choice(found) for found in fit]
    name, named = _named(database)
    rest = chance.choice(
        ["", " on delete cascade", " on update set null", " match full", " deferrable"]
        + ([] if table.strategy else [" not valid"])
    )
    return Change(
        sql=f"alter table {table.sql} add{named}"
        f" foreign key ({', '.join(c.sql for c in columns)})"
        f" references {other.sql} ({', '.join(c.sql for c in other.key)}){rest}",
        then=lambda: table.constraints.append(name) if name else None,
    )
