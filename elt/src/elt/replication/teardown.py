"""`elt teardown`: leave nothing at a source that elt has made there.

Needs no destination: it may be gone already. One that answers knows more than elt.yaml:
by which names the source was read before.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

from elt import logs
from elt.config import Config, SourceConfig
from elt.errors import ConfigError, EltError, TemporaryError
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
_NOT_ALLOWED = "42501"


def tear_down(config: Config, source: SourceConfig) -> list[str]:
    """Drop slot and publication of a source, by all names; return what was there.

    A publication that elt.yaml names is not ours, and stays; so is that of a standby.
    """
    name = describe_program("teardown", source.name)
    with closing(connect(source.connection, application_name=name)) as connection:
        known = _ask_state(config, source, connection)
        slots = sorted({source.slot_name} | ({known.slot} if known else set()))
        dropped = [f"replication slot {s}" for s in slots if _drop_slot(connection, s)]
        if is_standby(connection):
            # It was made at the primary, by somebody else.
            log.info(
                "left publication",
                source=source.name,
                publication=source.publication_name,
            )
        else:
            ours = list_ours(source, known)
            dropped += [
                f"publication {p}" for p in ours if _drop_publication(connection, p)
            ]
    try:
        _forget(config, source)
    except EltError as error:
        log.warning("failed to forget slot", source=source.name, error=error.message)
    return dropped


def _drop_slot(connection: Connection, name: str) -> bool:
    try:
        return drop_slot(connection, name)
    except TemporaryError as error:
        if sqlstate_of(error) != _IN_USE:
            raise
        hint = "End elt replicate --follow first, or wait for the end of a run."
        raise TemporaryError(error.message, hint=hint) from error


def _drop_publication(connection: Connection, name: str) -> bool:
    try:
        return drop_publication(connection, name)
    except ConfigError as error:
        if sqlstate_of(error) != _NOT_ALLOWED:
            raise
        drop = compose("DROP PUBLICATION {name};", name=Identifier(name))
        hint = f"Let its owner drop it: {drop.as_string(connection)}"
        raise ConfigError(error.message, hint=hint) from error


def _ask_state(
    config: Config, source: SourceConfig, reader: Connection
) -> KnownSlot | None:
    """Return what the state knows of the slot, None where it cannot be asked.

    Tells of slots that it knows under names that are no longer in elt.yaml.
    """
    try:
        with _state_of(config, source) as writer:
            if writer is None:
                return None
            warn_of_strays(reader, writer, config, source)
            return find_known_slot(writer, source.name)
    except EltError:
        # The slot goes all the same; what follows says why the state still has it.
        return None


def _forget(config: Config, source: SourceConfig) -> None:
    """Let the state know; a run that follows begins anew."""
    with _state_of(config, source) as connection:
        if connection is None or find_known_slot(connection, source.name) is None:
            return
        with locked(connection, source.name):
            forget_slot(connection, source.name)


@contextmanager
def _state_of(config: Config, source: SourceConfig) -> Iterator[Connection | None]:
    """Connect to the destination; None where it has no state."""
    name = describe_program("teardown", source.name)
    settings = config.destination.connection
    with closing(connect(settings, application_name=name)) as connection:
        if has_state(connection):
            migrate(connection)
            yield connection
        else:
            yield None
