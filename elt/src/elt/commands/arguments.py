"""Arguments that several commands have, without anything slow to import."""

from __future__ import annotations

import argparse

from elt.errors import UsageError


def add_streams(parser: argparse.ArgumentParser) -> None:
    """Let a command be narrowed to some streams."""
    parser.add_argument(
        "--stream",
        action="append",
        default=[],
        metavar="SCHEMA.TABLE",
        help="only this stream, or those of a pattern such as 'public.*'; repeatable",
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
