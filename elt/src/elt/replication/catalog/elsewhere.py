"""What is not the same for text where the tables of a source land."""

from __future__ import annotations

from dataclasses import dataclass

from elt.postgres import Connection, fetch_one, server_encoding
from elt.queries import load_queries

queries = load_queries("elt.replication", "sql/elsewhere.sql")


@dataclass(frozen=True, kw_only=True, slots=True)
class Elsewhere:
    """How a destination differs from a source in what it does with text."""

    #: Whether it keeps it in another encoding.
    is_recoded: bool = False
    #: Whether upper(), say, may give something else, and the order be another one.
    has_other_locale: bool = False


#: Where nothing is known of the destination.
HERE = Elsewhere()


def compare_text(reader: Connection, writer: Connection) -> Elsewhere:
    """Tell how a destination differs from a source."""
    return Elsewhere(
        is_recoded=server_encoding(reader) != server_encoding(writer),
        has_other_locale=_read_locale(reader) != _read_locale(writer),
    )


def _read_locale(connection: Connection) -> str:
    """Return what decides about order and case of text, as one word to compare."""
    return str(fetch_one(connection, queries["read_locale"]))
