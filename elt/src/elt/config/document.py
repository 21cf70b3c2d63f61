"""The configuration file `elt.yaml`, checked key by key.

Every mistake is noted with its path, as in `sources[0].streams.public.films.mode`;
a key that is not known is a mistake.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from elt import logs
from elt.config.columns import read_mask_key, read_shape
from elt.config.environment import read_database, read_retry
from elt.config.model import (
    DEFAULT_WAL_BUDGET,
    Config,
    DatabaseSettings,
    DeletePolicy,
    DestinationConfig,
    PublishPolicy,
    SchemaChangePolicy,
    SourceConfig,
    StreamConfig,
    SyncMode,
    Verification,
)
from elt.config.problems import Problems
from elt.config.section import Section
from elt.config.unknown_variables import warn_of_unknown
from elt.config.workers import default_workers

log = logs.logger(__name__)

_SOURCE_NAME = re.compile(r"[a-z_][a-z0-9_]*")
#: As PostgreSQL has it.
_SLOT_NAME = re.compile(r"[a-z0-9_]{1,63}")
_PREFIX = re.compile(r"[A-Z][A-Z0-9_]*")
_TOP_KEYS = (
    "sources",
    "destination",
    "verify",
    "publish",
    "workers",
    "on_schema_change",
    "allow_shrink",
)
_SOURCE_KEYS = (
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
_DESTINATION_KEYS = ("connection", "constraints", "indexes")
_STREAM_KEYS = (
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
_CONSTRAINTS = ("keys", "all")


def load_config(environ: Mapping[str, str] | None = None) -> Config:
    """Read the environment and the file that ELT_CONFIG names, if it names one.

    Raises ConfigError with all mistakes of both.
    """
    environ = os.environ if environ is None else environ
    problems = Problems()
    top = open_document(environ, problems)
    mask_key = read_mask_key(environ, problems)
    sources = tuple(
        _with_mask_key(source, mask_key) for source in _read_sources(top, environ)
    )
    destination = read_destination(top.section("destination"), environ)
    retry = read_retry(environ, problems)
    dump_path = _read_dump_path(environ, sources, problems)
    verify = top.word("verify", Verification, Verification.CHANGES)
    publish = top.word("publish", PublishPolicy, PublishPolicy.TOGETHER)
    workers = top.number("workers", default_workers(), lowest=1)
    on_schema_change = top.word(
        "on_schema_change", SchemaChangePolicy, SchemaChangePolicy.PROPAGATE
    )
    allow_shrink = top.share("allow_shrink", 0.5)
    problems.raise_if_any()
    assert destination is not None  # noqa: S101  no problem means a destination
    connections = [destination.connection, *(source.connection for source in sources)]
    warn_of_unknown(environ, {connection.prefix for connection in connections})
    return Config(
        sources=sources,
        destination=destination,
        verify=verify,
        publish=publish,
        workers=workers,
        on_schema_change=on_schema_change,
        allow_shrink=allow_shrink,
        retry=retry,
        has_file=bool(environ.get("ELT_CONFIG")),
        dump_path=dump_path,
        dbt_manifest=_read_path(environ, "ELT_DBT_MANIFEST"),
        programs=_read_path(environ, "ELT_PG_BIN"),
    )


def open_document(environ: Mapping[str, str], problems: Problems) -> Section:
    """Return what is in the file that ELT_CONFIG names; nothing where it names none."""
    path = environ.get("ELT_CONFIG", "")
    if not path and Path("elt.yaml").is_file():
        # Else columns that it leaves out or masks would be copied without a word.
        log.warning("ignored elt.yaml", hint="Set ELT_CONFIG=elt.yaml to use it.")
    content: object = {}
    if path:
        from elt.config.yaml_file import read_document  # noqa: PLC0415  (decision 24)

        content = read_document(Path(path), problems)
    top = Section(content, "", problems)
    top.allow(*_TOP_KEYS)
    return top


def read_destination(
    section: Section, environ: Mapping[str, str]
) -> DestinationConfig | None:
    """Read where replicas land, and what they have."""
    section.allow(*_DESTINATION_KEYS)
    connection = _read_connection(section, "DESTINATION", environ)
    constraints = section.text("constraints", "keys")
    if constraints not in _CONSTRAINTS:
        message = f"{constraints!r} is not one of {', '.join(_CONSTRAINTS)}"
        section.problems.add(section.at("constraints"), message)
    indexes = section.flag("indexes", default=True)
    if connection is None:
        return None
    return DestinationConfig(
        connection=connection,
        all_constraints=constraints == "all",
        indexes=indexes,
    )


def _read_path(environ: Mapping[str, str], name: str) -> Path | None:
    text = environ.get(name, "")
    return Path(text) if text else None


def _read_dump_path(
    environ: Mapping[str, str], sources: Sequence[SourceConfig], problems: Problems
) -> Path | None:
    """Read where archives are kept; there is none of what does not leave a source."""
    path = _read_path(environ, "ELT_DUMP_PATH")
    if path is None:
        return None
    if len(sources) > 1 and not path.is_dir():
        message = "must be a directory when there are several sources"
        problems.add("ELT_DUMP_PATH", message)
    if any(source.is_shaped for source in sources):
        message = (
            "an archive holds whole tables, and elt.yaml leaves columns or rows out; "
            "unset it"
        )
        problems.add("ELT_DUMP_PATH", message)
    return path


def _with_mask_key(source: SourceConfig, key: str | None) -> SourceConfig:
    """Let the sessions of a source that hashes know the key; no others need it."""
    if not any(stream.shape.has_hash for _, stream in source.streams):
        return source
    return replace(source, connection=replace(source.connection, mask_key=key))


def _read_sources(top: Section, environ: Mapping[str, str]) -> tuple[SourceConfig, ...]:
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
    section.allow(*_SOURCE_KEYS)
    name = section.text("name", "raw")
    if not _SOURCE_NAME.fullmatch(name):
        message = "must consist of lowercase letters, digits and _"
        section.problems.add(section.at("name"), message)
    connection = _read_connection(section, "SOURCE", environ)
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


def _read_connection(
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
    section.allow(*_STREAM_KEYS)
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
