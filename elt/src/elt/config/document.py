"""The configuration file `elt.yaml`, checked key by key.

Every mistake is noted with its path, as in `sources[0].streams.public.films.mode`;
a key that is not known is a mistake.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from elt import logs
from elt.config.columns import read_mask_key
from elt.config.environment import read_retry
from elt.config.model import (
    Config,
    DestinationConfig,
    PublishPolicy,
    SchemaChangePolicy,
    SourceConfig,
    Verification,
)
from elt.config.problems import Problems
from elt.config.section import Section
from elt.config.sources import read_connection, read_sources
from elt.config.unknown_variables import warn_of_unknown
from elt.config.workers import default_workers

log = logs.logger(__name__)

#: The keys of elt.yaml itself; the chart's schema has the same ones.
TOP_KEYS = (
    "sources",
    "destination",
    "verify",
    "publish",
    "workers",
    "on_schema_change",
    "allow_shrink",
)
#: The keys of the destination; the chart's schema has the same ones.
DESTINATION_KEYS = ("connection", "constraints", "indexes")
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
        _with_mask_key(source, mask_key) for source in read_sources(top, environ)
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
    top.allow(*TOP_KEYS)
    return top


def read_destination(
    section: Section, environ: Mapping[str, str]
) -> DestinationConfig | None:
    """Read where replicas land, and what they have."""
    section.allow(*DESTINATION_KEYS)
    connection = read_connection(section, "DESTINATION", environ)
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
