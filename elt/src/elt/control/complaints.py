"""Failures that repeat are logged once, until they are over or another one comes."""

from __future__ import annotations

from elt.errors import EltError


class Complaints:
    """Remembers what was complained about, by kind and by what was being done."""

    def __init__(self) -> None:
        self._known: set[tuple[type[EltError], str]] = set()

    def is_new(self, error: EltError) -> bool:
        """Tell whether this was not complained about before, and remember it."""
        doing, _, _ = error.message.partition(":")
        cause = (type(error), doing)
        if cause in self._known:
            return False
        self._known.add(cause)
        return True

    def settle(self) -> bool:
        """Forget everything, as it works again; tell whether there was anything."""
        had_any = bool(self._known)
        self._known.clear()
        return had_any
