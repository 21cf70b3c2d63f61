"""Waiting for what must happen, with a deadline and a sentence for when it did not."""

import time

#: How long a test waits for what must happen; only a failing test waits as long.
DEADLINE_SECONDS = 120
_PAUSE_SECONDS = 0.5


class NotYetError(Exception):
    """What a condition asked cannot be answered at the moment."""


def wait_until(condition, what, seconds=DEADLINE_SECONDS):
    """Return the first answer of `condition` that is true; `what` says what it means.

    A condition that cannot be answered, as while a server is away, is asked again.
    """
    end = time.monotonic() + seconds
    while True:
        reason = ""
        try:
            answer = condition()
        except NotYetError as error:
            answer, reason = None, f"; {error}"
        if answer:
            return answer
        if time.monotonic() > end:
            message = f"Waited {seconds} s for {what}{reason}"
            raise AssertionError(message)
        time.sleep(_PAUSE_SECONDS)
