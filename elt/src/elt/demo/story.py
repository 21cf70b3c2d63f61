"""What the demo tells while it works: a line per step, with the time it took."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TypeVar

from elt.interruption import raise_if_interrupted

Result = TypeVar("Result")

_NAME_WIDTH = 12
_FACT_WIDTH = 68


def tell(
    name: str, step: Callable[[], Result], describe: Callable[[Result], str]
) -> Result:
    """Run a step and print its name, what came of it, and the seconds it took."""
    raise_if_interrupted()
    if sys.stdout.isatty():  # the line of the result is printed over it
        print(f"  … {name}", end="\r", flush=True)
    started = time.monotonic()
    try:
        result = step()
    except BaseException:
        print(f"  ✗ {name}", flush=True)
        raise
    seconds = time.monotonic() - started
    fact = f"{describe(result):<{_FACT_WIDTH}}"
    print(f"  ✓ {name:<{_NAME_WIDTH}} {fact} {seconds:5.1f} s", flush=True)
    return result
