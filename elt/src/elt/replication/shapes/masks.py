"""What a mask makes of a column: its value in SQL, and its type at the destination.

Nothing here talks to a database.
"""

from __future__ import annotations

import re
from dataclasses import replace

from elt.config import Mask, MaskKind
from elt.postgres import INNER, OUTER, Composable, Identifier, Literal, compose, raw
from elt.replication.catalog.tables import Column

_TEXT = re.compile(r"text|character( varying)?(?:\((?P<length>\d+)\))?")
_TIME = re.compile(r"timestamp(\(\d\))? with(out)? time zone")
_WHOLE = re.compile(r"smallint|integer|bigint")
_NUMERIC = re.compile(r"numeric(\(\d+,-?\d+\))?")
#: Object ids from here on are not the system's.
_FIRST_OF_USERS = 16384
_UNITS_OF_DAYS = frozenset({"year", "quarter", "month", "week"})
#: HMAC-SHA256, with the blocks taken from the session once for a statement.
_HASH = (
    "encode(sha256({outer} || sha256({inner} || convert_to({name}::text, 'UTF8'))), "
    "'hex')"
)
_BLOCK = "(select decode(current_setting({setting}), 'hex'))"


def why_not(column: Column, mask: Mask) -> str | None:
    """Return why a column cannot be masked so, None when it can."""
    kind = column.type
    if mask.kind is MaskKind.CONSTANT:
        match = _TEXT.fullmatch(kind)
        length = match and match["length"]
        if length and len(str(mask.value)) > int(length):
            return f"is longer than {kind}"
    if mask.kind is not MaskKind.TRUNCATE or _truncated(column, mask) is not None:
        return None
    if isinstance(mask.value, int):
        return f"is for texts and numbers, and the column is {kind}"
    return f"is for timestamps, and the longer ones for dates; the column is {kind}"


def masked_value(column: Column, mask: Mask) -> Composable:
    """Return the SQL that makes the value which leaves the source."""
    parts = {"name": Identifier(column.name), "type": raw(column.type)}
    if mask.kind is MaskKind.NULL:
        return compose("null::{type}", **parts)
    if mask.kind is MaskKind.CONSTANT:
        return compose("{value}::{type}", value=Literal(mask.value), **parts)
    if mask.kind is MaskKind.HASH:
        inner, outer = (
            compose(_BLOCK, setting=Literal(setting)) for setting in (INNER, OUTER)
        )
        return compose(_HASH, inner=inner, outer=outer, name=parts["name"])
    truncated = _truncated(column, mask)
    return parts["name"] if truncated is None else truncated


def masked_column(column: Column, mask: Mask) -> Column:
    """Return the column as the replica has it: a plain one, filled from the source."""
    plain = replace(column, generated="", expression=None, is_identity=False)
    if mask.kind is MaskKind.NULL:
        return replace(plain, is_not_null=False)
    if mask.kind is not MaskKind.HASH:
        return plain
    return replace(
        plain,
        type="text",
        # Types of the user are not needed; what names objects still does.
        parts=[part for part in column.parts if part < _FIRST_OF_USERS],
        collation=None,
        is_binary_safe=True,
        hash_form="value",
        unknown_part=None,
        extension=None,
        sent_as=None,
        compared_as=None,
        is_text_elsewhere=False,
        has_infinite_intervals=False,
    )


def _truncated(column: Column, mask: Mask) -> Composable | None:
    """Return what is left of a value, None where there is no sense in it."""
    form = _form(column.type, mask.value)
    if form is None:
        return None
    return compose(
        form + "::{type}",
        name=Identifier(column.name),
        value=Literal(mask.value),
        type=raw(column.type),
    )


def _form(kind: str, value: str | int | None) -> str | None:
    if isinstance(value, int):
        if _TEXT.fullmatch(kind):
            return "left({name}::text, {value})"
        if _WHOLE.fullmatch(kind):
            return "({name} / {value} * {value})"
        # Towards zero, and exactly.
        return "(div({name}, {value}) * {value})" if _NUMERIC.fullmatch(kind) else None
    if _TIME.fullmatch(kind):
        return "date_trunc({value}, {name})"
    if kind == "date" and value in _UNITS_OF_DAYS:
        return "date_trunc({value}, {name}::timestamp)"
    return None
