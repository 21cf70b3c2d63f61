"""Progress of what takes long: bars on a terminal, a line every ten seconds elsewhere.

Totals come from the size of the source's tables, so they say "about".
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
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
    """Follows the copies of a run, or the comparisons of `elt verify`."""

    def copying(self, stream: Copying) -> AbstractContextManager[Callable[[int], None]]:
        """Follow one copy; the block calls what it gets with the bytes sent."""

    def comparing(
        self, streams: Sequence[Copying]
    ) -> AbstractContextManager[Callable[[Copying], None]]:
        """Follow comparisons; the block calls what it gets with each, as it begins."""


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


class BarProgress:
    """Bars drawn by rich: one per stream that is copied, one for all comparisons."""

    def __init__(self) -> None:
        from rich.console import Console  # noqa: PLC0415  an extra, and slow to import
        from rich.progress import (  # noqa: PLC0415
            BarColumn,
            DownloadColumn,
            TextColumn,
            TimeElapsedColumn,
        )
        from rich.progress import Progress as Bars  # noqa: PLC0415

        self._bars = Bars(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TextColumn("about"),
            TimeElapsedColumn(),
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

    @contextmanager
    def comparing(
        self, streams: Sequence[Copying]
    ) -> Iterator[Callable[[Copying], None]]:
        """Draw a bar that moves by a whole stream at a time."""
        total = sum(stream.estimated_bytes for stream in streams)
        task = self._bars.add_task("", total=max(total, 1))
        done = 0

        def on_begin(stream: Copying) -> None:
            nonlocal done
            self._bars.update(task, description=stream.name, completed=done)
            done += stream.estimated_bytes

        self._enter()
        try:
            yield on_begin
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
