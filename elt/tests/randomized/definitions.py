"""Proposes changes of tables as a whole, of their parts, and of types."""

from randomized.inventing import check_of_domain
from randomized.model import Change
from randomized.naming import literal, quoted


def drop_table(database):
    """Propose to drop a table, with all that depends on it, but never the last one."""
    table = database.chance.choice(database.tables)
    if len(database.below(table)) + 1 == len(database.tables):
        return comment(database)

    def then():
        for gone in (table, *database.below(table)):
            database.tables.remove(gone)
            database.gone.add(gone.name)

    return Change(sql=f"drop table {table.sql} cascade", then=then)


def rename_table(database):
    """Propose another name for a table, or another schema."""
    chance = database.chance
    table = chance.choice(database.tables)
    if chance.random() < 0.3:
        schema, name = chance.choice(database.schemas), table.name
        sql = f"alter table {table.sql} set schema {quoted(schema)}"
    else:
        schema, name = table.schema, database.names.new()
        sql = f"alter table {table.sql} rename to {quoted(name)}"

    def then():
        database.gone.add(table.name)
        table.schema, table.name = schema, name

    return Change(sql=sql, then=then)


def change_persistence(database):
    """Propose that a table is logged, or no longer."""
    table = database.chance.choice(database.roots())
    how = database.chance.choice(["logged", "unlogged"])
    return Change(sql=f"alter table {table.sql} set {how}")


def comment(database):
    """Propose a comment on a table or a column, or none."""
    chance = database.chance
    table = chance.choice(database.tables)
    text = literal(database.names.new()) if chance.random() < 0.8 else "null"
    if table.columns and chance.random() < 0.6:
        column = chance.choice(table.columns)
        return Change(sql=f"comment on column {table.sql}.{column.sql} is {text}")
    return Change(sql=f"comment on table {table.sql} is {text}")


def drop_constraint(database):
    """Propose to drop a constraint, and what refers to it."""
    table = database.chance.choice([t for t in database.tables if t.constraints])
    name = database.chance.choice(table.constraints)

    def then():
        table.constraints.remove(name)
        table.key = ()

    sql = f"alter table {table.sql} drop constraint {quoted(name)} cascade"
    return Change(sql=sql, then=then)


def rename_constraint(database):
    """Propose another name for a constraint."""
    table = database.chance.choice([t for t in database.tables if t.constraints])
    old, new = database.chance.choice(table.constraints), database.new_name()

    def then():
        table.constraints[table.constraints.index(old)] = new

    return Change(
        sql=f"alter table {table.sql} rename constraint {quoted(old)} to {quoted(new)}",
        then=then,
    )


def drop_index(database):
    """Propose to drop an index."""
    table = database.chance.choice([t for t in database.tables if t.indexes])
    name = database.chance.choice(table.indexes)
    return Change(
        sql=f"drop index {quoted(table.schema)}.{quoted(name)}",
        then=lambda: table.indexes.remove(name),
    )


def add_label(database):
    """Propose one more label of an enum, anywhere among the others."""
    chance = database.chance
    # An array or a domain of an enum has no labels of its own.
    enum = chance.choice([t for t in database.types if t.is_enum])
    label, labels = database.names.new(), enum.labels
    position = chance.randint(0, len(labels))
    place = ""
    if position < len(labels):
        place = f" before {literal(labels[position])}"
    return Change(
        sql=f"alter type {enum.sql} add value {literal(label)}{place}",
        then=lambda: labels.insert(position, label),
    )


def change_domain(database):
    """Propose to replace the checks of a domain."""
    chance = database.chance
    domain = chance.choice(list(database.checks))
    name = database.names.new()
    statements = [
        f"alter domain {domain} drop constraint {quoted(old)}"
        for old in database.checks[domain]
    ]
    add = f"alter domain {domain} add constraint {quoted(name)}"
    statements.append(f"{add} {check_of_domain(database)}")

    def then():
        database.checks[domain] = [name]

    return Change(sql=";\n".join(statements), then=then)
