"""Tells who keeps a run waiting: somebody else's lock, on either side.

Rows are written, and tables altered, when nobody has a lock that conflicts; and no
table is read while somebody alters it. That may take as long as they like, and nothing
else would say why a run stands still.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from elt import logs
from elt.config import DatabaseSettings
from elt.errors import EltError
from elt.postgres import Connection, connect, fetch
from elt.progress import Progress
from elt.queries import load_queries
from elt.replication.changes.lock_holders import describe_holder
from elt.replication.sessions.lookout import Lookout, looking
from elt.replication.sessions.session import Session
from elt.replication.state.lock import describe_program

log = logs.logger(__name__)
queries = load_queries("elt.replication", "sql/lock_waits.sql")

#: A run that is over sooner has no session for this; alterations give up after that.
INTERVAL_SECONDS = 5.0
#: What is shown of a wait must not be there for long when it is over.
_SECONDS_WHILE_WAITING = 0.5
#: Shorter waits are told on a terminal only.
LONGEST_SILENCE_SECONDS = 5.0
#: How long after a line the next one says that somebody waits still.
_SECONDS_BETWEEN_LINES = 60.0
#: What a run calls its sessions.
_COMMANDS = ("replicate", "worker", "record")


@dataclass(frozen=True, kw_only=True, slots=True)
class Wait:
    """A statement of ours that waits for a lock, and who holds that."""

    #: A table, a row of one, or a kind of lock.
    locked: str
    seconds: float
    holder_pid: int
    #: None where that is not told, as for other roles.
    holder_name: str | None
    holder_role: str | None

    @property
    def holder(self) -> str:
        """Describe who holds the lock."""
        return describe_holder(self.holder_pid, self.holder_name, self.holder_role)


@contextmanager
def telling_waits(session: Session) -> Iterator[None]:
    """Tell beside a block for which locks it waits: on a terminal, and in the log."""
    with ExitStack() as stack:
        for role, settings in (
            ("source", session.source.connection),
            ("destination", session.config.destination.connection),
        ):
            source, progress = session.source.name, session.progress
            teller = WaitTeller(source=source, progress=progress, role=role)
            stack.callback(teller.end)
            stack.enter_context(looking(_lookout(teller, settings)))
        yield


def _lookout(teller: WaitTeller, settings: DatabaseSettings) -> Lookout:
    program = describe_program("locks", teller.source)
    # To make a slot waits for transactions, which is told by whoever makes it.
    only_tables = teller.role == "source"

    def look(connection: Connection) -> float:
        wait = find_wait(connection, teller.source, only_tables=only_tables)
        return teller.tell(wait)

    return Lookout(
        name=f"elt-locks-{teller.role}",
        interval_seconds=INTERVAL_SECONDS,
        open=lambda: connect(settings, application_name=program),
        look=look,
        complain=teller.complain,
    )


def find_wait(
    connection: Connection, source: str, *, only_tables: bool = False
) -> Wait | None:
    """Return the longest wait of this program for a lock; None where it waits not."""
    programs = [describe_program(command, source) for command in _COMMANDS]
    parameters = {"programs": programs, "only_tables": only_tables}
    found = fetch(connection, Wait, queries["find_wait"], parameters)
    return found[0] if found else None


@dataclass(kw_only=True)
class WaitTeller:
    """Tells a wait as long as it lasts."""

    source: str
    progress: Progress
    #: Of the database: source or destination.
    role: str
    _told: Wait | None = None
    #: How long it had lasted at the last line.
    _logged_at: float | None = None
    _shown: ExitStack = field(default_factory=ExitStack)

    def tell(self, wait: Wait | None) -> float:
        """Show a wait, log a long one now and then; return when to look again."""
        if wait is None or not self._goes_on(wait):
            self.end()
            if wait is not None:
                place = "" if self.role == "destination" else " of the source"
                locked = f"{wait.locked}{place}"
                text = f"waiting for a lock on {locked}, held by {wait.holder}"
                self._shown.enter_context(self.progress.doing(text, wait.seconds))
        self._told = wait
        if wait is not None and self._is_due(wait):
            self._logged_at = wait.seconds
            log.warning(
                "waited for lock",
                source=self.source,
                at=self.role,
                locked=wait.locked,
                holder=wait.holder,
                seconds=wait.seconds,
            )
        return INTERVAL_SECONDS if wait is None else _SECONDS_WHILE_WAITING

    def end(self) -> None:
        """Show no wait any more."""
        self._shown.close()
        self._told = self._logged_at = None

    def complain(self, error: EltError) -> None:
        """Leave it: whatever is wrong with the destination, the run will say."""
        self.end()
        log.debug(
            "failed to look for locks",
            source=self.source,
            at=self.role,
            error=error.message,
        )

    def _goes_on(self, wait: Wait) -> bool:
        told = self._told
        return told is not None and (
            (told.locked, told.holder_pid) == (wait.locked, wait.holder_pid)
            and told.seconds <= wait.seconds
        )

    def _is_due(self, wait: Wait) -> bool:
        if self._logged_at is None:
            return wait.seconds >= LONGEST_SILENCE_SECONDS
        return wait.seconds - self._logged_at >= _SECONDS_BETWEEN_LINES
