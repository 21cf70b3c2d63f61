"""Which columns of shaped streams the WAL may send: those that identify a row.

A publication sends whole rows, and its reader would have what is left out and masked.
elt needs nothing but keys, so that is all that is published of such a table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from elt.errors import ConfigError
from elt.replication.design.streams import Stream
from elt.replication.logical.published_tables import Identity

#: From here on a publication can leave out columns.
_COLUMN_LISTS = 15


def choose_columns(
    streams: Iterable[Stream], identities: Mapping[int, Identity], version: int
) -> dict[int, tuple[str, ...]]:
    """Return the columns to publish of each shaped stream, by object id.

    An application could no longer update a table if one that identifies its rows was
    missing. Raises ConfigError where that is one that must not leave the source.
    """
    chosen = {}
    for stream in streams:
        identity = identities.get(stream.relation.oid)
        if not stream.shaping or identity is None:
            continue
        if version < _COLUMN_LISTS:
            message = (
                f"The WAL of PostgreSQL {version} sends whole rows, also what is left "
                f"out and masked of {stream.name}"
            )
            raise ConfigError(message, hint=_hint(stream))
        columns = tuple(sorted(identity.columns or ()))
        hidden = sorted(stream.shaping.shape.hidden.intersection(columns))
        if hidden:
            message = (
                f"The WAL identifies rows of {stream.name} by {', '.join(hidden)}, "
                "which must not leave the source as it is"
            )
            raise ConfigError(message, hint=_hint(stream))
        chosen[stream.relation.oid] = columns
    return chosen


def _hint(stream: Stream) -> str:
    return f"Set mode: incremental for {stream.name} in elt.yaml."
