"""Tell how streams are shaped otherwise than their replicas were published.

What a mask hid arrives as it is when the mask is gone. Nothing here talks to a
database.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from elt.config import Config
from elt.errors import ConfigError
from elt.replication.design.options import DELETED_AT
from elt.replication.design.streams import Stream
from elt.replication.state.state import KnownStream

_ALL = "all of it"


def refuse_forgotten_file(
    config: Config, streams: Iterable[Stream], known: Mapping[str, KnownStream]
) -> None:
    """Raise ConfigError where no elt.yaml is read, and one shaped what is published.

    A variable that is not set is no decision to publish what was masked, nor to drop
    rows that were kept when the source deleted them.
    """
    if config.has_file:
        return
    forgotten = [
        stream.name
        for stream in streams
        if stream.name in known and _needs_file(known[stream.name])
    ]
    if forgotten:
        message = (
            f"No elt.yaml is read, and that of an earlier run masked or left out "
            f"columns or rows of {', '.join(forgotten)}, or kept rows that are deleted"
        )
        hint = (
            "Set ELT_CONFIG to it. To replicate all as it is from now on, name a file "
            "that says so: sources: [{}]"
        )
        raise ConfigError(message, hint=hint)


def _needs_file(known: KnownStream) -> bool:
    is_shaped = bool(known.definition.shape) or kept_deleted(known)
    return known.state != "gone" and is_shaped


def kept_deleted(known: KnownStream) -> bool:
    """Tell whether a replica may have rows that the source has deleted."""
    definition = known.definition
    return definition.ignores_deletes or any(
        column.name == DELETED_AT for column in definition.columns
    )


def list_reshaped(
    streams: Iterable[Stream], known: Mapping[str, KnownStream]
) -> dict[str, str]:
    """Return by stream in which way it is shaped otherwise than it was published."""
    return {
        stream.name: _describe(stream, known[stream.name])
        for stream in streams
        if stream.name in known
        and known[stream.name].definition.shape != stream.shaping.fingerprint
    }


def _describe(stream: Stream, known: KnownStream) -> str:
    before, now = known.shape or _ALL, str(stream.shaping.shape) or _ALL
    if before == now:
        return "the key of its hashes is another one"
    return f"before: {before}; now: {now}"
