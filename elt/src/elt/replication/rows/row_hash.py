"""The hash of a row, in 64 bits, of the hashes of its values.

PostgreSQL hashes a value in less time than it takes to make a row of it first: tallies
by `hash_record_extended` take half as long again (decision 26). Values that no function
of every version hashes are made a row nevertheless, of which their bytes are hashed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from elt.postgres import Composable, Identifier, compose, raw
from elt.replication.design.replica import ReplicaColumn

#: Of values alone, two rows that exchange one would leave the sum of both as it was;
#: what a seed does to the result depends on all of its bits.
_MIXED = "hashint4extended(0, {hashes})"
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
    byte, but by chance: a null hashes as the seed of its column, which no value is
    likely to. The order of columns does not matter, as that may differ.
    """
    hashes, others, names = [], [], {}
    ordered = sorted(columns, key=lambda column: column.name)
    for seed, column in enumerate(ordered, start=1):
        place = f"column_{seed}"
        names[place] = Identifier(column.name)
        value = f"{prefix}{{{place}}}"
        function = _function(column)
        if function is None:
            others.append(_bytes(column, value))
        else:
            hashed = function.format(value=value, seed=seed)
            hashes.append(f"coalesce({hashed}, {seed})")
    if others:
        hashes.append(f"hash_record_extended(row({', '.join(others)}), 0)")
    if not hashes:
        return raw("0::bigint")
    # One query with many places is composed sooner than one of many small ones.
    return compose(_MIXED.format(hashes=" # ".join(hashes)), **names)


def _function(column: ReplicaColumn) -> str | None:
    """Return what hashes a value of a column, None where that is hashed in a row."""
    if column.is_recoded:
        return None
    if column.hash_form == "text":
        return _TEXT
    if _HAS_WIDTH.fullmatch(column.type):
        return _PADDED
    return _FUNCTIONS.get(_MODIFIER.sub("", column.type))


def _bytes(column: ReplicaColumn, value: str) -> str:
    """Return what of a value is put into a row: alike for no two that differ."""
    if column.is_recoded:
        return f"convert_to({value}::text, 'UTF8')"
    if column.hash_form == "value":
        return value
    return f"pg_catalog.{column.hash_form}({value})"
