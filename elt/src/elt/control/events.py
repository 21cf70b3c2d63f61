"""Events: sentences on the object that a person looks at, each told once.

An Event's name depends on what it tells about what, so that the API server refuses to
store it twice, also for a controller that was restarted. It begins with the time, as
other names of Events do: kubectl describe prints them in the order of their names.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from elt import logs
from elt.control.complaints import Complaints
from elt.control.failures import ConflictError, UnreachableError
from elt.control.keys import CONTROLLER
from elt.control.moments import format_micro_time
from elt.control.observed import CronJob, Job
from elt.errors import EltError

log = logs.logger(__name__)

#: The API server forgets Events after an hour. What is older was told and forgotten;
#: what still holds then is told again.
_OLDEST = timedelta(minutes=50)
_FORGOTTEN = timedelta(minutes=60)
#: Each reason has its part of a second in the names of Events.
_RANK_NANOSECONDS = 10**7
#: The API server refuses longer notes.
_LONGEST_NOTE = 1024


class Reason(StrEnum):
    """What an Event is about, in the order of a story told within one second."""

    SEEDED = "Seeded"
    INIT_FAILED = "InitFailed"
    WAITING_FOR_REPLICATION = "WaitingForReplication"
    TEMPLATE_MISSING = "TemplateMissing"
    REFUSED = "Refused"
    STAMPED = "Stamped"
    POD_CANNOT_START = "PodCannotStart"
    REPLICATED = "Replicated"
    REPLICATION_FAILED = "ReplicationFailed"
    WILL_RETRY = "WillRetry"
    WILL_NOT_RETRY = "WillNotRetry"
    RELEASED = "Released"
    DBT_SUCCEEDED = "DbtSucceeded"
    DBT_FAILED = "DbtFailed"
    GAVE_UP = "GaveUp"


#: Events of type Warning; the others are Normal.
WARNINGS = {
    Reason.REPLICATION_FAILED,
    Reason.WILL_NOT_RETRY,
    Reason.DBT_FAILED,
    Reason.GAVE_UP,
    Reason.INIT_FAILED,
    Reason.POD_CANNOT_START,
    Reason.TEMPLATE_MISSING,
    Reason.REFUSED,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """What is to be told about a Job or CronJob.

    Two notes about the same thing of the same time, for the same reason and with the
    same detail, are one; their wording does not matter.
    """

    about: Job | CronJob
    reason: Reason
    sentence: str
    at: datetime
    detail: str = ""
    #: It holds now, however long ago it began.
    is_lasting: bool = False

    @property
    def event_name(self) -> str:
        """The name under which this note, and no other, is stored."""
        parts = f"{self.about.uid}\n{self.reason}\n{self.detail}"
        digest = int(hashlib.sha256(parts.encode()).hexdigest(), 16)
        rank = list(Reason).index(self.reason)
        within_second = rank * _RANK_NANOSECONDS + digest % _RANK_NANOSECONDS
        nanoseconds = int(self.at.timestamp()) * 10**9 + within_second
        return f"{self.about.name}.{nanoseconds:x}"


def event_manifest(
    note: Note, *, namespace: str, reporter: str, now: datetime
) -> dict[str, object]:
    """Return the Event that tells a note."""
    sentence = note.sentence.encode()[:_LONGEST_NOTE].decode(errors="ignore")
    return {
        "apiVersion": "events.k8s.io/v1",
        "kind": "Event",
        "metadata": {"name": note.event_name, "namespace": namespace},
        "eventTime": format_micro_time(now),
        "reportingController": CONTROLLER,
        "reportingInstance": reporter[:128],
        "action": "Order",
        "reason": note.reason.value,
        "type": "Warning" if note.reason in WARNINGS else "Normal",
        "regarding": {
            "apiVersion": "batch/v1",
            "kind": "Job" if isinstance(note.about, Job) else "CronJob",
            "namespace": namespace,
            "name": note.about.name,
            "uid": note.about.uid,
        },
        "note": sentence,
    }


class EventSink(Protocol):
    """Where Events are posted."""

    @property
    def namespace(self) -> str:
        """The namespace of the objects that Events are about."""

    def create_event(self, manifest: dict[str, object]) -> None:
        """Store an Event; ConflictError when there is one of its name."""


class Storyteller:
    """Posts notes as Events, each once; what goes wrong with it is only logged."""

    def __init__(self, sink: EventSink, *, reporter: str) -> None:
        self._sink = sink
        self._reporter = reporter
        self._told: dict[str, datetime] = {}
        self._complaints = Complaints()
        self._time = datetime.fromtimestamp(0, UTC)

    def tell(self, notes: Iterable[Note], now: datetime) -> None:
        """Post what was not told before."""
        self._told = {n: at for n, at in self._told.items() if now - at < _FORGOTTEN}
        for note in notes:
            is_news = note.is_lasting or now - note.at <= _OLDEST
            if not is_news or note.event_name in self._told:
                continue
            try:
                self._post(note, now)
            except UnreachableError:
                # Each further one would wait as long, and hold up the order.
                break

    def _post(self, note: Note, now: datetime) -> None:
        # In the order in which they are told, within a second of the API server.
        self._time = max(now, self._time + timedelta(microseconds=1))
        manifest = event_manifest(
            note,
            namespace=self._sink.namespace,
            reporter=self._reporter,
            now=self._time,
        )
        try:
            self._sink.create_event(manifest)
        except ConflictError:
            self._told[note.event_name] = now
        except EltError as error:
            if self._complaints.is_new(error):
                log.warning(
                    "failed to post event",
                    reason=note.reason.value,
                    error=error.message,
                    hint=error.hint,
                )
            if isinstance(error, UnreachableError):
                raise
        else:
            self._told[note.event_name] = now
            self._complaints.settle()
