"""What a person sees while it is measured."""

from __future__ import annotations

import sys


def say(text: str) -> None:
    """Write a line at once; standard output is for the report."""
    print(text, file=sys.stderr, flush=True)
