"""One demo at a time in a directory: a second one would begin the same servers."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from elt.errors import LockedError


@contextmanager
def alone(directory: Path) -> Iterator[None]:
    """Keep other demos out of a directory, which is made where it is missing.

    Raises LockedError where one is in it. The lock is on the directory itself, so that
    nothing is left in it, and ends with the process.
    """
    directory.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message = f"Another demo is at work in {directory}"
            hint = "Wait until it has finished, or end it."
            raise LockedError(message, hint=hint) from error
        yield
    finally:
        os.close(descriptor)
