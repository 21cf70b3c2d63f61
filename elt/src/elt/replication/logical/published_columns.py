"""Which columns of shaped streams the WAL may send: those that identify a row.

A publication sends whole rows, and its reader would have what is left out and masked.
elt needs nothing but keys, so that is all that is published of such a table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from elt.errors import ConfigError
from elt.replication.design.streams import Stream
from elt.replication.logical.identities import (
    GENERATED_COLUMNS,
    Identity,
    generated_in_identity,
    need_generated,
)
from elt.replication.logical.published_tables import Wanted

#: From here on a publication can leave out columns.
_COLUMN_LISTS = 15


def choose_published(
    streams: Sequence[Stream], identities: Mapping[int, Identity], version: int
) -> Wanted:
    """Return what a server of some version is to publish of streams.

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
        generated = generated_in_identity(stream, identity)
        if generated and version < GENERATED_COLUMNS:
            message = (
                f"The WAL of PostgreSQL {version} does not identify rows of "
                f"{stream.name} by {', '.join(generated)}, as that is generated"
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
    return Wanted(
        streams=streams,
        columns=chosen,
        needs_generated=need_generated(streams, identities),
        can_generate=version >= GENERATED_COLUMNS,
    )


def _hint(stream: Stream) -> str:
    return f"Set mode: incremental for {stream.name} in elt.yaml."
