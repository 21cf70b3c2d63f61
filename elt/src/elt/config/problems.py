"""Mistakes in the configuration, gathered so that all are reported at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from elt.errors import ConfigError


class Problems:
    """A list of mistakes, each with the place where it was made."""

    def __init__(self) -> None:
        self._lines: dict[str, None] = {}

    def add(self, place: str, message: str) -> None:
        """Note a mistake at an environment variable or a path of the YAML file."""
        # Once, though two sources may have a connection in common.
        self._lines[f"{place}: {message}"] = None

    def extend(self, other: Problems) -> None:
        """Note the mistakes of another list."""
        self._lines |= other._lines

    def __bool__(self) -> bool:
        """Tell whether there are mistakes."""
        return bool(self._lines)

    def raise_if_any(self) -> None:
        """Raise one ConfigError that names every mistake."""
        if not self._lines:
            return
        count = len(self._lines)
        heading = "1 mistake" if count == 1 else f"{count} mistakes"
        lines = "".join(f"\n  {line}" for line in self._lines)
        message = f"The configuration has {heading}:{lines}"
        raise ConfigError(message)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a hint at the nearest known word, or an empty string."""
    found = find_nearest(word, known)
    return f"; did you mean {found}?" if found else ""


def find_nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that another one is most likely a misspelling of."""
    folded = {other.casefold(): other for other in known}
    matches = difflib.get_close_matches(word.strip('"').casefold(), folded, n=1)
    return folded[matches[0]] if matches else None
