"""`elt teardown`: leave nothing at a source that elt has made there.

Needs no destination: it may be gone already.
"""

from __future__ import annotations

from contextlib import closing

from elt import logs
from elt.config import Config, SourceConfig
from elt.errors import EltError
from elt.postgres import connect
from elt.replication.logical.published_tables import drop_publication
from elt.replication.logical.slots import drop_slot
from elt.replication.logical.source_server import is_standby
from elt.replication.state.lock import describe_program, locked
from elt.replication.state.slot_state import find_known_slot, forget_slot
from elt.replication.state.state import has_state, migrate

log = logs.logger(__name__)


def tear_down(config: Config, source: SourceConfig) -> list[str]:
    """Drop the slot and the publication of a source; return what was there.

    A publication that elt.yaml names is not ours, and stays; so is that of a standby.
    """
    name = describe_program("teardown", source.name)
    dropped = []
    with closing(connect(source.connection, application_name=name)) as connection:
        if drop_slot(connection, source.slot_name):
            dropped.append(f"replication slot {source.slot_name}")
        if is_standby(connection):
            # It was made at the primary, by somebody else.
            log.info(
                "left publication",
                source=source.name,
                publication=source.publication_name,
            )
        elif source.publication is None and drop_publication(
            connection, source.publication_name
        ):
            dropped.append(f"publication {source.publication_name}")
    try:
        _forget(config, source)
    except EltError as error:
        log.warning("failed to forget slot", source=source.name, error=error.message)
    return dropped


def _forget(config: Config, source: SourceConfig) -> None:
    """Let the state know; a run that follows begins anew."""
    name = describe_program("teardown", source.name)
    settings = config.destination.connection
    with (
        closing(connect(settings, application_name=name)) as connection,
        locked(connection, source.name),
    ):
        if has_state(connection):
            migrate(connection)
            if find_known_slot(connection, source.name) is not None:
                forget_slot(connection, source.name)
