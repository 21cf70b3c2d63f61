"""The batches between two runs: they share a row of the state, and leave nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from elt import logs
from elt.errors import EltError, InterruptedRun
from elt.postgres import connect
from elt.replication.follow.backlog import UnusualError
from elt.replication.plan.destination import drop_shadows
from elt.replication.sessions.session import Session
from elt.replication.state import follow_state
from elt.replication.state.lock import describe_program

log = logs.logger(__name__)


@dataclass(kw_only=True, slots=True)
class Stretch:
    """What all batches between two runs are recorded under."""

    #: None until the first is published.
    run_id: int | None = None


@contextmanager
def recorded_stretch(session: Session) -> Iterator[Stretch]:
    """Record the end of a stretch, however the block ends, and what ended it."""
    stretch = Stretch()
    try:
        yield stretch
    except BaseException as error:
        _record_end(session, stretch, _describe(error))
        raise
    _record_end(session, stretch, None)


def _describe(error: BaseException) -> str | None:
    """Return what ended a stretch; a signal was asked for."""
    if isinstance(error, InterruptedRun):
        return None
    if isinstance(error, EltError | UnusualError):
        return str(error)
    return type(error).__name__


def _record_end(session: Session, stretch: Stretch, error: str | None) -> None:
    """Record the end, and drop the shadows, on a connection that is not broken."""
    name = session.source.name
    try:
        connection = connect(
            session.config.destination.connection,
            application_name=describe_program("record", name),
            is_interruptible=False,
        )
        with closing(connection):
            follow_state.end_following(connection, stretch.run_id, error)
            drop_shadows(connection, name)
    except EltError as second:
        # The next run finds it, and does the same.
        log.debug("failed to record the end", source=name, error=second.message)
