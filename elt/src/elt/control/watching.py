"""Watches: not to learn what changed, but that something did.

Each pass of the controller lists the world anew, so a watch is a bell. It may ring too
often; what it misses, the next list shows.
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from elt import logs
from elt.control.complaints import Complaints
from elt.control.failures import GoneError, UnreachableError
from elt.control.fields import Manifest, mapping, number, text
from elt.control.keys import Resource
from elt.errors import ConfigError, EltError

log = logs.logger(__name__)

_FIRST_DELAY_SECONDS = 0.5
_LONGEST_DELAY_SECONDS = 30.0
#: A server that ends watches sooner would be asked again and again without a pause.
_SHORT_SECONDS = 5.0
_GONE = 410


class Watched(Protocol):
    """Opens watches."""

    def watch(self, resource: Resource, version: str | None) -> Iterator[Manifest]:
        """Yield what happens to a resource after a version, or from what is there."""


def read_events(chunks: Iterable[bytes]) -> Iterator[Manifest]:
    """Yield the events of a stream, one a line; a line that was cut off is dropped."""
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            if line.strip():
                yield _read_event(line)


def _read_event(line: bytes) -> Manifest:
    try:
        event = json.loads(line)
    except ValueError as error:
        raise UnreachableError("A watch sent a line that is no JSON") from error
    if not isinstance(event, dict):
        raise UnreachableError("A watch sent a line that is no event")
    if event.get("type") != "ERROR":
        return event
    status = mapping(event, "object")
    if number(status, "code") == _GONE:
        raise GoneError("A watch began too long ago")
    raise UnreachableError(f"A watch failed: {text(status, 'message')}")


class Backoff:
    """Pauses that double from half a second to thirty, and vary."""

    def __init__(self) -> None:
        self._delay = _FIRST_DELAY_SECONDS

    def reset(self) -> None:
        """Start with the shortest pause again."""
        self._delay = _FIRST_DELAY_SECONDS

    def next_seconds(self) -> float:
        """Return how long to wait, and wait longer the next time."""
        seconds = self._delay * random.uniform(0.5, 1.0)  # noqa: S311  no secret
        self._delay = min(self._delay * 2, _LONGEST_DELAY_SECONDS)
        return seconds


class Bell:
    """Rings whenever something happens to a resource, from a thread of its own."""

    def __init__(
        self,
        watched: Watched,
        resource: Resource,
        *,
        ring: Callable[[], None],
        stop: threading.Event,
    ) -> None:
        self._watched = watched
        self._resource = resource
        self._ring = ring
        self._stop = stop
        self._version: str | None = None
        self._backoff = Backoff()
        self._complaints = Complaints()

    def start(self) -> None:
        """Listen until the process ends: a watch that waits cannot be woken."""
        threading.Thread(target=self.listen, name="elt-bell", daemon=True).start()

    def listen(self) -> None:
        """Watch, and watch again when a watch ended, as all of them do."""
        while not self._stop.is_set():
            began = time.monotonic()
            try:
                self._follow()
            except GoneError:
                self._version = None
                self._ring()
            except EltError as error:
                self._complain(error)
                self._stop.wait(self._backoff.next_seconds())
                continue
            if time.monotonic() - began < _SHORT_SECONDS:
                self._stop.wait(self._backoff.next_seconds())
            else:
                self._backoff.reset()

    def _complain(self, error: EltError) -> None:
        """Log what a person must change; the rest passes, and lists say it as well."""
        if not isinstance(error, ConfigError):
            log.debug("lost a watch", error=error.message)
        elif self._complaints.is_new(error):
            log.warning("cannot watch", error=error.message, hint=error.hint)

    def _follow(self) -> None:
        for event in self._watched.watch(self._resource, self._version):
            version = text(event, "object", "metadata", "resourceVersion")
            self._version = version or self._version
            self._complaints.settle()
            if event.get("type") != "BOOKMARK":
                self._ring()
            if self._stop.is_set():
                return
