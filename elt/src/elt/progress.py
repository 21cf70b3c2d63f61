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
#: Shorter steps are not shown: what is gone before it can be read is unrest.
_SECONDS_UNTIL_SHOWN = 0.5

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


def _log_step(step: str) -> None:
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
        _log_step(f"copying {stream.name}")
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
        _log_step(step)
        yield _log_step


class BarProgress:
    """Bars drawn by rich: one per stream that is copied, one for all comparisons.

    Below them is a line for each step.
    """

    def __init__(self) -> None:
        from rich.console import Console, Group  # noqa: PLC0415  an extra, and slow
        from rich.live import Live  # noqa: PLC0415
        from rich.progress import (  # noqa: PLC0415
            BarColumn,
            DownloadColumn,
            SpinnerColumn,
            TextColumn,
            TimeElapsedColumn,
        )
        from rich.progress import Progress as Bars  # noqa: PLC0415

        self._bars = Bars(
            # It moves even while the server works on one big table.
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("about"),
            DownloadColumn(),
            TimeElapsedColumn(),
        )
        self._steps = Bars(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            TimeElapsedColumn(),
        )
        self._live = Live(
            Group(self._bars, self._steps),
            console=Console(file=sys.stderr),
            transient=True,
            refresh_per_second=10,
        )
        self._lock = threading.RLock()
        self._active = 0
        #: Steps that began a moment ago.
        self._unshown: set[TaskID] = set()

    @contextmanager
    def copying(
        self, stream: Copying, sent: Sent | None = None
    ) -> Iterator[Callable[[int], None]]:
        """Draw a bar while the block runs, one for all parts of a stream."""
        _log_step(f"copying {stream.name}")
        so_far = Sent() if sent is None else sent
        task = self._show(stream, so_far)

        def on_bytes(count: int) -> None:
            with self._lock:
                so_far.bytes += count
            self._bars.update(task, completed=so_far.bytes)

        self._enter()
        try:
            yield on_bytes
        finally:
            self._hide(so_far)
            self._leave()

    def _show(self, stream: Copying, so_far: Sent) -> TaskID:
        with self._lock:
            so_far.parts += 1
            if so_far.bar is None:
                so_far.bar = self._bars.add_task(
                    stream.name,
                    total=max(stream.estimated_bytes, 1),
                    completed=so_far.bytes,
                )
            return so_far.bar

    def _hide(self, so_far: Sent) -> None:
        with self._lock:
            so_far.parts -= 1
            if not so_far.parts and so_far.bar is not None:
                self._bars.remove_task(so_far.bar)
                so_far.bar = None

    @contextmanager
    def comparing(
        self, streams: Sequence[Copying]
    ) -> Iterator[Callable[[Copying], None]]:
        """Draw a bar that moves by a whole stream at a time."""
        total = sum(stream.estimated_bytes for stream in streams)
        first = streams[0].name if streams else ""
        task = self._bars.add_task(first, total=max(total, 1))
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

    @contextmanager
    def doing(self, step: str, seconds_ago: float = 0.0) -> Iterator[Tell]:
        """Draw a line with the step and the time since it began, unless it is short."""

        def tell(following: str) -> None:
            _log_step(following)
            self._steps.reset(line, description=following)

        _log_step(step)
        line = self._steps.add_task(step, visible=False)
        [begun] = [task for task in self._steps.tasks if task.id == line]
        begun.start_time = self._steps.get_time() - seconds_ago
        with self._lock:
            self._unshown.add(line)
        timer = threading.Timer(_SECONDS_UNTIL_SHOWN, self._show_step, [line])
        timer.daemon = True
        timer.start()
        try:
            yield tell
        finally:
            timer.cancel()
            self._hide_step(line)

    def _show_step(self, line: TaskID) -> None:
        with self._lock:
            if line in self._unshown:
                self._unshown.remove(line)
                self._steps.update(line, visible=True)
                self._enter()

    def _hide_step(self, line: TaskID) -> None:
        with self._lock:
            self._steps.remove_task(line)
            if line in self._unshown:
                self._unshown.remove(line)
            else:
                self._leave()

    def _enter(self) -> None:
        with self._lock:
            self._active += 1
            if self._active == 1:
                self._live.start(refresh=True)

    def _leave(self) -> None:
        with self._lock:
            self._active -= 1
            if self._active == 0:
                self._live.stop()


def choose_progress() -> Progress:
    """Return bars where a person watches and rich is installed, log lines elsewhere."""
    if not sys.stderr.isatty():
        return LineProgress()
    try:
        return BarProgress()
    except ImportError:
        return LineProgress()
