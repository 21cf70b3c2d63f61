"""Infinite intervals, which PostgreSQL has from 17 on.

In binary form an older server takes them for others, of millions of years. As text it
refuses them. Nothing here talks to a database.
"""

from __future__ import annotations

from elt.errors import ConfigError, EltError
from elt.postgres import sqlstate_of
from elt.replication.catalog.tables import Column
from elt.replication.design.omissions import Capabilities
from elt.replication.design.streams import Stream

#: From here on an interval can be infinite.
_INFINITE_INTERVALS = 17
_INVALID_DATETIME_FORMAT = "22007"


def is_safe_in_binary(column: Column, capabilities: Capabilities) -> bool:
    """Tell whether all values of a column survive a binary COPY."""
    is_finite = not column.has_infinite_intervals
    return column.is_binary_safe and (
        is_finite or capabilities.version >= _INFINITE_INTERVALS
    )


def explain_interval(stream: Stream, error: EltError) -> EltError:
    """Return an error with what can be done about an interval that was refused."""
    columns = [c.name for c in stream.columns if c.has_infinite_intervals]
    if not columns or sqlstate_of(error) != _INVALID_DATETIME_FORMAT:
        return error
    message = f"{error.message}: an infinite interval in {' or '.join(columns)}?"
    hint = (
        f"Before PostgreSQL {_INFINITE_INTERVALS} intervals are finite: mask or leave "
        "out the column in elt.yaml, or upgrade the destination."
    )
    explained = ConfigError(message, hint=hint)
    explained.__cause__ = error.__cause__
    return explained
