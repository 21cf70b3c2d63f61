"""Reads fields of JSON objects, any of which may be missing or of another kind."""

from __future__ import annotations

from collections.abc import Mapping

#: An object of the API server, as it came.
Manifest = Mapping[str, object]


def mapping(manifest: Manifest, *path: str) -> Manifest:
    """Return the object at a path; an empty one where there is none."""
    found = _find(manifest, path)
    return found if isinstance(found, dict) else {}


def items(manifest: Manifest, *path: str) -> list[Manifest]:
    """Return the objects in the list at a path; none where there is no list."""
    found = _find(manifest, path)
    if not isinstance(found, list):
        return []
    return [item for item in found if isinstance(item, dict)]


def text(manifest: Manifest, *path: str) -> str:
    """Return the text at a path; an empty one where there is none."""
    found = _find(manifest, path)
    return found if isinstance(found, str) else ""


def number(manifest: Manifest, *path: str) -> int | None:
    """Return the whole number at a path; None where there is none."""
    found = _find(manifest, path)
    return found if isinstance(found, int) else None


def flag(manifest: Manifest, *path: str) -> bool:
    """Tell whether there is `true` at a path."""
    return _find(manifest, path) is True


def texts(manifest: Manifest, *path: str) -> dict[str, str] | None:
    """Return the texts by name at a path, as labels are; None where there are none."""
    found = _find(manifest, path)
    if not isinstance(found, dict):
        return None
    return {str(key): str(value) for key, value in found.items()}


def _find(manifest: Manifest, path: tuple[str, ...]) -> object:
    found: object = manifest
    for key in path:
        if not isinstance(found, dict):
            return None
        found = found.get(key)
    return found
