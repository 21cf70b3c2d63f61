"""The sources of `elt.yaml`, and their streams."""

from __future__ import annotations

import re
from collections.abc import Mapping

from elt.config.columns import read_shape
from elt.config.environment import read_database
from elt.config.model import (
    DEFAULT_WAL_BUDGET,
    DatabaseSettings,
    DeletePolicy,
    SchemaChangePolicy,
    SourceConfig,
    StreamConfig,
    SyncMode,
)
from elt.config.section import Section

_SOURCE_NAME = re.compile(r"[a-z_][a-z0-9_]*")
#: As PostgreSQL has it.
_SLOT_NAME = re.compile(r"[a-z0-9_]{1,63}")
_PREFIX = re.compile(r"[A-Z][A-Z0-9_]*")
#: The keys of a source; the chart's schema has the same ones.
SOURCE_KEYS = (
    "name",
    "connection",
    "mode",
    "deletes",
    "include",
    "exclude",
    "include_views",
    "schemas",
    "streams",
    "wal_budget",
    "slot",
    "publication",
    "allow_row_security",
)
#: The keys of a stream; the chart's schema has the same ones.
STREAM_KEYS = (
    "mode",
    "cursor",
    "lookback",
    "deletes",
    "on_schema_change",
    "allow_shrink",
    "columns",
    "where",
)
#: What only incremental streams have.
_INCREMENTAL_KEYS = ("cursor", "lookback", "deletes")


def read_sources(top: Section, environ: Mapping[str, str]) -> tuple[SourceConfig, ...]:
    """Read the list of sources; without one there is a single source `raw`."""
    entries = top.value("sources")
    if entries is None:
        entries = [{}]
    if not isinstance(entries, list) or not entries:
        top.problems.add("sources", "is not a list of sources")
        return ()
    sections = [
        Section(entry, f"sources[{i}]", top.problems) for i, entry in enumerate(entries)
    ]
    found = [_read_source(section, environ) for section in sections]
    names = [section.value("name") or "raw" for section in sections]
    for i, section in enumerate(sections):
        if names[i] in names[:i]:
            message = f"is that of sources[{names.index(names[i])}], too"
            section.problems.add(section.at("name"), message)
    return tuple(source for source in found if source is not None)


def _read_source(section: Section, environ: Mapping[str, str]) -> SourceConfig | None:
    section.allow(*SOURCE_KEYS)
    name = section.text("name", "raw")
    if not _SOURCE_NAME.fullmatch(name):
        message = "must consist of lowercase letters, digits and _"
        section.problems.add(section.at("name"), message)
    connection = read_connection(section, "SOURCE", environ)
    mode = section.word("mode", SyncMode, SyncMode.FULL_REFRESH)
    deletes = section.word("deletes", DeletePolicy, DeletePolicy.APPLY)
    include = _read_patterns(section, "include", ("*.*",))
    exclude = _read_patterns(section, "exclude", ())
    include_views = section.flag("include_views", default=False)
    schemas = section.section("schemas")
    mapping = tuple((schema, schemas.required_text(schema)) for schema in schemas)
    streams = section.section("streams")
    overrides = tuple(
        (name, _read_stream(streams.section(name), mode)) for name in streams
    )
    wal_budget = section.size("wal_budget")
    slot = section.text("slot", "") or None
    if slot is not None and not _SLOT_NAME.fullmatch(slot):
        message = "must consist of at most 63 lowercase letters, digits and _"
        section.problems.add(section.at("slot"), message)
    allow_row_security = section.flag("allow_row_security", default=False)
    if connection is None:
        return None
    return SourceConfig(
        name=name,
        connection=connection,
        mode=mode,
        deletes=deletes,
        include=include,
        exclude=exclude,
        include_views=include_views,
        schemas=mapping,
        streams=overrides,
        wal_budget=DEFAULT_WAL_BUDGET if wal_budget is None else wal_budget,
        slot=slot,
        publication=section.text("publication", "") or None,
        allow_row_security=allow_row_security,
        path=section.path,
    )


def read_connection(
    section: Section, default: str, environ: Mapping[str, str]
) -> DatabaseSettings | None:
    """Read the database whose prefix a section names."""
    prefix = section.text("connection", default)
    if _PREFIX.fullmatch(prefix):
        return read_database(prefix, environ, section.problems)
    # Not repeated: somebody may have written a URL with its password here.
    message = f"is not a prefix of environment variables such as {default}"
    section.problems.add(section.at("connection"), message)
    return None


def _read_stream(section: Section, default: SyncMode) -> StreamConfig:
    section.allow(*STREAM_KEYS)
    mode = section.optional_word("mode", SyncMode)
    for key in _INCREMENTAL_KEYS:
        if (
            section.value(key) is not None
            and (mode or default) is not SyncMode.INCREMENTAL
        ):
            message = f"needs mode: {SyncMode.INCREMENTAL}"
            section.problems.add(section.at(key), message)
    cursor = section.text("cursor", "") or None
    lookback_seconds = section.seconds("lookback")
    if lookback_seconds and cursor is None:
        section.problems.add(section.at("lookback"), "needs a cursor")
    return StreamConfig(
        mode=mode,
        cursor=cursor,
        lookback_seconds=lookback_seconds,
        deletes=section.optional_word("deletes", DeletePolicy),
        on_schema_change=section.optional_word("on_schema_change", SchemaChangePolicy),
        allow_shrink=section.optional_share("allow_shrink"),
        shape=read_shape(section),
    )


def _read_patterns(
    section: Section, key: str, default: tuple[str, ...]
) -> tuple[str, ...]:
    patterns = section.texts(key, default)
    for i, pattern in enumerate(patterns):
        if "." not in pattern:
            message = f"{pattern!r} is not a schema.table pattern such as public.*"
            section.problems.add(section.at(f"{key}[{i}]"), message)
    return patterns
