"""Bars on a terminal; imported only there, as rich is an extra, and slow."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console, Group
from rich.live import Live
from rich.progress import (
    BarColumn,
    DownloadColumn,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.progress import Progress as Bars

from elt.progress import Copying, Sent, Tell, log_step

#: Shorter steps are not shown: what is gone before it can be read is unrest.
_SECONDS_UNTIL_SHOWN = 0.5


class BarProgress:
    """Bars drawn by rich: one per stream that is copied, one for all comparisons.

    Below them is a line for each step.
    """

    def __init__(self) -> None:
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
        log_step(f"copying {stream.name}")
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
            log_step(following)
            self._steps.reset(line, description=following)

        log_step(step)
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
