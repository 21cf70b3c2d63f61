"""Progress of long copies: bars on a terminal, a log line every ten seconds elsewhere.

Totals come from the size of the source's tables, so they say "about".
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from elt import logs

log = logs.logger(__name__)

_SECONDS_BETWEEN_LINES = 10.0


class Copying(Protocol):
    """What progress needs to know of a stream."""

    @property
    def name(self) -> str:
        """Name for a person."""

    @property
    def estimated_bytes(self) -> int:
        """Size of the table at the source."""


class Progress(Protocol):
    """Follows the copies of a run."""

    def copying(self, stream: Copying) -> AbstractContextManager[Callable[[int], None]]:
        """Follow one copy; the block calls what it gets with the bytes sent."""


class LineProgress:
    """A log line every ten seconds and stream."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock

    @contextmanager
    def copying(self, stream: Copying) -> Iterator[Callable[[int], None]]:
        """Log at intervals; copies that are over sooner log nothing."""
        total, next_line = 0, self._clock() + _SECONDS_BETWEEN_LINES

        def on_bytes(count: int) -> None:
            nonlocal total, next_line
            total += count
            if self._clock() >= next_line:
                next_line = self._clock() + _SECONDS_BETWEEN_LINES
                log.info(
                    "copying stream",
                    stream=stream.name,
                    bytes=total,
                    of_about=stream.estimated_bytes,
                )

        yield on_bytes


class BarProgress:
    """A bar per stream that is being copied, drawn by rich."""

    def __init__(self) -> None:
        from rich.console import Console  # noqa: PLC0415  an extra, and slow to import
        from rich.progress import BarColumn, DownloadColumn, TextColumn  # noqa: PLC0415
        from rich.progress import Progress as Bars  # noqa: PLC0415

        self._bars = Bars(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TextColumn("about"),
            console=Console(file=sys.stderr),
            transient=True,
        )
        self._lock = threading.Lock()
        self._active = 0

    @contextmanager
    def copying(self, stream: Copying) -> Iterator[Callable[[int], None]]:
        """Draw a bar while the block runs."""
        task = self._bars.add_task(stream.name, total=max(stream.estimated_bytes, 1))
        self._enter()
        try:
            yield lambda count: self._bars.advance(task, count)
        finally:
            self._bars.remove_task(task)
            self._leave()

    def _enter(self) -> None:
        with self._lock:
            self._active += 1
            if self._active == 1:
                self._bars.start()

    def _leave(self) -> None:
        with self._lock:
            self._active -= 1
            if self._active == 0:
                self._bars.stop()


def choose_progress() -> Progress:
    """Return bars where a person watches and rich is installed, log lines elsewhere."""
    if not sys.stderr.isatty():
        return LineProgress()
    try:
        return BarProgress()
    except ImportError:
        return LineProgress()
