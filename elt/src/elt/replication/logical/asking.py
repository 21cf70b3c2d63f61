"""A run that is asked for: who follows a source does it, while others wait for it.

The two meet in locks at the destination. A follower holds one that says so; who waits
for a run holds another. A lock goes with its session: who dies leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

from elt import logs
from elt.config import SourceConfig
from elt.errors import (
    ConfigError,
    DataError,
    EltError,
    LockedError,
    TemporaryError,
    UsageError,
)
from elt.interruption import pause
from elt.postgres import Connection, execute, fetch
from elt.queries import load_queries
from elt.replication.logical.slot_decision import report_slot
from elt.replication.logical.slots import find_slot
from elt.replication.sessions.session import RunOptions
from elt.replication.state.lock import find_holders, follower_lock, is_followed

log = logs.logger(__name__)
queries = load_queries("elt.replication", "sql/asking.sql")

_LOOK_SECONDS = 0.25
_KINDS = {
    kind.exit_code: kind
    for kind in (UsageError, DataError, TemporaryError, ConfigError)
}


@dataclass(frozen=True, kw_only=True, slots=True)
class EndedRun:
    """A run as the state has it, published or failed."""

    run_id: int
    stream_count: int | None
    rows_read: int | None
    rows_changed: int | None
    seconds: float
    exit_code: int | None
    error: str | None
    #: Streams that failed, while others may be published.
    failed: int


@contextmanager
def followed(writer: Connection, source: SourceConfig) -> Iterator[None]:
    """Say for a block that a source is followed, and that runs can be asked for.

    And by which elt.yaml: a run that is asked for goes by that of the follower.
    """
    with (
        _place(writer, _settings_lock(source)),
        _place(writer, follower_lock(source.name)),
    ):
        yield


def find_askers(writer: Connection, source: str) -> frozenset[int]:
    """Return the backends of those who wait for a run of a source."""
    return find_holders(writer, _asker_lock(source))


def run_by_follower(
    source: SourceConfig, options: RunOptions, reader: Connection, writer: Connection
) -> EndedRun | None:
    """Wait for a run by whoever follows a source; None when nobody does.

    The run begins after this was called, so that it shows whatever was there by then.
    Raises LockedError for options that a follower cannot take over, and where its
    elt.yaml says something else of the source; the error of the run, when it or one of
    its streams failed.
    """
    name = source.name
    if not is_followed(writer, name):
        return None
    if options.streams or options.full or options.allow_shrink:
        message = f"Source {name} is followed, and who follows takes no options"
        hint = "Leave out --stream, --full and --allow-shrink, or stop the follower."
        raise LockedError(message, hint=hint)
    if not find_holders(writer, _settings_lock(source)):
        message = f"Source {name} is followed by another elt.yaml than this one"
        hint = (
            "Start the follower anew with this elt.yaml, or use that of the follower."
        )
        raise LockedError(message, hint=hint)
    log.info("asked the follower for a run", source=name)
    ended = _wait(writer, name)
    if ended is None:
        return None
    slot = find_slot(reader, source.slot_name)
    if slot is not None:
        report_slot(source, slot)
    log.info(
        "finished run",
        run=ended.run_id,
        source=name,
        streams=ended.stream_count,
        failed=ended.failed,
        read=ended.rows_read,
        changed=ended.rows_changed,
        seconds=round(ended.seconds, 3),
    )
    if ended.exit_code:
        raise _error_of(ended, name)
    return ended


def _wait(writer: Connection, source: str) -> EndedRun | None:
    with _place(writer, _asker_lock(source)) as since:
        parameters = {"source": source, "since": since}
        while True:
            found = fetch(writer, EndedRun, queries["find_ended_run"], parameters)
            if found:
                return found[0]
            if not is_followed(writer, source):
                return None
            pause(_LOOK_SECONDS)


def _error_of(ended: EndedRun, source: str) -> EltError:
    more = f" (and {ended.failed - 1} more)" if ended.failed > 1 else ""
    message = (
        f"Run {ended.run_id} of source {source}, by its follower, failed: "
        f"{ended.error}{more}"
    )
    kind = _KINDS.get(ended.exit_code or 1, EltError)
    return kind(message, hint="The log of the follower has the remedy.")


def _asker_lock(source: str) -> str:
    return f"elt:ask:{source}"


def _settings_lock(source: SourceConfig) -> str:
    return f"{follower_lock(source.name)}:{source.digest}"


@contextmanager
def _place(writer: Connection, lock: str) -> Iterator[datetime]:
    [(since,)] = execute(writer, queries["take_place"], {"lock": lock})
    try:
        yield since
    finally:
        with suppress(EltError):
            execute(writer, queries["leave_place"], {"lock": lock})
