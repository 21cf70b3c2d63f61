"""A mapping of the YAML file that notes a problem instead of raising."""

from __future__ import annotations

import re
import reprlib
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from elt.config.problems import Problems, did_you_mean

Word = TypeVar("Word", bound=StrEnum)

_SIZE = re.compile(r"([0-9]+) ?(B|KiB|MiB|GiB|TiB)?")
_DURATION = re.compile(r"([0-9]+) ?(s|m|h|d)")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_UNITS = {"B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40}


def read_secret_file(variable: str, path: Path, problems: Problems) -> str | None:
    """Read a mounted secret, without line ends at its end; None when that fails."""
    try:
        secret = path.read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as error:
        problems.add(variable, f"cannot read {path}: {error.strerror}")
        return None
    except UnicodeDecodeError:
        problems.add(variable, f"{path} is not UTF-8")
        return None
    if not secret:
        problems.add(variable, f"{path} is empty")
    if "\0" in secret:
        problems.add(variable, f"{path} has a null character, which no server takes")
    return secret


class Section:
    """One mapping and its path; values of the wrong kind become problems."""

    def __init__(self, value: object, path: str, problems: Problems) -> None:
        self.path = path
        self.problems = problems
        self._values: Mapping[str, object] = {}
        if isinstance(value, Mapping):
            # YAML takes 2024 for a number; a schema may well be called so.
            self._values = {str(key): below for key, below in value.items()}
        elif value is not None:
            problems.add(path or "elt.yaml", "is not a mapping of keys to values")

    def allow(self, *known: str) -> None:
        """Note every key that is not known."""
        for key in self._values:
            if key not in known:
                hint = did_you_mean(key, known)
                self.problems.add(self.at(key), f"is not a known key{hint}")

    def at(self, key: str) -> str:
        """Return the path of a key."""
        return f"{self.path}.{key}" if self.path else key

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def value(self, key: str) -> object:
        """Return the raw value of a key, None when it is absent."""
        return self._values.get(key)

    def section(self, key: str) -> Section:
        """Return a mapping below this one; empty when it is absent."""
        return Section(self._values.get(key), self.at(key), self.problems)

    def text(self, key: str, default: str) -> str:
        """Return a text that is not empty."""
        value = self.value(key)
        if value is None:
            return default
        if not isinstance(value, str) or not value:
            self.problems.add(self.at(key), f"{_shown(value)} is not a text")
            return default
        return value

    def required_text(self, key: str) -> str:
        """Return a text that must be there."""
        if self.value(key) is None:
            self.problems.add(self.at(key), "is empty")
        return self.text(key, "")

    def texts(self, key: str, default: tuple[str, ...]) -> tuple[str, ...]:
        """Return a list of texts."""
        value = self.value(key)
        if value is None:
            return default
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            self.problems.add(self.at(key), "is not a list of texts")
            return default
        return tuple(value)

    def word(self, key: str, words: type[Word], default: Word) -> Word:
        """Return one of a fixed set of words."""
        value = self.value(key)
        if value is None:
            return default
        if value not in list(words):
            choices = ", ".join(words)
            self.problems.add(self.at(key), f"{_shown(value)} is not one of {choices}")
            return default
        return words(str(value))

    def optional_word(self, key: str, words: type[Word]) -> Word | None:
        """Return one of a fixed set of words, or None when the key is absent."""
        if self.value(key) is None:
            return None
        return self.word(key, words, next(iter(words)))

    def flag(self, key: str, *, default: bool) -> bool:
        """Return true or false."""
        value = self.value(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.problems.add(self.at(key), f"{_shown(value)} is not true or false")
            return default
        return value

    def number(self, key: str, default: int, *, lowest: int) -> int:
        """Return a whole number that is not below the lowest allowed."""
        value = self.value(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or value < lowest:
            message = f"{_shown(value)} is not a whole number of at least {lowest}"
            self.problems.add(self.at(key), message)
            return default
        return value

    def share(self, key: str, default: float) -> float:
        """Return a number between 0 and 1."""
        value = self.optional_share(key)
        return default if value is None else value

    def optional_share(self, key: str) -> float | None:
        """Return a number between 0 and 1; None when the key is absent."""
        value = self.value(key)
        if value is None:
            return None
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not 0 <= value <= 1
        ):
            self.problems.add(self.at(key), f"{_shown(value)} is not between 0 and 1")
            return None
        return float(value)

    def size(self, key: str) -> int | None:
        """Return a number of bytes, given like 4GiB; None when the key is absent."""
        value = self.value(key)
        if value is None:
            return None
        match = _SIZE.fullmatch(str(value))
        if match is None:
            message = f"{_shown(value)} is not a size such as 512MiB or 4GiB"
            self.problems.add(self.at(key), message)
            return None
        return int(match[1]) * _UNITS[match[2] or "B"]

    def seconds(self, key: str) -> int:
        """Return a length of time, given like 10m, in seconds; 0 when it is absent."""
        value = self.value(key)
        if value is None:
            return 0
        match = _DURATION.fullmatch(str(value))
        if match is None:
            message = f"{_shown(value)} is not a length of time such as 30s, 10m or 2h"
            self.problems.add(self.at(key), message)
            return 0
        return int(match[1]) * _SECONDS[match[2]]


def _shown(value: object) -> str:
    """Return a value for a message: no mapping, for it may hold a password."""
    if isinstance(value, Mapping | list):
        return "a mapping" if isinstance(value, Mapping) else "a list"
    if isinstance(value, bool):
        return str(value).lower()
    return reprlib.repr(value) if isinstance(value, str) else str(value)
