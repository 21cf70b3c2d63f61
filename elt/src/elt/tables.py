"""Plain tables for a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal

_NUMBERS = (int, float, Decimal)


def format_table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return aligned lines: numbers to the right, wide characters counted as two."""
    body = [list(row) for row in rows]
    texts = [[_text(value) for value in row] for row in body]
    widths = [
        max([_width(header), *(_width(row[i]) for row in texts)])
        for i, header in enumerate(headers)
    ]
    is_number = [
        any(isinstance(row[i], _NUMBERS) for row in body) for i in range(len(headers))
    ]
    lines = [list(headers), ["─" * width for width in widths], *texts]
    return "\n".join(
        "  ".join(
            _pad(text, width, to_the_right=right)
            for text, width, right in zip(line, widths, is_number, strict=True)
        ).rstrip()
        for line in lines
    )


def human_bytes(count: float) -> str:
    """Return a size as people say it: `12 MB`."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if abs(count) < 1000:  # noqa: PLR2004  the step between units
            return f"{count:.0f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"


def human_count(amount: int, thing: str) -> str:
    """Return `8 streams`, `1 stream`."""
    return f"{amount:,} {thing}{'' if amount == 1 else 's'}"


def human_seconds(seconds: float) -> str:
    """Return a duration as people say it: `42 s`, `3 min`, `5 h`, `2 d`."""
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"


def _text(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return " ".join(str(value).split())


def _width(text: str) -> int:
    return sum(
        0
        if unicodedata.combining(character)
        else 2
        if unicodedata.east_asian_width(character) in {"W", "F"}
        else 1
        for character in text
    )


def _pad(text: str, width: int, *, to_the_right: bool) -> str:
    space = " " * (width - _width(text))
    return space + text if to_the_right else text + space
