"""Says what to do where rows are in the way that a run does not bring anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from elt.errors import ConfigError, EltError
from elt.postgres import has_sqlstate
from elt.replication.catalog.tables import Place, write_name
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


@contextmanager
def explain_absent(place: Place) -> Iterator[None]:
    """Name a partition that would be emptied, and that the run does not copy."""
    try:
        yield
    except EltError as error:
        if not has_sqlstate(error, _OF_ROWS):
            raise
        message = (
            f"The rows of {write_name(*place)} would have to come anew, as a column is "
            "added or retyped that they have no values for, and this run does not "
            "bring them"
        )
        hint = (
            "Run elt replicate without --stream, and mend what else keeps it from "
            "being copied."
        )
        raise ConfigError(message, hint=hint) from error
