"""The hash of a row, in 64 bits, of the hashes of its values.

PostgreSQL hashes a value in less time than it takes to make a row of it first: tallies
by `hash_record_extended` take half as long again (decision 26). Values that no function
of every version hashes are made a row nevertheless, of which their bytes are hashed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from elt.postgres import Composable, compose, identifiers, joined, raw
from elt.replication.replica import ReplicaColumn

#: Of values alone, two rows that exchange one would leave the sum of both as it was;
#: what a seed does to the result depends on all of its bits.
_MIXED = "hashint4extended(0, {hashes})"
#: A null is what seeds the others, which no value is likely to hash to.
_VALUE = "coalesce({hash}, {seed})"
_ROW = "hash_record_extended(row({values}), 0)"
_TEXT = 'hashtextextended({value}::text collate "C", {seed})'
#: A function that every version has under this name, by the name of the type. That of a
#: bigint folds its halves together, so that the upper one is hashed for itself, too.
#: A type's own function is of no use where = takes different values for equal. What is
#: cast has this type already, unless it was altered behind the snapshot's back: then it
#: is the run that has to say so, and not a function that does not exist.
_FUNCTIONS = {
    "smallint": "hashint2extended({value}::smallint, {seed})",
    "integer": "hashint4extended({value}::integer, {seed})",
    "bigint": (
        "hashint8extended({value}::bigint, {seed}) "
        "# hashint4extended(({value}::bigint >> 32)::integer, -{seed})"
    ),
    "oid": "hashoidextended({value}::oid, {seed})",
    "boolean": "hashint4extended({value}::boolean::integer, {seed})",
    '"char"': 'hashcharextended({value}::"char", {seed})',
    "name": "hashnameextended({value}::name, {seed})",
    "text": _TEXT,
    "character varying": _TEXT,
    "uuid": "uuid_hash_extended({value}::uuid, {seed})",
    "time without time zone": "time_hash_extended({value}::time, {seed})",
    "timestamp without time zone": (
        "timestamp_hash_extended({value}::timestamp, {seed})"
    ),
    "timestamp with time zone": (
        "timestamp_hash_extended({value}::timestamptz at time zone 'UTC', {seed})"
    ),
    "date": _TEXT,
    "numeric": _TEXT,
    "json": _TEXT,
    "jsonb": _TEXT,
}
#: Blanks at the end are not hashed: they fill each value up to the same width.
_PADDED = 'hashbpcharextended({value}::bpchar collate "C", {seed})'
_HAS_WIDTH = re.compile(r"character\(\d+\)")
_MODIFIER = re.compile(r"\([\d,-]+\)")


def hash_of_row(columns: Iterable[ReplicaColumn], prefix: str = "") -> Composable:
    """Return the hash of a row, whose columns may stand behind an alias.

    It is alike on all versions, in all encodings, and for no two rows that differ in a
    byte, but by chance. The order of columns does not matter, as that may differ.
    """
    hashes, others = [], []
    ordered = sorted(columns, key=lambda column: column.name)
    for seed, column in enumerate(ordered, start=1):
        name = identifiers([column.name], prefix)
        function = _function(column)
        if function is None:
            others.append(_bytes(column, name))
            continue
        parts = {"value": name, "seed": raw(str(seed))}
        hashes.append(compose(_VALUE, hash=compose(function, **parts), **parts))
    if others:
        hashes.append(compose(_ROW, values=joined(others)))
    if not hashes:
        return raw("0::bigint")
    return compose(_MIXED, hashes=joined(hashes, " # "))


def _function(column: ReplicaColumn) -> str | None:
    """Return what hashes a value of a column, None where that is hashed in a row."""
    if column.is_recoded:
        return None
    if column.hash_form == "text":
        return _TEXT
    if _HAS_WIDTH.fullmatch(column.type):
        return _PADDED
    return _FUNCTIONS.get(_MODIFIER.sub("", column.type))


def _bytes(column: ReplicaColumn, name: Composable) -> Composable:
    """Return what of a value is put into a row: alike for no two that differ."""
    if column.is_recoded:
        return compose("convert_to({name}::text, 'UTF8')", name=name)
    if column.hash_form == "value":
        return name
    send = raw(f"pg_catalog.{column.hash_form}")
    return compose("{send}({name})", send=send, name=name)
