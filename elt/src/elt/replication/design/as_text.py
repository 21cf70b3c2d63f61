"""Says which keys and indexes can be made of columns that arrive as text."""

from __future__ import annotations

import re

from elt.replication.catalog.names import quote_name
from elt.replication.catalog.relocation import count_mentions
from elt.replication.catalog.tables import Column, Constraint, Index, Table

#: The methods whose indexes of text need nothing more to be said.
_INDEX_OF_TEXT = re.compile(r"(EXCLUDE )?USING (btree|hash|brin) ")
_INCLUDED = re.compile(r"""(?<=\)) INCLUDE \((?:[^()"]|"[^"]*")*\)""")
#: The category of composite types, as in pg_type.
_COMPOSITE = "C"


def find_unfit_as_text(part: Constraint | Index, table: Table) -> str | None:
    """Return a column that arrives as text, and of which a part needs more than that.

    Keys are of columns as they are, and texts are equal just where values are. An
    expression or a condition may ask for anything that a text does not have, or answer
    otherwise: a composite value with a null in it is neither null nor not null, its
    text is not null.
    """
    if isinstance(part, Constraint) and part.kind in {"p", "u"}:
        return None
    definition = _INCLUDED.sub("", part.definition)
    is_of_text = _INDEX_OF_TEXT.match(definition) is not None
    for column in table.columns:
        if column.is_text_elsewhere:
            columns = part.columns.count(column.name) if is_of_text else 0
            if _asks_for_more(definition, column, columns):
                return column.name
    return None


def _asks_for_more(definition: str, column: Column, columns: int) -> bool:
    """Tell whether a column is more than so many columns of an index, and not null."""
    name = rf"(?<![\w\"]){re.escape(quote_name(column.name))}"
    if column.category != _COMPOSITE:
        definition = re.sub(rf"{name} IS (NOT )?NULL", "", definition)
    if count_mentions(definition, {column.name}) > columns:
        return True
    operators = rf"{name} (?!DESC|NULLS|WITH =)"
    return columns > 0 and re.search(operators, definition) is not None
