"""Says what to do where rows that stay after they are deleted may be in the way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from elt.errors import ConfigError, EltError
from elt.postgres import has_sqlstate
from elt.replication.design.streams import Stream

#: Values and casts that do not fit, and constraints that rows break.
_OF_ROWS = ("22", "23", "42804", "42846")


@contextmanager
def explain_kept(stream: Stream) -> Iterator[None]:
    """Add a hint to errors of rows: those at the source may be as they should."""
    try:
        yield
    except EltError as error:
        is_of_rows = has_sqlstate(error, _OF_ROWS)
        if not stream.keeps_rows or not is_of_rows or error.hint is not None:
            raise
        hint = (
            f"Rows of {stream.name} that the source has deleted may be in the way, "
            f"which deletes: {stream.deletes} keeps. Change them at the destination; "
            "or let them go: set deletes: apply for one run."
        )
        raise ConfigError(error.message, hint=hint) from error
