"""A manifest of dbt: the nodes of a project and how they follow each other.

`dbt parse` writes it, and every command that parses. Only what tells where a column is
used is kept; the rest of a file of megabytes is forgotten.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from elt.errors import ConfigError
from elt.lineage.stars import passes_columns_on, takes_all_columns

#: The first version that calls the code of a node raw_code: dbt 1.3.
_OLDEST_VERSION = 7
_VERSION = re.compile(r"/manifest/v(\d+)\b")
_GZIP = b"\x1f\x8b"
_REMEDY = "Write one with dbt parse: it is target/manifest.json."
#: What a project may hold of nodes that come after others.
_SECTIONS = (
    "nodes",
    "exposures",
    "metrics",
    "semantic_models",
    "saved_queries",
    "unit_tests",
)
#: Configuration that names columns.
_COLUMN_KEYS = (
    "unique_key",
    "updated_at",
    "check_cols",
    "incremental_predicates",
    "where",
)
#: Macros of these packages name no columns of a project.
_OWN_MACROS = ("macro.dbt.", "macro.dbt_postgres.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """What dbt builds, tests or knows of: a model, a test, an exposure."""

    name: str
    #: dbt's resource_type: model, snapshot, test, unit_test, exposure …
    kind: str
    #: Everything in which it may name a column, None when it names none.
    code: str | None
    #: Whether it may make columns that its code does not name.
    passes_on: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """The nodes of a project, and what follows each of them."""

    #: Ids of dbt's sources by schema and table.
    sources: Mapping[tuple[str, str], tuple[str, ...]]
    nodes: Mapping[str, Node]
    #: Ids of the nodes that read from a source or a node.
    children: Mapping[str, tuple[str, ...]]


def read_manifest(path: Path) -> Manifest:
    """Read a manifest.json, also one that gzip has made small.

    Raises ConfigError for a file that is none.
    """
    try:
        content = path.read_bytes()
        text = gzip.decompress(content) if content.startswith(_GZIP) else content
        document = json.loads(text)
    except OSError as error:
        message = f"Cannot read dbt's manifest {path}: {error.strerror or error}"
        raise ConfigError(message, hint=_REMEDY) from error
    except (EOFError, ValueError) as error:
        raise _refusal(path, "is not JSON") from error
    return parse_manifest(document, path)


def parse_manifest(document: object, path: Path) -> Manifest:
    """Return what a document holds; raise ConfigError when it is no manifest."""
    if not isinstance(document, dict):
        raise _refusal(path, "is not one")
    _check_version(document, path)
    try:
        macros = _read_macros(document)
        return Manifest(
            sources=_read_sources(document["sources"]),
            nodes={
                key: _read_node(node, macros)
                for section in _SECTIONS
                for key, node in document.get(section, {}).items()
            },
            children={
                key: tuple(below) for key, below in document["child_map"].items()
            },
        )
    except (AttributeError, KeyError, TypeError, RecursionError) as error:
        raise _refusal(path, "is damaged") from error


def _refusal(path: Path, what: str) -> ConfigError:
    return ConfigError(f"dbt's manifest {path} {what}", hint=_REMEDY)


def _check_version(document: Mapping[str, Any], path: Path) -> None:
    metadata = document.get("metadata")
    stated = metadata.get("dbt_schema_version") if isinstance(metadata, dict) else None
    found = _VERSION.search(str(stated))
    if found is None:
        raise _refusal(path, "is not one: it names no version of its schema")
    if int(found[1]) < _OLDEST_VERSION:
        message = (
            f"dbt's manifest {path} has version {found[1]} of its schema; "
            f"elt reads those from {_OLDEST_VERSION} on"
        )
        raise ConfigError(message, hint="Write it with dbt 1.3 or newer: dbt parse.")


def _read_sources(
    sources: Mapping[str, Any],
) -> Mapping[tuple[str, str], tuple[str, ...]]:
    # Several sources may be one table. Its database is that of the profile that was
    # there when the project was parsed, which may be any.
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for key, source in sources.items():
        place = source["schema"], source.get("identifier") or source["name"]
        found[place] = (*found.get(place, ()), key)
    return found


def _read_node(node: Mapping[str, Any], macros: Mapping[str, str]) -> Node:
    name, version = node["name"], node.get("version")
    config = node.get("config") or {}
    test = node.get("test_metadata")
    called = [] if test else [*_called(node, macros)]
    written = [_argued(test)] if test else [*_written(node), *called]
    code = "\n".join(text for text in (*_configured(config), *written) if text)
    return Node(
        name=name if version is None else f"{name}.v{version}",
        kind=node["resource_type"],
        code=code or None,
        passes_on=config.get("check_cols") == "all"
        or passes_columns_on(node.get("raw_code") or "")
        or any(takes_all_columns(macro) for macro in called),
    )


def _configured(config: Mapping[str, Any]) -> Iterator[str]:
    values = (config.get(key) for key in _COLUMN_KEYS)
    return (json.dumps(value, ensure_ascii=False) for value in values if value)


def _argued(test: Mapping[str, Any]) -> str:
    """Return the arguments of a generic test, which name columns as its code does."""
    arguments = {
        key: value
        for key, value in (test.get("kwargs") or {}).items()
        if key not in {"model", "to"} and value is not None
    }
    values = json.dumps([*arguments.values()], ensure_ascii=False)
    return values if arguments else ""


def _written(node: Mapping[str, Any]) -> Iterator[str]:
    """Yield the code of a node as it is written, and as it was compiled."""
    return (node.get(key) or "" for key in ("raw_code", "compiled_code"))


def _called(node: Mapping[str, Any], macros: Mapping[str, str]) -> Iterator[str]:
    """Yield the code of the macros that a node calls."""
    names = (node.get("depends_on") or {}).get("macros", ())
    return (macros[name] for name in names if name in macros)


def _read_macros(document: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the code of each macro that is not dbt's own, with what it calls."""
    macros = {
        key: macro
        for key, macro in document.get("macros", {}).items()
        if not key.startswith(_OWN_MACROS)
    }
    return {key: _macro_code(key, macros, set()) for key in macros}


def _macro_code(key: str, macros: Mapping[str, Any], seen: set[str]) -> str:
    if key in seen or key not in macros:
        return ""
    seen.add(key)
    macro = macros[key]
    called = (macro.get("depends_on") or {}).get("macros", ())
    texts = [macro["macro_sql"], *(_macro_code(name, macros, seen) for name in called)]
    return "\n".join(texts)
