"""What goes on beside a block of a test."""

from contextlib import contextmanager
from threading import Event, Thread


@contextmanager
def beside(*works):
    """Let functions work, each in a thread, until the event that they get is set."""
    is_over = Event()
    threads = [Thread(target=work, args=(is_over,)) for work in works]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        is_over.set()
        for thread in threads:
            thread.join()
