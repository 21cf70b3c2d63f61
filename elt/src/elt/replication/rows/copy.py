"""Rows of one COPY go into another, never into a file.

From socket to socket, where no connection is encrypted; else through a pipe between two
calls of psycopg2, which is used directly here, for `copy_expert`.
"""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from struct import Struct
from typing import BinaryIO, NamedTuple

import psycopg2

from elt.errors import DataError
from elt.postgres import (
    Composable,
    Connection,
    can_relay,
    flush,
    relay,
    relay_together,
    translate,
)

#: psycopg2 writes once per row; the buffer makes system calls of 64 KiB of it, the size
#: of a Linux pipe. Other sizes had no effect.
_BUFFER_BYTES = 1 << 16
#: What a binary COPY begins with, and each of its rows of one value: the number of
#: values, and the length of the first. The end has a number of -1, and no length.
_HEADER_BYTES = 19
_ROW = Struct(">hi")


@dataclass(frozen=True, kw_only=True, slots=True)
class Copied:
    """How much was sent from one side to the other."""

    rows: int
    bytes: int

    def __add__(self, other: Copied) -> Copied:
        """Return the amount of both."""
        return Copied(rows=self.rows + other.rows, bytes=self.bytes + other.bytes)


class Statements(NamedTuple):
    """What sends the rows of a table, and what takes them."""

    copy_out: Composable
    copy_in: Composable


class _CountingPipe(io.RawIOBase):
    """The writing end of a pipe; tells how many bytes went in."""

    def __init__(self, descriptor: int, on_bytes: Callable[[int], None]) -> None:
        self._file = io.FileIO(descriptor, "wb")
        self._on_bytes = on_bytes
        self.total = 0

    def writable(self) -> bool:
        return True

    def write(self, data: bytes | memoryview) -> int:  # type: ignore[override]  # what a BufferedWriter passes
        written = self._file.write(data) or 0
        self.total += written
        self._on_bytes(written)
        return written

    def close(self) -> None:
        self._file.close()
        super().close()


class _Reader(threading.Thread):
    """Runs the source's half of the pipe."""

    def __init__(
        self, connection: Connection, statement: Composable, pipe: _CountingPipe
    ) -> None:
        super().__init__(name="elt-copy-reader", daemon=True)
        self._connection = connection
        self._statement = statement
        self._pipe = pipe
        self.rows = 0
        self.error: BaseException | None = None

    def run(self) -> None:
        """Write the rows; whatever happens, close the pipe, or the writer waits."""
        try:
            with (
                io.BufferedWriter(self._pipe, _BUFFER_BYTES) as file,
                self._connection.cursor() as cursor,
            ):
                cursor.copy_expert(self._statement, file)
                self.rows = cursor.rowcount
        except BaseException as error:  # noqa: BLE001  raised in the other thread
            self.error = error


def copy_rows(
    reader: Connection,
    copy_out: Composable,
    writer: Connection,
    copy_in: Composable,
    *,
    on_bytes: Callable[[int], None] = lambda _: None,
) -> Copied:
    """Send the rows of a COPY TO STDOUT to a COPY FROM STDIN at another database.

    When the source fails in mid-COPY, the destination's COPY may end as if it were
    complete: commit only after this function has returned. After an error neither
    connection can be used again.
    """
    flush(reader)
    flush(writer)
    if can_relay(reader, writer):
        sent, taken, count = relay(reader, copy_out, writer, copy_in, on_bytes)
    else:
        sent, taken, count = _pipe(reader, copy_out, writer, copy_in, on_bytes)
    return _copied(sent, taken, count)


def copy_together(
    reader: Connection, writer: Connection, statements: Sequence[Statements]
) -> list[Copied]:
    """Copy several small tables as `copy_rows` does, with the writer in a transaction.

    An error does not say which of them failed.
    """
    flush(reader)
    flush(writer)
    if can_relay(reader, writer):
        return [_copied(*one) for one in relay_together(reader, writer, statements)]
    return [copy_rows(reader, out, writer, taken) for out, taken in statements]


def _copied(sent: int, taken: int, count: int) -> Copied:
    if sent != taken:
        message = f"The source sent {sent} rows, the destination took {taken}"
        raise DataError(message)
    return Copied(rows=taken, bytes=count)


def _pipe(
    reader: Connection,
    copy_out: Composable,
    writer: Connection,
    copy_in: Composable,
    on_bytes: Callable[[int], None],
) -> tuple[int, int, int]:
    """Return the rows that were sent, those that were taken, and their bytes."""
    read_end, write_end = os.pipe()
    pipe = _CountingPipe(write_end, on_bytes)
    source = _Reader(reader, copy_out, pipe)
    failure: psycopg2.Error | None = None
    written = 0
    source.start()
    try:
        # Closing the reading end is what ends the source's half after a failure here.
        with (
            os.fdopen(read_end, "rb", buffering=0) as file,
            writer.cursor() as cursor,
        ):
            cursor.copy_expert(copy_in, file, _BUFFER_BYTES)
            written = cursor.rowcount
    except psycopg2.Error as error:
        failure = error
    finally:
        source.join()
    _raise_cause(source.error, reader, failure, writer)
    return source.rows, written, pipe.total


def _raise_cause(
    source_error: BaseException | None,
    reader: Connection,
    destination_error: psycopg2.Error | None,
    writer: Connection,
) -> None:
    """Raise what failed first: each half also breaks the other one."""
    is_broken_pipe = isinstance(source_error, BrokenPipeError)
    if isinstance(source_error, psycopg2.Error):
        raise translate(source_error, reader.role) from source_error
    if destination_error is not None:
        raise translate(destination_error, writer.role) from destination_error
    if source_error is not None and not is_broken_pipe:
        raise source_error


class _Values:
    """Takes what a binary COPY of one column sends, and hands on value by value."""

    def __init__(self, take: Callable[[bytes], None]) -> None:
        self._take = take
        self._rest = b""
        self._has_header = False

    def write(self, data: bytes) -> int:
        """Take some bytes: as a rule one row, but nobody promises that."""
        rows = self._rest + data if self._rest else data
        at, end = 0, len(rows)
        if not self._has_header:
            at = _HEADER_BYTES
            if end < at:
                self._rest = rows
                return len(data)
            self._has_header = True
        while end - at >= _ROW.size:
            _, length = _ROW.unpack_from(rows, at)
            start = at + _ROW.size
            if start + length > end:
                break
            self._take(rows[start : start + length])
            at = start + length
        self._rest = rows[at:]
        return len(data)


def copy_values(
    reader: Connection, copy_out: Composable, take: Callable[[bytes], None]
) -> None:
    """Hand on each value of a binary COPY TO STDOUT of one column, never null.

    After an error the connection cannot be used again.
    """
    flush(reader)
    try:
        with reader.cursor() as cursor:
            cursor.copy_expert(copy_out, _Values(take))
    except psycopg2.Error as error:
        raise translate(error, reader.role) from error


def copy_from(writer: Connection, copy_in: Composable, rows: BinaryIO) -> None:
    """Send rows that are here already to a COPY FROM STDIN."""
    flush(writer)
    try:
        with writer.cursor() as cursor:
            cursor.copy_expert(copy_in, rows, _BUFFER_BYTES)
    except psycopg2.Error as error:
        raise translate(error, writer.role) from error
