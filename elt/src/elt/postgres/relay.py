"""Hand the rows of one server's COPY to another server's COPY without looking at them.

libpq unpacks a COPY row by row, which costs psycopg2 0.3 to 0.4 µs each: a third of the
CPU time of a narrow table's copy. But the messages that one server sends are those that
the other one takes, so here they go from socket to socket as they are.

Where the rows end is found without unpacking them: a second statement, sent right
behind the COPY, returns a random token that cannot be in a row. When the COPY fails
there is no token, and the server falls silent behind its error. So the last bytes are
held back until more have come.

Several small tables go one behind the other, and each side gets its statements in one
message: who waits for an answer to each waits longer than the rows take.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from elt.postgres.connections import Connection
from elt.postgres.failures import translate
from elt.postgres.messages import Message, find_error, query
from elt.postgres.statements import Composable
from elt.postgres.wire import Wire, wait

#: More than the end of a COPY, or a usual error.
_HELD_BYTES = 1 << 14
#: How long a source is silent that has failed; one that is only slow may be, too.
_SILENCE_MS = 200
#: CopyDone, and the kind of the CommandComplete behind it.
_END_OF_ROWS = b"c\0\0\0\4C"
_COPY_DONE_BYTES = 5
#: ReadyForQuery, less its last byte.
_READY = b"Z\0\0\0\5"
#: From the token to the end of what the server sends.
_BEHIND_TOKEN_BYTES = 1 << 10
#: Kind and length of each message, which are not of the rows.
_HEAD_BYTES = 5


class Relayed(NamedTuple):
    """How many rows each side counted, and the bytes of the rows."""

    sent: int
    taken: int
    bytes: int


def can_relay(reader: Connection, writer: Connection) -> bool:
    """Tell whether both connections carry the messages of the protocol in plain."""
    return not (reader.is_encrypted or writer.is_encrypted)


def relay(
    reader: Connection,
    copy_out: Composable,
    writer: Connection,
    copy_in: Composable,
    on_bytes: Callable[[int], None],
) -> Relayed:
    """Send the rows of a COPY TO STDOUT to a COPY FROM STDIN at another server.

    The reader must not be sent warnings, which would come between the rows. Raises
    psycopg2's errors in our words; after one, neither connection can be used again.
    """
    token = os.urandom(16).hex()
    with _wire(writer) as destination, _wire(reader) as source:
        destination.send(query(copy_in.as_string(writer)))
        source.send(query(copy_out.as_string(reader)) + query(f"select '{token}'"))
        destination.expect(b"G")
        # The first byte tells the format, and each binary COPY has a row for its end.
        binary = source.expect(b"H").body[0]
        total = _forward(source, destination, token.encode(), on_bytes)
        sent = _count(source.expect(b"C"))
        taken = _count(destination.expect(b"C"))
        destination.expect(b"Z")
    return Relayed(sent=sent, taken=taken, bytes=total - (sent + binary) * _HEAD_BYTES)


def relay_together(
    reader: Connection,
    writer: Connection,
    copies: Sequence[tuple[Composable, Composable]],
) -> list[Relayed]:
    """Send the rows of several COPY TO STDOUT to as many COPY FROM STDIN.

    The copies are pairs of statements. Their tables are small: all rows are searched
    for the token. Else as `relay`.
    """
    tokens = [os.urandom(16).hex() for _ in copies]
    copies_out = [
        f"{copy_out.as_string(reader)}; select '{token}'"
        for (copy_out, _), token in zip(copies, tokens, strict=True)
    ]
    copies_in = [copy_in.as_string(writer) for _, copy_in in copies]
    with _wire(writer) as destination, _wire(reader) as source:
        destination.send(query("; ".join(copies_in)))
        source.send(query("; ".join(copies_out)))
        sent = [_forward_next(source, destination, token) for token in tokens]
        source.expect(b"Z")
        taken = [_count(destination.expect(b"C")) for _ in copies]
        destination.expect(b"Z")
    return [one._replace(taken=rows) for one, rows in zip(sent, taken, strict=True)]


def _forward_next(source: Wire, destination: Wire, token: str) -> Relayed:
    """Hand on one COPY of several: behind its rows there may be those of others."""
    binary = source.expect(b"H").body[0]
    rows, mark, total, searched = source.received, token.encode(), 0, 0
    while (at := rows.find(mark, searched)) < 0:
        if (ready := len(rows) - _HELD_BYTES) > 0:
            total += _hand_on(rows, ready, destination, lambda _: None)
        searched = max(0, len(rows) - len(mark))
        _receive(source, destination)
    end = rows.rfind(_END_OF_ROWS, 0, at)
    total += end
    _hand_on(rows, end + _COPY_DONE_BYTES, destination, lambda _: None)
    sent = _count(source.expect(b"C"))
    # Of the statement that returned the token.
    source.expect(b"C")
    return Relayed(sent=sent, taken=0, bytes=total - (sent + binary) * _HEAD_BYTES)


def _forward(
    source: Wire, destination: Wire, token: bytes, on_bytes: Callable[[int], None]
) -> int:
    """Hand on messages up to the last row; return the bytes of all rows' messages."""
    rows, total = source.received, 0
    while (end := _end_of_rows(rows, token)) is None:
        if (ready := len(rows) - _HELD_BYTES) > 0:
            total += _hand_on(rows, ready, destination, on_bytes)
        _receive(source, destination)
    total += _hand_on(rows, end, destination, on_bytes)
    # CopyDone means the same to both sides, but is none of the rows.
    _hand_on(rows, _COPY_DONE_BYTES, destination, lambda _: None)
    return total


def _receive(source: Wire, destination: Wire) -> None:
    """Receive what the source sends, or the error of the side that has failed."""
    if source.receive():
        return
    speaking = wait(source, destination, timeout_ms=_SILENCE_MS)
    if destination in speaking:
        destination.listen()
    elif not speaking and (error := find_error(source.received)) is not None:
        raise translate(error, source.role) from error


def _hand_on(
    rows: bytearray, count: int, destination: Wire, on_bytes: Callable[[int], None]
) -> int:
    with memoryview(rows) as view:
        destination.send(view[:count])
    del rows[:count]
    on_bytes(count)
    return count


def _end_of_rows(rows: bytearray, token: bytes) -> int | None:
    """Return where the rows end, None if more may come."""
    if rows[-len(_READY) - 1 : -1] != _READY:
        return None
    at = rows.rfind(token, max(0, len(rows) - _BEHIND_TOKEN_BYTES))
    end = rows.rfind(_END_OF_ROWS, 0, at) if at >= 0 else -1
    return end if end >= 0 else None


def _count(complete: Message) -> int:
    """Return the rows that a CommandComplete tells of: `COPY 3` and a zero byte."""
    return int(complete.body[:-1].split()[1])


@contextmanager
def _wire(connection: Connection) -> Iterator[Wire]:
    """Take the socket of a connection; after an error, make it useless for libpq."""
    wire = Wire(connection)
    try:
        yield wire
    except BaseException:
        wire.shut_down()
        raise
    finally:
        wire.close()
