"""How many workers there are where elt.yaml does not say."""

from __future__ import annotations

import os

_FEWEST, _MOST = 2, 4


def default_workers() -> int:
    """Return the number of cores that this process may use, from 2 to 4.

    On one core, too, the servers work side by side; and a source has other work than
    to send rows to many.
    """
    if hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))
    else:
        cores = os.cpu_count() or 1
    return min(max(cores, _FEWEST), _MOST)
