"""Load the rows whose keys the WAL names, as the snapshot has them.

What comes out is what a comparison of all rows would find. A large value that an UPDATE
left alone, a generated column, the default of a new column: none of them is in the WAL,
and all of them are in the row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from elt.config import Verification
from elt.postgres import (
    Composable,
    Connection,
    Identifier,
    Literal,
    compose,
    execute,
    identifiers,
    joined,
    raw,
    send_ahead,
    transaction,
)
from elt.replication.design.replica import Replica
from elt.replication.incremental.changes import Changes, Pipe, no_changes
from elt.replication.incremental.merge import find_or_merge
from elt.replication.incremental.reads import FullRead, TouchedKeys, XminScan
from elt.replication.incremental.scans import LARGEST_SHARE
from elt.replication.rows.copy import Copied
from elt.replication.rows.difference import find_touched_deleted
from elt.replication.rows.from_item import LOOK_UP, source_rows
from elt.replication.rows.receipts import Method, Tally, take_tally, tally_query
from elt.replication.rows.row_queries import chunk_table, is_missing, key_table, queries
from elt.replication.rows.shadow import (
    copy_changes_in,
    drop_shadow,
    make_changes_shadow,
    sum_hashes,
)
from elt.replication.sessions.snapshot import copy_changes

#: Keys in one statement: a few hundred kilobytes of them.
_CHUNK_KEYS = 10_000
#: Below so many, keys are looked up however few rows there are.
FEWEST_KEYS = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class TouchedRows:
    """A stream whose touched rows are to be loaded."""

    replica: Replica
    read: TouchedKeys
    verification: Verification
    #: Rows of the replica after its last publish.
    known_rows: int | None
    #: Finds most of the rows, where they are too many to be looked up one by one.
    scan: XminScan | None = None

    @property
    def method(self) -> Method:
        """Return how the receipt is made."""
        if self.verification is Verification.CHANGES:
            return Method.KEYS
        return Method(self.verification)

    @property
    def most_keys(self) -> float:
        """Return of how many keys the rows are looked up at most."""
        return max(LARGEST_SHARE * (self.known_rows or 0), FEWEST_KEYS)


class _Brought(NamedTuple):
    """What was loaded, how many keys were looked up, and how many of them found."""

    copied: Copied
    found: int
    keys: int


class _Chunks(NamedTuple):
    """How many chunks of keys there are, and how many keys in all."""

    chunks: int
    keys: int


def load_touched(stream: TouchedRows, pipe: Pipe) -> Changes | FullRead:
    """Load what was touched; return why every row must be read where that is better."""
    if stream.known_rows is None:
        return FullRead(reason="its state is that of an older version")
    if stream.read.count == 0:
        return _settle(stream, pipe, no_changes(stream.known_rows))
    brought = _bring(stream, pipe)
    if brought is None:
        drop_shadow(pipe.writer, stream.replica)
        return FullRead(reason="most of its rows changed")
    replica, writer, copied = stream.replica, pipe.writer, brought.copied
    loaded = Tally(rows=copied.rows, checksum=sum_hashes(writer, replica))
    difference, merge = find_or_merge(
        writer, replica, copied.rows, is_counted=stream.method is not Method.KEYS
    )
    # Each key has one row at most: where there are as many, none is gone.
    has_gone = brought.found < brought.keys
    if has_gone:
        gone = find_touched_deleted(writer, replica)
        difference = replace(difference, deleted=gone)
    changes = Changes(
        copied=copied,
        difference=difference,
        method=Method.KEYS,
        source=loaded,
        merge=merge,
        has_gone=has_gone,
        published_rows=stream.known_rows,
    )
    return _settle(stream, pipe, changes)


def untouched(stream: TouchedRows) -> Changes | None:
    """Return that nothing changed, where it is enough that the WAL has no key."""
    is_proof = stream.method is Method.KEYS and not stream.read.count
    if stream.known_rows is None or not is_proof:
        return None
    return no_changes(stream.known_rows)


def _bring(stream: TouchedRows, pipe: Pipe) -> _Brought | None:
    """Load the rows that a scan finds, and those that have one of the other keys.

    None where these are too many to be looked up.
    """
    replica, writer, scanned = stream.replica, pipe.writer, stream.read.scanned
    if stream.scan is not None:
        scanned = scan_changes(replica, stream.scan, pipe)
    # What a scan did not find is gone, as a rule; but nobody relies on that.
    chunks = _chunk(
        writer, replica, is_missing(replica) if scanned is not None else None
    )
    if chunks.keys > stream.most_keys:
        return None
    if scanned is not None:
        found = _look_up(replica, pipe, chunks, is_made_before=True)
        return _Brought(copied=scanned + found, found=found.rows, keys=chunks.keys)
    with transaction(writer):
        make_changes_shadow(writer, replica)
        found = _look_up(replica, pipe, chunks)
    return _Brought(copied=found, found=found.rows, keys=chunks.keys)


def scan_changes(replica: Replica, scan: XminScan, pipe: Pipe) -> Copied:
    """Load the rows that a scan finds into a new shadow."""
    with transaction(pipe.writer):
        make_changes_shadow(pipe.writer, replica)
        return pipe.copy(
            copy_changes(replica, scan.condition), copy_changes_in(replica)
        )


def _settle(stream: TouchedRows, pipe: Pipe, changes: Changes) -> Changes | FullRead:
    """Tally all rows of the source, where that was asked for."""
    if stream.method is Method.KEYS:
        return changes
    replica, difference = stream.replica, changes.difference
    rows = source_rows(replica.stream)
    query = tally_query(replica.copied, rows, stream.method)
    source = take_tally(pipe.reader, query)
    before = changes.published_rows or 0
    if source.rows != before + difference.inserted - difference.deleted:
        drop_shadow(pipe.writer, replica)
        return FullRead(reason="its replica does not have the rows that were published")
    return replace(changes, method=stream.method, source=source, destination=None)


def _look_up(
    replica: Replica, pipe: Pipe, chunks: _Chunks, *, is_made_before: bool = False
) -> Copied:
    """Copy the rows that have one of the keys."""
    # Keys are looked up by their index, in their order.
    send_ahead(pipe.reader, LOOK_UP)
    copied = Copied(rows=0, bytes=0)
    copy_in = copy_changes_in(replica, is_made_before=is_made_before)
    for number in range(chunks.chunks):
        condition = _condition(pipe.writer, replica, number)
        copied += pipe.copy(copy_changes(replica, condition), copy_in)
    return copied


def _chunk(
    writer: Connection, replica: Replica, is_wanted: Composable | None
) -> _Chunks:
    """Divide the keys that are wanted, each once."""
    execute(writer, chunk_keys(replica, is_wanted))
    chunks = Identifier(*chunk_table(replica))
    [(count, keys)] = execute(writer, compose(queries["count_keys"], chunks=chunks))
    return _Chunks(chunks=count, keys=keys)


def chunk_keys(replica: Replica, is_wanted: Composable | None = None) -> Composable:
    """Return the statement that divides keys into arrays, each key once."""
    arrays = joined(
        compose(
            "array_agg({name})::text as {alias}",
            name=Identifier(name),
            alias=Identifier(_alias(position)),
        )
        for position, name in enumerate(replica.key)
    )
    return compose(
        queries["chunk_keys"],
        chunks=Identifier(*chunk_table(replica)),
        keys=Identifier(*key_table(replica)),
        key_names=identifiers(replica.key),
        arrays=arrays,
        is_wanted=is_wanted or raw("true"),
        size=Literal(_CHUNK_KEYS),
    )


def _alias(position: int) -> str:
    return f"key_{position}"


def _condition(writer: Connection, replica: Replica, chunk: int) -> Composable:
    """Return the condition on a row of the source to have a key of a chunk."""
    query = compose(
        queries["read_chunk"],
        names=chunk_columns(replica),
        chunks=Identifier(*chunk_table(replica)),
        # Not as a parameter: the name of a table may hold a percent sign.
        chunk=Literal(chunk),
    )
    [arrays] = execute(writer, query)
    return has_key(replica, arrays)


def chunk_columns(replica: Replica) -> Composable:
    """Return the columns of a chunk, one for each of the key."""
    return identifiers(map(_alias, range(len(replica.key))))


def has_key(replica: Replica, arrays: Sequence[str]) -> Composable:
    """Return the condition on a row to have one of some keys; arrays as text."""
    columns = {column.name: column for column in replica.stream.columns}
    names, values = [], []
    for name, array in zip(replica.key, arrays, strict=True):
        # The = of its own type, where that has none for what is made of it.
        compared_as = columns[name].compared_as
        kind = raw(compared_as or columns[name].type)
        cast = "{name}::{type}" if compared_as else "{name}"
        names.append(compose(cast, name=Identifier(name), type=kind))
        array_of = "{array}::{type}[]"
        values.append(compose(array_of, array=Literal(array), type=kind))
    if len(values) == 1:
        form = "{key} = any({values})"
    else:
        form = "({key}) in (select * from unnest({values}))"
    return compose(form, key=joined(names), values=joined(values))
