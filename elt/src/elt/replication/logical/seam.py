"""What runs with logical streams do besides, imported only where there are some.

Every run would wait for the import of what is behind these functions (decision 24).
"""

# ruff: noqa: PLC0415  this is what the module is for

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from elt.config import SourceConfig
from elt.postgres import Connection
from elt.replication.plan.replicas import Replicas
from elt.replication.sessions.session import RunOptions, Session
from elt.replication.sessions.snapshot import Snapshot
from elt.replication.state.lock import is_followed
from elt.replication.state.slot_state import find_known_slot

if TYPE_CHECKING:
    from elt.replication.logical.asking import EndedRun
    from elt.replication.logical.following import Following
    from elt.replication.logical.wal import Wal


def ask_follower(
    source: SourceConfig, options: RunOptions, reader: Connection, writer: Connection
) -> EndedRun | None:
    """Wait for a run by whoever follows a source; None when nobody does."""
    if not is_followed(writer, source.name):
        return None
    from elt.replication.logical.asking import run_by_follower

    return run_by_follower(source, options, reader, writer)


def prepare_source(session: Session) -> Following | None:
    """Bring slot and publication up to date; None for a source that needs neither."""
    source = session.source
    if not source.may_be_logical and not find_known_slot(session.writer, source.name):
        return None
    from elt.replication.logical import following

    return following.prepare_source(session)


def read_wal(
    session: Session,
    following: Following | None,
    replicas: Replicas,
    snapshot: Snapshot,
) -> Wal | None:
    """Read which rows of logical streams were touched; None where there are none."""
    if following is None:
        return None
    from elt.replication.logical import run as logical_run

    return logical_run.read_wal(session, following, replicas, snapshot)


def release_wal(
    session: Session, following: Following | None, read: Wal | None, replicas: Replicas
) -> None:
    """Let the source forget what was read."""
    if following is None or read is None:
        return
    from elt.replication.logical import run as logical_run

    logical_run.release_wal(session, following, read, replicas)


def guard_source(source: SourceConfig) -> None:
    """Drop a slot that is above its budget, after a run that got nowhere."""
    if not source.may_be_logical:
        return
    from elt.replication.logical import slot_guard

    slot_guard.guard_source(source)


@contextmanager
def guarding(sources: Iterable[SourceConfig]) -> Iterator[None]:
    """Keep slots within their budgets while runs, one after the other, may wait."""
    logical = [source for source in sources if source.may_be_logical]
    with ExitStack() as stack:
        for source in logical:
            from elt.replication.logical import slot_guard

            stack.enter_context(slot_guard.guarding(source))
        yield
