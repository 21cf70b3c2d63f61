"""A mapping of the YAML file that notes a problem instead of raising."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import yaml

from elt.config.problems import Problems, did_you_mean

Word = TypeVar("Word", bound=StrEnum)

_SIZE = re.compile(r"(\d+)\s*(B|kB|KiB|MiB|GiB|TiB)?")
_UNITS = {"B": 1, "kB": 1000} | {
    f"{letter}iB": 1 << 10 * power for power, letter in enumerate("KMGT", start=1)
}


class _Loader(yaml.SafeLoader):
    """A safe loader that refuses a key given twice; PyYAML keeps the last one."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> Any:  # noqa: ANN401, FBT001, FBT002  PyYAML's signature
        """Build a mapping, or raise for a repeated key."""
        keys = [key.value for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                problem = f"the key {key} is given twice"
                raise yaml.constructor.ConstructorError(
                    None, None, problem, node.start_mark
                )
        return super().construct_mapping(node, deep=deep)


def read_document(path: Path, problems: Problems) -> object:
    """Read a YAML file; note why it cannot be read and return an empty mapping."""
    try:
        document: object = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506  a SafeLoader
    except OSError as error:
        problems.add("ELT_CONFIG", f"cannot read {path}: {error.strerror}")
    except UnicodeDecodeError:
        problems.add("ELT_CONFIG", f"{path} is not UTF-8")
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = f", line {mark.line + 1}" if mark else ""
        problems.add(f"{path}{line}", error.problem or "is not YAML")
    except yaml.YAMLError:
        problems.add(str(path), "is not YAML")
    else:
        return {} if document is None else document
    return {}


class Section:
    """One mapping and its path; values of the wrong kind become problems."""

    def __init__(self, value: object, path: str, problems: Problems) -> None:
        self.path = path
        self.problems = problems
        self._values: Mapping[object, object] = {}
        if isinstance(value, Mapping):
            self._values = value
        elif value is not None:
            problems.add(path or "elt.yaml", "must be a mapping of keys to values")

    def allow(self, *known: str) -> Section:
        """Note every key that is not known, and return the section."""
        for key in self._values:
            if key not in known:
                hint = did_you_mean(str(key), known)
                self.problems.add(self.at(key), f"is not a known key{hint}")
        return self

    def at(self, key: object) -> str:
        """Return the path of a key."""
        return f"{self.path}.{key}" if self.path else str(key)

    def __contains__(self, key: object) -> bool:
        return self._values.get(key) is not None

    def value(self, key: str) -> object:
        """Return the raw value of a key, None when it is absent."""
        return self._values.get(key)

    def section(self, key: str) -> Section:
        """Return a mapping below this one; empty when it is absent."""
        return Section(self._values.get(key), self.at(key), self.problems)

    def items(self) -> Iterator[tuple[str, object]]:
        """Yield keys as text, and their values."""
        for key, value in self._values.items():
            yield str(key), value

    def text(self, key: str, default: str) -> str:
        """Return a text."""
        value = self._values.get(key)
        if value is None:
            return default
        if not isinstance(value, str) or not value:
            self.problems.add(self.at(key), f"{value!r} is not a text")
            return default
        return value

    def texts(self, key: str, default: tuple[str, ...]) -> tuple[str, ...]:
        """Return a list of texts."""
        value = self._values.get(key)
        if value is None:
            return default
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            self.problems.add(self.at(key), "is not a list of texts")
            return default
        return tuple(value)

    def word(self, key: str, words: type[Word], default: Word) -> Word:
        """Return one of a fixed set of words."""
        value = self._values.get(key)
        if value is None:
            return default
        if value not in list(words):
            choices = ", ".join(words)
            self.problems.add(self.at(key), f"{value!r} is not one of {choices}")
            return default
        return words(str(value))

    def optional_word(self, key: str, words: type[Word]) -> Word | None:
        """Return one of a fixed set of words, or None when the key is absent."""
        return self.word(key, words, next(iter(words))) if key in self else None

    def flag(self, key: str, *, default: bool) -> bool:
        """Return true or false."""
        value = self._values.get(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.problems.add(self.at(key), f"{value!r} is not true or false")
            return default
        return value

    def number(self, key: str, default: int, *, lowest: int) -> int:
        """Return a whole number that is not below the lowest allowed."""
        value = self._values.get(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or value < lowest:
            message = f"{value!r} is not a whole number of at least {lowest}"
            self.problems.add(self.at(key), message)
            return default
        return value

    def share(self, key: str, default: float) -> float:
        """Return a number between 0 and 1."""
        value = self._values.get(key)
        if value is None:
            return default
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not 0 <= float(str(value)) <= 1:
            self.problems.add(self.at(key), f"{value!r} is not between 0 and 1")
            return default
        return float(str(value))

    def size(self, key: str) -> int | None:
        """Return a number of bytes, given like 4GiB; None when the key is absent."""
        value = self._values.get(key)
        if value is None:
            return None
        match = _SIZE.fullmatch(str(value))
        if match is None:
            self.problems.add(self.at(key), f"{value!r} is not a size such as 4GiB")
            return None
        return int(match[1]) * _UNITS[match[2] or "B"]
