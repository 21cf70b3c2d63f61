"""Progress of what takes long: bars on a terminal, a line every ten seconds elsewhere.

Of steps that send nothing a terminal shows what they do, and for how long already; with
--verbose, the log has every step as it begins.
Totals come from the size of the source's tables, so they say "about".
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from elt import logs

if TYPE_CHECKING:
    from rich.progress import TaskID

log = logs.logger(__name__)

_SECONDS_BETWEEN_LINES = 10.0

#: Says what is done now, in place of what was before.
Tell = Callable[[str], None]


class Copying(Protocol):
    """What progress needs to know of a stream."""

    @property
    def name(self) -> str:
        """Name for a person."""

    @property
    def estimated_bytes(self) -> int:
        """Size of the table at the source."""


@dataclass(kw_only=True, slots=True)
class Sent:
    """What was sent of a stream by all its parts, however many are on their way."""

    bytes: int = 0
    parts: int = 0
    next_line: float | None = None
    bar: TaskID | None = None


class Progress(Protocol):
    """Follows the copies of a run, or the comparisons of `elt verify`."""

    def copying(
        self, stream: Copying, sent: Sent | None = None
    ) -> AbstractContextManager[Callable[[int], None]]:
        """Follow one copy; the block calls what it gets with the bytes sent.

        Copies of parts of one stream have `sent` in common, and are told as one.
        """

    def comparing(
        self, streams: Sequence[Copying]
    ) -> AbstractContextManager[Callable[[Copying], None]]:
        """Follow comparisons; the block calls what it gets with each, as it begins."""

    def doing(
        self, step: str, seconds_ago: float = 0.0
    ) -> AbstractContextManager[Tell]:
        """Show a step that sends nothing; the block calls what it gets with the next.

        It began some seconds ago.
        """


def tell_nobody(_: str) -> None:
    """Say nothing of a step, where nobody watches."""


def log_step(step: str) -> None:
    """Tell those who look for a fault where a run was: the next line has its end."""
    log.debug("began step", step=step)


class LineProgress:
    """A log line every ten seconds and stream."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()

    @contextmanager
    def copying(
        self, stream: Copying, sent: Sent | None = None
    ) -> Iterator[Callable[[int], None]]:
        """Log at intervals; copies that are over sooner log nothing."""
        log_step(f"copying {stream.name}")
        so_far = Sent() if sent is None else sent
        if so_far.next_line is None:
            so_far.next_line = self._clock() + _SECONDS_BETWEEN_LINES

        def on_bytes(count: int) -> None:
            with self._lock:
                so_far.bytes += count
                if self._clock() < (so_far.next_line or 0.0):
                    return
                so_far.next_line = self._clock() + _SECONDS_BETWEEN_LINES
            log.info(
                "copying stream",
                stream=stream.name,
                bytes=so_far.bytes,
                of_about=stream.estimated_bytes,
            )

        yield on_bytes

    @contextmanager
    def comparing(
        self, streams: Sequence[Copying]
    ) -> Iterator[Callable[[Copying], None]]:
        """Log at intervals which stream is next, and how many are done."""
        done, next_line = 0, self._clock() + _SECONDS_BETWEEN_LINES

        def on_begin(stream: Copying) -> None:
            nonlocal done, next_line
            if self._clock() >= next_line:
                next_line = self._clock() + _SECONDS_BETWEEN_LINES
                log.info(
                    "comparing streams", stream=stream.name, done=done, of=len(streams)
                )
            done += 1

        yield on_begin

    @contextmanager
    def doing(self, step: str, seconds_ago: float = 0.0) -> Iterator[Tell]:  # noqa: ARG002
        """Log only that it begins: what ends with a step is logged anyway."""
        log_step(step)
        yield log_step


def choose_progress() -> Progress:
    """Return bars where a person watches and rich is installed, log lines elsewhere."""
    if not sys.stderr.isatty():
        return LineProgress()
    try:
        from elt.progress.bars import BarProgress  # noqa: PLC0415  see there
    except ImportError:
        return LineProgress()
    return BarProgress()
