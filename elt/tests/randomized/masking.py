"""Says what must arrive of a table that leaves a part of it behind.

In SQL and Python of its own: nothing here knows how the replicator does it.
"""

from dataclasses import dataclass

from integration.shaped import hashed
from randomized.model import Table
from randomized.naming import literal, quoted

#: Stands for a mask of a column that does not arrive.
EXCLUDED = "excluded"
CONSTANTS = {
    **dict.fromkeys(["text", "varchar", "varchar(12)", "bpchar", "char(5)"], "it's"),
    **dict.fromkeys(["int2", "int4", "int8"], 42),
    "bool": "true",
    "date": "2024-02-29",
}
#: How much is left of a value, and the value that is left.
TRUNCATIONS = {
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
        return literal(str(CONSTANTS[types[name]]))
    if mask == "truncate":
        _, form = TRUNCATIONS[types[name]]
        return f"({form.replace('{c}', column)})::text"
    return f"{column}::text"


def _hashed(text, is_hashed):
    return hashed(text) if is_hashed and text is not None else text
