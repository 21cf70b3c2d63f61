"""What is not the same where the tables of a source land: text, and older functions."""

from __future__ import annotations

from dataclasses import dataclass

from elt.postgres import (
    Connection,
    execute,
    fetch_one,
    server_encoding,
    server_version,
)
from elt.queries import load_queries

queries = load_queries("elt.replication", "sql/elsewhere.sql")


@dataclass(frozen=True, kw_only=True, slots=True)
class Elsewhere:
    """How a destination differs from a source in what it does with text, and knows."""

    #: Whether it keeps it in another encoding.
    is_recoded: bool = False
    #: Whether upper(), say, may give something else, and the order be another one.
    has_other_locale: bool = False
    #: The functions and the syntax it knows, None where it knows all of the source's.
    functions: tuple[str, ...] | None = None


#: Where nothing is known of the destination.
HERE = Elsewhere()


def compare_servers(reader: Connection, writer: Connection) -> Elsewhere:
    """Tell how a destination differs from a source."""
    return Elsewhere(
        is_recoded=server_encoding(reader) != server_encoding(writer),
        has_other_locale=_read_locale(reader) != _read_locale(writer),
        functions=(
            _list_functions(writer)
            if server_version(writer) < server_version(reader)
            else None
        ),
    )


def _list_functions(connection: Connection) -> tuple[str, ...]:
    return tuple(name for (name,) in execute(connection, queries["list_functions"]))


def _read_locale(connection: Connection) -> str:
    """Return what decides about order and case of text, as one word to compare."""
    return str(fetch_one(connection, queries["read_locale"]))
