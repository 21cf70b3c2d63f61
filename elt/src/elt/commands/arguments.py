"""Arguments that several commands have, without anything slow to import."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from elt.errors import UsageError

_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}

if TYPE_CHECKING:
    # Slow to import, and this module is imported for every --help.
    from elt.config import SourceConfig


def add_source(parser: argparse.ArgumentParser) -> None:
    """Let a command be narrowed to one source."""
    parser.add_argument("--source", metavar="NAME", help="only this one of the sources")


def choose_sources(
    sources: Sequence[SourceConfig], name: str | None, streams: Sequence[str] = ()
) -> tuple[SourceConfig, ...]:
    """Return the sources that the command line means; streams are those of one."""
    names = ", ".join(source.name for source in sources)
    if name is None and streams and len(sources) > 1:
        message = "--stream needs --source, as there are several"
        raise UsageError(message, hint=f"The sources are {names}.")
    chosen = tuple(source for source in sources if name in {None, source.name})
    if not chosen:
        message = f"There is no source {name}"
        raise UsageError(message, hint=f"The sources are {names}.")
    return chosen


def add_streams(parser: argparse.ArgumentParser) -> None:
    """Let a command be narrowed to some streams."""
    parser.add_argument(
        "--stream",
        action="append",
        default=[],
        metavar="SCHEMA.TABLE",
        help="only this stream, or those of a pattern such as 'public.*'; repeatable",
    )


def add_manifest(parser: argparse.ArgumentParser) -> None:
    """Let a command name what a change reaches in a dbt project."""
    parser.add_argument(
        "--dbt-manifest",
        type=Path,
        metavar="PATH",
        help="name the dbt models, tests and exposures downstream of changed columns, "
        "by this manifest.json (default: ELT_DBT_MANIFEST)",
    )


def add_format(parser: argparse.ArgumentParser) -> None:
    """Let a report be read by a program."""
    parser.add_argument(
        "--format",
        choices=("text", "json"),
        default="text",
        help="form of the report on standard output (default: text)",
    )


def at_least(name: str, value: float, lowest: float) -> None:
    """Raise UsageError for a number that is too small."""
    if not value >= lowest:
        message = f"{name} must be at least {lowest:g}, not {value:g}"
        raise UsageError(message)


def parse_duration(name: str, text: str) -> float:
    """Return the seconds of a duration such as `30s`, `90m`, `36h` or `2d`."""
    match = re.fullmatch(r"([1-9]\d*)([smhd])", text)
    if match is None:
        message = f"{name} must be a duration, not {text!r}"
        raise UsageError(message, hint="Write a number and s, m, h or d, as in 15m.")
    return int(match[1]) * _SECONDS[match[2]]
