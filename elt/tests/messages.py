"""Messages of pgoutput as bytes, after the documentation of the protocol."""

from functools import singledispatch
from struct import pack

from elt.replication.logical.wal_messages import (
    UNCHANGED,
    Begin,
    Commit,
    Delete,
    Insert,
    LogicalMessage,
    Origin,
    Relation,
    Truncate,
    Type,
    Update,
)


@singledispatch
def encode(message):
    """Return the bytes of a message."""
    raise TypeError(message)


@encode.register
def _(message: Begin):
    return b"B" + pack(">QqI", *message)


@encode.register
def _(message: Commit):
    return b"C" + pack(">BQQq", 0, *message)


@encode.register
def _(message: Origin):
    return b"O" + pack(">Q", message.commit_lsn) + _text(message.name)


@encode.register
def _(message: Relation):
    data = b"R" + pack(">I", message.oid) + _text(message.schema) + _text(message.name)
    data += message.identity.encode() + pack(">H", len(message.columns))
    for column in message.columns:
        data += pack(">B", column.is_identity) + _text(column.name)
        data += pack(">Ii", column.type_oid, column.type_modifier)
    return data


@encode.register
def _(message: Type):
    return b"Y" + pack(">I", message.oid) + _text(message.schema) + _text(message.name)


@encode.register
def _(message: Insert):
    return b"I" + pack(">I", message.oid) + b"N" + _row(message.new)


@encode.register
def _(message: Update):
    old = b"" if message.old is None else b"K" + _row(message.old)
    return b"U" + pack(">I", message.oid) + old + b"N" + _row(message.new)


@encode.register
def _(message: Delete):
    return b"D" + pack(">I", message.oid) + b"O" + _row(message.old)


@encode.register
def _(message: Truncate):
    options = message.is_cascading | message.restarts_identities << 1
    count = len(message.oids)
    return b"T" + pack(f">IB{count}I", count, options, *message.oids)


@encode.register
def _(message: LogicalMessage):
    data = b"M" + pack(">BQ", message.is_transactional, message.lsn)
    data += _text(message.prefix)
    return data + pack(">I", len(message.content)) + message.content


def _text(value):
    return value.encode() + b"\0"


def _row(values):
    data = pack(">H", len(values))
    for value in values:
        if value is None:
            data += b"n"
        elif value is UNCHANGED:
            data += b"u"
        else:
            data += b"t" + pack(">I", len(value)) + value
    return data
