"""Options of incremental streams that a table may not allow.

Nothing here talks to a database.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator

from elt.errors import ConfigError
from elt.replication.catalog.tables import Column, Table, stream_name

#: The column that soft deletes add to a replica.
DELETED_AT = "_elt_deleted_at"
#: What the clock of the server can be compared with. A number from a sequence cannot:
#: nothing says which numbers open transactions have drawn.
_TIMES = re.compile(r"timestamp(\(\d\))? with(out)? time zone|date")


def find_unfit_cursor(table: Table, cursor: str) -> Iterator[ConfigError]:
    """Yield the error of a cursor that is no column, or holds no time."""
    name = stream_name(table.relation)
    hint = f"Correct cursor: of {name}, or leave it out: rows tell by their xmin, too."
    column = next((c for c in table.columns if c.name == cursor), None)
    if column is None:
        message = f"The table {name} has no column {cursor} to be its cursor"
        yield ConfigError(message, hint=hint)
    elif not is_time(column):
        message = (
            f"The column {cursor} of {name} is {column.type}; a cursor must be a "
            "timestamp or a date"
        )
        yield ConfigError(message, hint=hint)


def is_time(column: Column) -> bool:
    """Tell whether a column can be compared with the clock of its server."""
    return bool(_TIMES.fullmatch(column.type))


def find_kept_deletes(table: Table) -> Iterator[ConfigError]:
    """Yield an error where the rows that stay could not be told from the others."""
    if not table.key:
        name = stream_name(table.relation)
        message = f"{name} has no key and cannot have deletes: ignore"
        yield ConfigError(message, hint=f"Set deletes: apply for {name}.")


def find_soft_deletes(table: Table, inherited: Container[int]) -> Iterator[ConfigError]:
    """Yield an error where a replica cannot have a column of ours.

    A partition has the columns of its table and no others, a child those of its parent.
    """
    name = stream_name(table.relation)
    hint = f"Set deletes: apply or ignore for {name}."
    if table.relation.parents or table.relation.oid in inherited:
        message = f"{name} is part of a hierarchy and cannot have deletes: soft"
        yield ConfigError(message, hint=hint)
    if any(column.name == DELETED_AT for column in table.columns):
        message = f"{name} has a column {DELETED_AT} of its own"
        yield ConfigError(message, hint=hint)
