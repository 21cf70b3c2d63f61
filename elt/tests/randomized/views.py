"""Proposes views and materialized views, and what happens to them.

Their rows never depend on the order in which something is read: no two reads of such a
view would agree.
"""

from randomized.model import Change, Column, Table, some
from randomized.naming import literal, quoted

_MOST_COLUMNS = 4


def make_view(database):
    """Propose a view of a table or of another view; some are materialized."""
    chance = database.chance
    # A view of one without data cannot be read.
    readable = [view for view in database.views if not view.is_materialized]
    below = chance.choice([*database.tables, *readable])
    select, columns = chance.choice([_rows, _rows, _rows, _groups, _sums])(
        database, below
    )
    view = Table(
        schema=chance.choice(database.schemas),
        name=database.names.new(),
        columns=columns,
        is_view=True,
        is_materialized=chance.random() < 0.4,
    )
    data = " with no data" if view.is_materialized and chance.random() < 0.1 else ""
    kind = "materialized view" if view.is_materialized else "view"
    return Change(
        sql=f"create {kind} {view.sql} as {select}{data}",
        then=lambda: database.views.append(view),
    )


def _rows(database, below):
    """Return a query of columns and what is made from them, and its columns."""
    chance = database.chance
    chosen = some(chance, below.columns, _MOST_COLUMNS) if below.columns else []
    columns, terms = [], []
    for base in chosen:
        column = Column(name=base.name, type=base.type)
        term = base.sql
        if chance.random() < 0.3:
            column.name = database.names.new()
        if chance.random() < 0.2:
            column.type, term = database.built_in["bool"], f"{base.sql} is null"
        elif chance.random() < 0.2:
            column.type, term = database.built_in["text"], f"{base.sql}::text"
        columns.append(column)
        terms.append(f"{term} as {column.sql}")
    where = ""
    if chosen and chance.random() < 0.3:
        where = (
            f" where {chance.choice(chosen).sql} is {chance.choice(['', 'not '])}null"
        )
    select = f"select {', '.join(terms)} from {below.sql}"
    if not where and chance.random() < 0.2:
        return f"{select} union all {select}", columns
    return select + where, columns


def _groups(database, below):
    """Return a query that counts; by text, as values that are equal may look unlike."""
    base = database.chance.choice(below.columns)
    key = Column(name=database.names.new(), type=database.built_in["text"])
    count = Column(name=database.names.new(), type=database.built_in["int8"])
    select = (
        f"select {base.sql}::text as {key.sql}, count(*) as {count.sql}"
        f" from {below.sql} group by 1"
    )
    return select, [key, count]


def _sums(database, below):
    """Return a query of one row, whatever there is below."""
    label = Column(name=database.names.new(), type=database.built_in["text"])
    count = Column(name=database.names.new(), type=database.built_in["int8"])
    text = literal(database.names.new())
    select = f"select {text}::text as {label.sql}, count(*) as {count.sql}"
    return f"{select} from {below.sql}", [label, count]


def drop_view(database):
    """Propose to drop a view, with the views of it."""
    view = database.chance.choice(database.views)
    return Change(sql=f"drop {_kind(view)} {view.sql} cascade")


def rename_view(database):
    """Propose another name for a view, or for one of its columns."""
    chance = database.chance
    view, name = chance.choice(database.views), database.names.new()
    alter = f"alter {_kind(view)} {view.sql} rename"
    if view.columns and chance.random() < 0.5:
        column = chance.choice(view.columns)
        return Change(
            sql=f"{alter} column {column.sql} to {quoted(name)}",
            then=lambda: setattr(column, "name", name),
        )
    return Change(
        sql=f"{alter} to {quoted(name)}", then=lambda: setattr(view, "name", name)
    )


def refresh_view(database):
    """Propose to read the rows of a materialized view anew."""
    return Change(sql=f"refresh materialized view {_materialized(database).sql}")


def index_view(database):
    """Propose an index of a materialized view."""
    chance = database.chance
    view, name = _materialized(database), database.new_name()
    unique = "unique " if chance.random() < 0.3 else ""
    column = chance.choice(view.columns)
    return Change(
        sql=f"create {unique}index {quoted(name)} on {view.sql} ({column.sql})"
    )


def _materialized(database):
    return database.chance.choice([v for v in database.views if v.is_materialized])


def _kind(view):
    return "materialized view" if view.is_materialized else "view"
