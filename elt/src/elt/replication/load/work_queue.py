"""A queue whose tasks may bring new tasks: workers leave when nothing can come."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable
from typing import Generic, TypeVar

Task = TypeVar("Task")


class WorkQueue(Generic[Task]):
    """Tasks for several threads; a thread that waits gets what another one adds."""

    def __init__(self) -> None:
        self._tasks: deque[Task] = deque()
        self._running = 0
        self._changed = threading.Condition()

    def __len__(self) -> int:
        return len(self._tasks)

    def add_last(self, tasks: Iterable[Task]) -> None:
        """Put tasks behind the others."""
        with self._changed:
            self._tasks.extend(tasks)
            self._changed.notify_all()

    def add_first(self, tasks: Iterable[Task]) -> None:
        """Put tasks before the others, in their order."""
        with self._changed:
            self._tasks.extendleft(reversed(list(tasks)))
            self._changed.notify_all()

    def clear(self) -> None:
        """Drop every task that has not begun."""
        with self._changed:
            self._tasks.clear()
            self._changed.notify_all()

    def take(self) -> Task | None:
        """Return the next task, None when there is none and none can come.

        Call `done` after each.
        """
        with self._changed:
            while not self._tasks and self._running:
                self._changed.wait()
            if not self._tasks:
                return None
            self._running += 1
            return self._tasks.popleft()

    def done(self) -> None:
        """Tell that a task that was taken is over."""
        with self._changed:
            self._running -= 1
            self._changed.notify_all()
