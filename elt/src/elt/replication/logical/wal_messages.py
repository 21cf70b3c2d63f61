"""What the WAL of a source says, message by message, as its decoding session sends it.

Values are the bytes of their text. The messages are named tuples: one is made for each
row, and a dataclass takes three times as long.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Unchanged:
    """Stands for a large value that an UPDATE left as it was: it is not in the WAL."""

    def __repr__(self) -> str:
        """Name it in a failed test."""
        return "UNCHANGED"


UNCHANGED: Final = Unchanged()
Values = tuple[bytes | Unchanged | None, ...]


class Begin(NamedTuple):
    """The start of a transaction; its changes follow, then its Commit."""

    #: Where its commit record begins.
    commit_lsn: int
    #: Microseconds since 2000.
    committed_at: int
    #: The lower half of its number.
    xid: int


class Commit(NamedTuple):
    """The end of a transaction."""

    commit_lsn: int
    end_lsn: int
    committed_at: int


class Origin(NamedTuple):
    """Where a transaction came from, when the source replicates from elsewhere."""

    commit_lsn: int
    name: str


class RelationColumn(NamedTuple):
    """A column that is replicated, and whether it is part of the replica identity."""

    name: str
    type_oid: int
    type_modifier: int
    is_identity: bool


class Relation(NamedTuple):
    """A table as it was when the changes that follow were made."""

    oid: int
    schema: str
    name: str
    #: Its replica identity: d, n, f or i, as in pg_class.
    identity: str
    columns: tuple[RelationColumn, ...]


class Type(NamedTuple):
    """A type that is not built in."""

    oid: int
    schema: str
    name: str


class Insert(NamedTuple):
    """A new row."""

    oid: int
    new: Values


class Update(NamedTuple):
    """A row that changed.

    The old one is there when its identity changed, as the identity alone, or in full
    under REPLICA IDENTITY FULL.
    """

    oid: int
    old: Values | None
    new: Values


class Delete(NamedTuple):
    """A row that is gone: its identity, or all of it under REPLICA IDENTITY FULL."""

    oid: int
    old: Values


class Truncate(NamedTuple):
    """Tables that were emptied."""

    oids: tuple[int, ...]
    is_cascading: bool
    restarts_identities: bool


class LogicalMessage(NamedTuple):
    """What a session wrote into the WAL by pg_logical_emit_message."""

    lsn: int
    is_transactional: bool
    prefix: str
    content: bytes


Message = (
    Begin
    | Commit
    | Origin
    | Relation
    | Type
    | Insert
    | Update
    | Delete
    | Truncate
    | LogicalMessage
)
