"""Messages of PostgreSQL's protocol, where they are read and written past libpq.

https://www.postgresql.org/docs/current/protocol-message-formats.html
"""

from __future__ import annotations

from struct import Struct
from typing import NamedTuple

import psycopg2

#: A message is its kind, its length with these four bytes, and its body.
_HEAD = Struct(">cI")
_ERROR = b"E"


class Message(NamedTuple):
    """A message of a server."""

    kind: bytes
    body: bytes


class _Diagnostics(NamedTuple):
    """What of an error anybody asks for."""

    message_primary: str
    message_detail: str | None
    source_file: str | None


class ServerError(psycopg2.Error):
    """An error that a server sent; looks as if psycopg2 had received it."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(fields["M"])
        self._fields = fields

    @property
    def pgcode(self) -> str:  # type: ignore[override]  # psycopg2's cannot be set
        """Return the SQLSTATE."""
        return self._fields["C"]

    @property
    def diag(self) -> _Diagnostics:  # type: ignore[override]  # nor can this one
        """Return what the error says in detail."""
        fields = self._fields
        return _Diagnostics(fields["M"], fields.get("D"), fields.get("F"))


def query(sql: str) -> bytes:
    """Return the message that runs statements by the simple protocol."""
    body = sql.encode() + b"\0"
    return _HEAD.pack(b"Q", len(body) + 4) + body


def first_message(
    data: bytes | bytearray, start: int = 0
) -> tuple[Message, int] | None:
    """Return the message that begins somewhere, and its end; None if it is cut off."""
    if len(data) - start < _HEAD.size:
        return None
    kind, length = _HEAD.unpack_from(data, start)
    end = start + 1 + length
    if length < 4 or end > len(data):  # noqa: PLR2004  the length counts itself
        return None
    return Message(kind, bytes(data[start + _HEAD.size : end])), end


def error_of(message: Message) -> ServerError | None:
    """Return the error that a message tells of, None for other messages."""
    if message.kind != _ERROR or message.body[-2:] != b"\0\0":
        return None
    fields = {
        field[:1].decode("ascii", "replace"): field[1:].decode("utf-8", "replace")
        for field in message.body[:-2].split(b"\0")
    }
    return ServerError(fields) if {"S", "C", "M"} <= fields.keys() else None


def find_error(tail: bytes | bytearray) -> ServerError | None:
    """Return the error that the end of a server's messages tells of, None if none does.

    Where messages begin is not known: an error is taken for one when it and all that
    follows it are messages up to the last byte.
    """
    start = tail.find(_ERROR)
    while start >= 0:
        found = first_message(tail, start)
        if found and (error := error_of(found[0])) and _is_whole(tail, found[1]):
            return error
        start = tail.find(_ERROR, start + 1)
    return None


def _is_whole(data: bytes | bytearray, start: int) -> bool:
    """Tell whether what begins somewhere is whole messages up to the last byte."""
    while start < len(data) and (found := first_message(data, start)):
        start = found[1]
    return start == len(data)
