"""Decode the messages of PostgreSQL's output plugin pgoutput, protocol version 1.

Bytes in, one message out; nothing here talks to a database.
"""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct
from struct import error as StructError  # noqa: N812  a class

from elt.errors import EltError
from elt.replication.logical.wal_messages import (
    UNCHANGED,
    Begin,
    Commit,
    Delete,
    Insert,
    LogicalMessage,
    Message,
    Origin,
    Relation,
    RelationColumn,
    Truncate,
    Type,
    Unchanged,
    Update,
    Values,
)

_INT16 = Struct(">H")
_INT32 = Struct(">I")
_SIGNED = Struct(">i")
_INT64 = Struct(">Q")
_BEGIN = Struct(">QqI")
_COMMIT = Struct(">BQQq")
#: The kind and the length of a value that is there.
_VALUE = Struct(">BI")
#: Behind the type, the table, and the kind and the number of values of a row.
_FIRST_VALUE = 8
#: Where its text begins, behind its kind and its length.
_FIRST_TEXT = 13
#: How long a prefix is that tells the table, and that a new row follows.
PREFIX_BYTES = 6
_NULL, _UNCHANGED, _TEXT, _BINARY = b"nutb"
_OLD = b"KO"
_NEW = ord("N")
_CASCADE, _RESTART = 1, 2


class ProtocolError(EltError):
    """The source sent what pgoutput does not send: a bug, or another version."""


def decode(data: bytes) -> Message:
    """Return the message that some bytes hold.

    Raises ProtocolError for anything else.
    """
    try:
        message, end = _DECODERS[data[0]](data)
    except (KeyError, IndexError, StructError, ValueError) as error:
        message_type = repr(data[:1])
        text = f"The source sent a message of type {message_type} that cannot be read"
        raise ProtocolError(text) from error
    if end != len(data):
        text = f"The source sent a message of {len(data)} bytes that has {end}"
        raise ProtocolError(text)
    return message


def relation_of(data: bytes) -> int | None:
    """Return the table that a changed row belongs to, None for other messages."""
    return _INT32.unpack_from(data, 1)[0] if data[:1] in _ROWS else None


def prefixes_of(oid: int) -> list[bytes]:
    """Return what messages of a table begin with that hold a new row and no old one."""
    return [kind + _INT32.pack(oid) + b"N" for kind in (b"I", b"U")]


def first_value(data: bytes) -> bytes | None:
    """Return the first value of a new row behind such a prefix, None if it has no text.

    By slices alone: to unpack it with a structure took half as long again.
    """
    if data[8:9] != b"t":
        return None
    end = _FIRST_TEXT + int.from_bytes(data[9:_FIRST_TEXT], "big")
    return data[_FIRST_TEXT:end] if end <= len(data) else None


def first_values(data: bytes, count: int) -> list[bytes] | None:
    """Return the first values of a new row, as their text.

    None for a message that holds anything else before: an old row, a null, a value that
    was left as it was. As a rule a key stands first, and to decode all that follows
    takes half of the time.
    """
    if data[5:6] != b"N":
        return None
    values = []
    at = _FIRST_VALUE
    try:
        for _ in range(count):
            kind, length = _VALUE.unpack_from(data, at)
            if kind != _TEXT:
                return None
            at += _VALUE.size
            values.append(data[at : at + length])
            at += length
    except StructError:
        return None
    return values if at <= len(data) else None


def _begin(data: bytes) -> tuple[Message, int]:
    return Begin(*_BEGIN.unpack_from(data, 1)), 1 + _BEGIN.size


def _commit(data: bytes) -> tuple[Message, int]:
    _, commit_lsn, end_lsn, committed_at = _COMMIT.unpack_from(data, 1)
    return Commit(commit_lsn, end_lsn, committed_at), 1 + _COMMIT.size


def _origin(data: bytes) -> tuple[Message, int]:
    [lsn] = _INT64.unpack_from(data, 1)
    name, end = _string(data, 9)
    return Origin(lsn, name), end


def _relation(data: bytes) -> tuple[Message, int]:
    [oid] = _INT32.unpack_from(data, 1)
    schema, at = _string(data, 5)
    name, at = _string(data, at)
    identity = chr(data[at])
    [count] = _INT16.unpack_from(data, at + 1)
    at += 3
    columns = []
    for _ in range(count):
        is_identity = bool(data[at] & 1)
        column, at = _string(data, at + 1)
        [type_oid] = _INT32.unpack_from(data, at)
        [modifier] = _SIGNED.unpack_from(data, at + 4)
        columns.append(RelationColumn(column, type_oid, modifier, is_identity))
        at += 8
    # An empty name is what pg_catalog is called.
    schema = schema or "pg_catalog"
    return Relation(oid, schema, name, identity, tuple(columns)), at


def _type(data: bytes) -> tuple[Message, int]:
    [oid] = _INT32.unpack_from(data, 1)
    schema, at = _string(data, 5)
    name, at = _string(data, at)
    return Type(oid, schema or "pg_catalog", name), at


def _insert(data: bytes) -> tuple[Message, int]:
    [oid] = _INT32.unpack_from(data, 1)
    new, at = _values(data, _expect_new(data, 5))
    return Insert(oid, new), at


def _update(data: bytes) -> tuple[Message, int]:
    [oid] = _INT32.unpack_from(data, 1)
    old, at = None, 5
    if data[at] in _OLD:
        old, at = _values(data, at + 1)
    new, at = _values(data, _expect_new(data, at))
    return Update(oid, old, new), at


def _delete(data: bytes) -> tuple[Message, int]:
    [oid] = _INT32.unpack_from(data, 1)
    if data[5] not in _OLD:
        raise ValueError(data[5])
    old, at = _values(data, 6)
    return Delete(oid, old), at


def _truncate(data: bytes) -> tuple[Message, int]:
    [count] = _INT32.unpack_from(data, 1)
    options, at = data[5], 6
    oids: list[int] = []
    for _ in range(count):
        oids.extend(_INT32.unpack_from(data, at))
        at += 4
    return Truncate(tuple(oids), bool(options & _CASCADE), bool(options & _RESTART)), at


def _logical_message(data: bytes) -> tuple[Message, int]:
    is_transactional = bool(data[1] & 1)
    [lsn] = _INT64.unpack_from(data, 2)
    prefix, at = _string(data, 10)
    [length] = _INT32.unpack_from(data, at)
    content = data[at + 4 : at + 4 + length]
    return LogicalMessage(lsn, is_transactional, prefix, content), at + 4 + length


def _expect_new(data: bytes, at: int) -> int:
    if data[at] != _NEW:
        raise ValueError(data[at])
    return at + 1


def _values(data: bytes, at: int) -> tuple[Values, int]:
    """Return the values of a row, and where they end."""
    [count] = _INT16.unpack_from(data, at)
    at += 2
    values: list[bytes | Unchanged | None] = []
    for _ in range(count):
        kind = data[at]
        at += 1
        if kind in (_TEXT, _BINARY):
            [length] = _INT32.unpack_from(data, at)
            at += 4
            values.append(data[at : at + length])
            at += length
        elif kind == _NULL:
            values.append(None)
        elif kind == _UNCHANGED:
            values.append(UNCHANGED)
        else:
            raise ValueError(kind)
    return tuple(values), at


def _string(data: bytes, at: int) -> tuple[str, int]:
    end = data.index(b"\0", at)
    return data[at:end].decode(), end + 1


_ROWS = frozenset({b"I", b"U", b"D"})
_DECODERS: dict[int, Callable[[bytes], tuple[Message, int]]] = {
    ord("B"): _begin,
    ord("C"): _commit,
    ord("O"): _origin,
    ord("R"): _relation,
    ord("Y"): _type,
    ord("I"): _insert,
    ord("U"): _update,
    ord("D"): _delete,
    ord("T"): _truncate,
    ord("M"): _logical_message,
}
