"""`elt teardown`: leave nothing at a source that elt has made there.

Needs no destination: it may be gone already. One that answers knows more than elt.yaml:
by which names the source was read before.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

from elt import logs
from elt.config import Config, SourceConfig
from elt.errors import ConfigError, EltError, LockedError, TemporaryError
from elt.postgres import Connection, Identifier, compose, connect, sqlstate_of
from elt.replication.logical.published_tables import drop_publication, list_ours
from elt.replication.logical.slots import drop_slot
from elt.replication.logical.source_server import is_standby
from elt.replication.logical.strays import warn_of_strays
from elt.replication.state.lock import describe_program, locked
from elt.replication.state.slot_state import (
    KnownSlot,
    find_known_slot,
    forget_slot,
)
from elt.replication.state.state import has_state, migrate

log = logs.logger(__name__)

_IN_USE = "55006"
_END_FIRST = "End elt replicate --follow first, or wait for the end of a run."
_NOT_ALLOWED = "42501"


def tear_down(config: Config, source: SourceConfig) -> list[str]:
    """Drop slot and publication of a source, by all names; return what was there.

    A publication that elt.yaml names is not ours, and stays; so is that of a standby.
    Raises LockedError while the source is replicated: a slot that nobody reads at the
    moment may be one that the run is about to read.
    """
    name = describe_program("teardown", source.name)
    with (
        closing(connect(source.connection, application_name=name)) as reader,
        _locked_state(config, source) as writer,
    ):
        known = _ask_state(config, source, reader, writer)
        slots = sorted({source.slot_name} | ({known.slot} if known else set()))
        dropped = [f"replication slot {s}" for s in slots if _drop_slot(reader, s)]
        if is_standby(reader):
            # It was made at the primary, by somebody else.
            log.info(
                "left publication",
                source=source.name,
                publication=source.publication_name,
            )
        else:
            ours = list_ours(source, known)
            dropped += [
                f"publication {p}" for p in ours if _drop_publication(reader, p)
            ]
        if writer is not None and known is not None:
            with _telling(source):
                forget_slot(writer, source.name)
    return dropped


def _drop_slot(connection: Connection, name: str) -> bool:
    try:
        return drop_slot(connection, name)
    except TemporaryError as error:
        if sqlstate_of(error) != _IN_USE:
            raise
        raise TemporaryError(error.message, hint=_END_FIRST) from error


def _drop_publication(connection: Connection, name: str) -> bool:
    try:
        return drop_publication(connection, name)
    except ConfigError as error:
        if sqlstate_of(error) != _NOT_ALLOWED:
            raise
        drop = compose("DROP PUBLICATION {name};", name=Identifier(name))
        hint = f"Let its owner drop it: {drop.as_string(connection)}"
        raise ConfigError(error.message, hint=hint) from error


@contextmanager
def _locked_state(config: Config, source: SourceConfig) -> Iterator[Connection | None]:
    """Connect to the destination, and lock the source; None where it has no state."""
    name = describe_program("teardown", source.name)
    with ExitStack() as stack:
        writer = None
        with _telling(source):
            settings = config.destination.connection
            connection = connect(settings, application_name=name)
            stack.enter_context(closing(connection))
            if has_state(connection):
                migrate(connection)
                stack.enter_context(locked(connection, source.name))
                writer = connection
        yield writer


@contextmanager
def _telling(source: SourceConfig) -> Iterator[None]:
    """Log an error of the destination: what is at the source goes all the same."""
    try:
        yield
    except LockedError as error:
        raise LockedError(error.message, hint=_END_FIRST) from error
    except EltError as error:
        log.warning("failed to forget slot", source=source.name, error=error.message)


def _ask_state(
    config: Config,
    source: SourceConfig,
    reader: Connection,
    writer: Connection | None,
) -> KnownSlot | None:
    """Return what the state knows of the slot, None where it cannot be asked.

    Tells of slots that it knows under names that are no longer in elt.yaml.
    """
    known = None
    if writer is not None:
        with _telling(source):
            warn_of_strays(reader, writer, config, source)
            known = find_known_slot(writer, source.name)
    return known
