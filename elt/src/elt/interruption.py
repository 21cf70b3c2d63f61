"""Ends a command at SIGINT or SIGTERM: at once, and with nothing half-done.

A statement that runs in libpq is not interrupted by Python's signal handlers. So the
command runs in a thread of its own; the main thread waits for signals, makes every
later statement fail, and has the running ones cancelled by their server.

The kernel may deliver a signal to any thread, while Python runs handlers in the main
thread only: one that waits for a lock would never hear of it, as seen in 3 of 84
runs on a busy machine. What wakes it is the byte that `signal.set_wakeup_fd` has
written whichever thread was chosen.
"""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from elt.errors import InterruptedRun

#: How long a cancelled command may take to record that it was interrupted.
GRACE_SECONDS = 20.0
_CANCEL_AGAIN_SECONDS = 0.5

_event = threading.Event()
_signals: list[int] = []


def is_interrupted() -> bool:
    """Tell whether a signal asked the command to end."""
    return _event.is_set()


def raise_if_interrupted() -> None:
    """Raise InterruptedRun after a signal."""
    if _event.is_set():
        raise interrupted_run()


def interrupted_run() -> InterruptedRun:
    """Return the error that says which signal ended the run."""
    number = _signals[0] if _signals else signal.SIGINT
    message = f"Interrupted by {signal.Signals(number).name}; nothing is half-published"
    error = InterruptedRun(message)
    error.exit_code = 128 + number
    return error


def pause(seconds: float) -> None:
    """Sleep, but not through a signal."""
    _event.wait(seconds)
    raise_if_interrupted()


def run_interruptibly(
    function: Callable[[], int],
    cancel: Callable[[], None],
    before_exit: Callable[[InterruptedRun], None] = lambda _: None,
) -> int:
    """Run a function in a thread and return its result; `cancel` it on a signal.

    When it does not end in time, `before_exit` is called, and the process ends.
    """
    outcome: list[int | BaseException] = []
    waiting, ending = socket.socketpair()

    def run() -> None:
        try:
            outcome.append(function())
        except BaseException as error:  # noqa: BLE001  raised again in the main thread
            outcome.append(error)
        finally:
            ending.send(b"\0")

    with waiting, ending, _handled_signals(ending):
        thread = threading.Thread(target=run, name="elt-command", daemon=True)
        thread.start()
        while not (outcome or is_interrupted()):
            waiting.recv(1)
        if is_interrupted():
            _end(thread, cancel, before_exit)
        thread.join()
    result = outcome[0]
    if isinstance(result, BaseException):
        raise result
    return result


def _end(
    thread: threading.Thread,
    cancel: Callable[[], None],
    before_exit: Callable[[InterruptedRun], None],
) -> None:
    """Cancel until the thread has ended: a statement may have begun just after."""
    deadline = time.monotonic() + GRACE_SECONDS
    while thread.is_alive():
        cancel()
        thread.join(timeout=_CANCEL_AGAIN_SECONDS)
        if time.monotonic() >= deadline:
            error = interrupted_run()
            before_exit(error)
            os._exit(error.exit_code)


@contextmanager
def _handled_signals(awaited: socket.socket) -> Iterator[None]:
    """Remember signals, and write a byte at each."""

    def handle(number: int, _: FrameType | None) -> None:
        _signals.append(number)
        _event.set()

    awaited.settimeout(0)
    numbers = (signal.SIGINT, signal.SIGTERM)
    descriptor = signal.set_wakeup_fd(awaited.fileno(), warn_on_full_buffer=False)
    before = {number: signal.signal(number, handle) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(descriptor)
