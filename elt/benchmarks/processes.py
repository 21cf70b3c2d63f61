"""What Linux knows of processes: CPU time and peak memory of whole trees."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmarks.errors import BenchmarkError

_PROC = Path("/proc")
_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
#: Often enough for runs of a second, and too seldom to be seen in their times.
_SECONDS_BETWEEN_LOOKS = 0.05
# Places in /proc/<pid>/stat, counted from the field that follows the name: user and
# system time, of the process and of those of its children that have ended.
_TIMES = slice(11, 15)


def require_linux() -> None:
    """Raise BenchmarkError where processes cannot be accounted for."""
    if not (_PROC / "self" / "stat").exists():
        message = "The benchmarks read CPU times and memory from /proc, as Linux has it"
        raise BenchmarkError(message)


def tree_cpu_seconds(root: int) -> float:
    """Return the CPU seconds of a process and its descendants, ended ones included."""
    return sum(_cpu_seconds(pid) for pid in [root, *descendants(root)])


def descendants(root: int) -> Iterator[int]:
    """Yield the living descendants of a process, itself not included."""
    for task in _PROC.glob(f"{root}/task/*/children"):
        # A thread or a process may end while we look at it.
        with suppress(OSError):
            for child in map(int, task.read_text().split()):
                yield child
                yield from descendants(child)


def parse_cpu_ticks(stat: str) -> int:
    """Return the sum of the times in the text of a /proc/<pid>/stat."""
    # A name may hold spaces and parentheses; the last one ends it.
    fields = stat.rpartition(")")[2].split()
    return sum(map(int, fields[_TIMES]))


class PeakMemory(threading.Thread):
    """Watches processes and their descendants for the length of a block."""

    def __init__(self, roots: Sequence[int]) -> None:
        super().__init__(name="peak-memory", daemon=True)
        self._roots = roots
        self._is_over = threading.Event()
        #: Highest sum of the peaks of all processes that lived at the same time.
        self.bytes = 0

    def run(self) -> None:
        """Look at intervals; each process remembers its own peak."""
        while not self._is_over.wait(_SECONDS_BETWEEN_LOOKS):
            pids = [pid for root in self._roots for pid in (root, *descendants(root))]
            self.bytes = max(self.bytes, sum(map(_peak_bytes, pids)))

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._is_over.set()
        self.join()


def _cpu_seconds(pid: int) -> float:
    with suppress(OSError):
        stat = (_PROC / str(pid) / "stat").read_text(errors="replace")
        return parse_cpu_ticks(stat) / _TICKS_PER_SECOND
    return 0.0


def _peak_bytes(pid: int) -> int:
    with suppress(OSError):
        for line in (_PROC / str(pid) / "status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0
