"""COPY FROM STDIN: rows go to the server while they are made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from elt.postgres import Connection, Identifier, compose, flush, identifiers, translate
from elt.seed.copytext import encode_rows
from elt.seed.dataset import Table
from elt.seed.size import Size

COPY: Final = "copy {table} ({columns}) from stdin"


def load_table(connection: Connection, table: Table, size: Size) -> int:
    """Fill a table and return the number of its rows.

    Raises ConfigError or TemporaryError in place of psycopg2's errors.
    """
    statement = compose(
        COPY, table=Identifier(table.name), columns=identifiers(table.columns)
    )
    reader = _ChunkReader(encode_rows(table.rows(size)))
    flush(connection)
    with connection.cursor() as cursor:
        try:
            cursor.copy_expert(statement, reader)
        except connection.Error as error:
            if reader.failure:
                raise reader.failure from None
            raise translate(error, connection.role) from error
        return cursor.rowcount


class _ChunkReader:
    """A file of which each read gives a chunk, however long; psycopg2 takes it.

    psycopg2 turns an exception in the reader into one of its own. An interruption
    must remain one, so it is kept here.
    """

    def __init__(self, chunks: Iterator[str]) -> None:
        self.failure: BaseException | None = None
        self._chunks = chunks

    def read(self, _length: int = -1, /) -> bytes:
        """Return the next chunk, an empty one at the end."""
        try:
            return next(self._chunks, "").encode()
        except BaseException as failure:
            self.failure = failure
            raise

    readline = read  # psycopg2's types ask for it, psycopg2 does not
