"""The keys `columns` and `where` of a stream in `elt.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from elt.config.problems import Problems, did_you_mean
from elt.config.section import Section, read_secret_file
from elt.config.shape import Mask, MaskKind, Shape

_COLUMNS_KEYS = ("exclude", "mask")
#: Masks that are a word alone, and those that need a value.
_WORDS = {str(kind): kind for kind in (MaskKind.NULL, MaskKind.HASH, MaskKind.KEEP)}
_WITH_VALUE = {str(kind): kind for kind in (MaskKind.CONSTANT, MaskKind.TRUNCATE)}
_UNITS = ("year", "quarter", "month", "week", "day", "hour", "minute")
_CHOICES = "null, hash, keep, {constant: …} or {truncate: …}"
#: Who has seen one hash and guesses what is behind it tries keys, too.
_SHORTEST_KEY = 32


def read_shape(stream: Section) -> Shape:
    """Read what of a stream leaves its source."""
    columns = stream.section("columns")
    columns.allow(*_COLUMNS_KEYS)
    excluded = columns.texts("exclude", ())
    masked = columns.section("mask")
    masks = []
    for name in masked:
        if name in excluded:
            masked.problems.add(masked.at(name), "is excluded, too; keep one of them")
        mask = _read_mask(masked, name)
        if mask is not None:
            masks.append((name, mask))
    where = stream.text("where", "") or None
    return Shape(excluded=excluded, masks=tuple(masks), where=where)


def _read_mask(masked: Section, name: str) -> Mask | None:
    value = masked.value(name)
    if not isinstance(value, Mapping):
        # To YAML, the word null is nothing.
        word = str(MaskKind.NULL) if value is None else str(value)
        if word in _WORDS:
            return Mask(kind=_WORDS[word])
        hint = did_you_mean(word, _WORDS) or f": {_CHOICES}"
        masked.problems.add(masked.at(name), f"is not a mask that we know{hint}")
        return None
    section = masked.section(name)
    section.allow(*_WITH_VALUE)
    kinds = [key for key in section if key in _WITH_VALUE]
    if len(kinds) != 1:
        if not list(section) or kinds:
            message = f"is not one mask: {_CHOICES}"
            masked.problems.add(masked.at(name), message)
        return None
    return _read_value(section, _WITH_VALUE[kinds[0]])


def _read_value(section: Section, kind: MaskKind) -> Mask | None:
    value = section.value(kind)
    if kind is MaskKind.CONSTANT:
        return _read_constant(section, value)
    is_step = isinstance(value, int) and not isinstance(value, bool) and value > 0
    if is_step or value in _UNITS:
        assert isinstance(value, int | str)  # noqa: S101  it is one of the two
        return Mask(kind=kind, value=value)
    message = f"is neither a whole number of at least 1 nor one of {', '.join(_UNITS)}"
    section.problems.add(section.at(kind), message)
    return None


def _read_constant(section: Section, value: object) -> Mask | None:
    if isinstance(value, bool):
        value = str(value).lower()
    if isinstance(value, int):
        value = str(value)
    if isinstance(value, str):
        return Mask(kind=MaskKind.CONSTANT, value=value)
    # YAML would write 1.10 as 1.1, and a date in another form.
    section.problems.add(
        section.at(MaskKind.CONSTANT), "is not a text; write it in quotes"
    )
    return None


def read_mask_key(environ: Mapping[str, str], problems: Problems) -> str | None:
    """Read the key of hashes; a mistake never repeats it."""
    key, file = (environ.get(f"ELT_MASK_KEY{x}", "") for x in ("", "_FILE"))
    variable = "ELT_MASK_KEY"
    if key and file:
        problems.add("ELT_MASK_KEY_FILE", "is set beside ELT_MASK_KEY; keep one")
    if file:
        variable = "ELT_MASK_KEY_FILE"
        key = read_secret_file(variable, Path(file), problems) or ""
    if key and len(key) < _SHORTEST_KEY:
        message = f"has fewer than {_SHORTEST_KEY} characters; openssl rand -hex 32"
        problems.add(variable, message + " makes one")
    return key or None
