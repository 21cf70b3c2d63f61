"""The last line of the log in a file, where whoever started the command looks for it.

In Kubernetes that is /dev/termination-log: what a container leaves there is shown as
its termination message, and so an Event can say in words how a Job ended.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from pathlib import Path

from elt import logs

log = logs.logger(__name__)

#: Bytes; of a longer termination message, Kubernetes cuts off the rest.
LONGEST_RESULT = 4096
#: Characters that a text always keeps.
_SHORTEST = 16
#: What is kept when even so there are too many fields.
_ESSENTIAL = ("time", "level", "message", "hint", "exit_code")
#: Of what a slot keeps and may keep: worth knowing however the command ends.
_MEASURED, _BUDGET = "retained_bytes", "wal_budget"


class Result(logging.Handler):
    """Remembers the last line of level info or above, and writes it to a file."""

    def __init__(self, path: str | None) -> None:
        super().__init__(logging.INFO)
        self._path = path
        self._line: Mapping[str, object] = {}
        self._slot: Mapping[str, object] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Remember a line."""
        self._line = logs.to_document(record)
        self._note_slot(self._line)

    def write(self) -> None:
        """Write the line; that it cannot be written is no failure of the command."""
        if not self._path or not self._line:
            return
        try:
            line = {**self._line, **self._slot}
            Path(self._path).write_bytes(encode(line, LONGEST_RESULT))
        except (OSError, ValueError) as error:
            log.warning("failed to write the result", path=self._path, error=error)

    def _note_slot(self, line: Mapping[str, object]) -> None:
        """Remember the slot that has used up most of its budget."""
        slot = {key: line.get(key) for key in (_MEASURED, _BUDGET)}
        if _share(slot) > _share(self._slot):
            self._slot = slot


def _share(slot: Mapping[str, object]) -> float:
    kept, budget = slot.get(_MEASURED), slot.get(_BUDGET)
    if not isinstance(kept, int) or not isinstance(budget, int):
        return -1.0
    return kept / max(budget, 1)


def encode(line: Mapping[str, object], limit: int) -> bytes:
    """Return a line as JSON of at most so many bytes, with its long texts shortened."""
    longest = limit
    while len(encoded := _encode(line, longest)) > limit and longest > _SHORTEST:
        longest //= 2
    if len(encoded) > limit:
        return _encode({key: line[key] for key in _ESSENTIAL if key in line}, longest)
    return encoded


def _encode(line: Mapping[str, object], longest: int) -> bytes:
    short = {key: _shorten(key, value, longest) for key, value in line.items()}
    text = json.dumps(short, default=str, ensure_ascii=False)
    # A surrogate from a file name of another encoding becomes its JSON escape.
    return text.encode("utf-8", errors="backslashreplace")


def _shorten(key: str, value: object, longest: int) -> object:
    if value is None or isinstance(value, (bool, int, float)):
        return value
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    if len(text) <= longest:
        return value
    if key == "traceback":  # says at its end what went wrong
        return "…" + text[-longest:]
    return text[:longest] + "…"
