"""The commands and their arguments, without anything slow to import."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from elt import __version__
from elt.commands.arguments import add_format, add_manifest, add_source, add_streams
from elt.errors import UsageError

_EPILOG = """\
configuration:
  SOURCE_HOST, SOURCE_PORT, SOURCE_DATABASE, SOURCE_USER and SOURCE_PASSWORD, or
  SOURCE_URL, name the source; DESTINATION_... the destination
  ELT_CONFIG names elt.yaml: which tables, and how; without it all tables, in full

exit codes:
  0  done                        65  data differ, or a model or test failed
  64 wrong usage                 75  temporary failure, try again
  78 configuration, privilege or schema: change it first
  130, 143 interrupted, nothing half-published
  1  a bug, with its traceback
"""


class Parser(argparse.ArgumentParser):
    """A parser whose errors have our exit code for wrong usage."""

    def parse(self, arguments: Sequence[str] | None) -> argparse.Namespace:
        """Return the options; lead to the help of the command for unknown ones."""
        options, unknown = self.parse_known_args(arguments)
        if unknown:
            message = f"Unrecognized arguments: {' '.join(unknown)}"
            raise UsageError(message, hint=f"Run elt {options.command} --help.")
        return options

    def error(self, message: str) -> NoReturn:
        """Raise instead of exiting with 2."""
        hint = f"Run {self.prog} --help."
        raise UsageError(message[:1].upper() + message[1:], hint=hint)


def make_parser() -> Parser:
    """Return the parser of all commands, with the arguments of each."""
    parser = Parser(
        prog="elt",
        description="Replicate PostgreSQL into an analytics PostgreSQL, prove that the "
        "copy is equal, and publish it in one transaction.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"elt {__version__}")
    common = _common()
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, (summary, add_arguments) in _COMMANDS.items():
        command = commands.add_parser(
            name,
            help=summary,
            description=f"{summary[:1].upper()}{summary[1:]}.",
            parents=[common],
            # Else `--all` would be taken for --allow-shrink.
            allow_abbrev=False,
        )
        command.set_defaults(command=name)
        add_arguments(command)
    return parser


def find_log_format(arguments: Sequence[str] | None) -> str | None:
    """Return the form of the log that is asked for, whatever else is wrong."""
    try:
        options, _ = _common().parse_known_args(arguments)
    except UsageError:
        return None
    return str(options.log_format) if options.log_format else None


def _common() -> Parser:
    """Return the parser of what every command understands."""
    parser = Parser(add_help=False, allow_abbrev=False)
    parser.add_argument(
        "--log-format",
        choices=("text", "json"),
        help="form of the log on standard error; text on a terminal, else JSON lines",
    )
    parser.add_argument("--verbose", action="store_true", help="log every step")
    return parser


def _add_dbt(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--project",
        type=Path,
        metavar="DIRECTORY",
        help="its folder (default: DBT_PROJECT_DIR, /dbt, or dbt/ of a checkout)",
    )
    parser.add_argument(
        "--select",
        action="append",
        default=[],
        metavar="NODES",
        help="build only these, in dbt's syntax: 'film_ratings+'; repeatable",
    )
    parser.add_argument(
        "--full-refresh", action="store_true", help="build incremental models anew"
    )


def _add_seed(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--scale",
        type=int,
        metavar="N",
        help="size: 1 (default) is about 1,000 films and 50,000 ratings, 0 a miniature",
    )
    parser.add_argument(
        "--traffic",
        type=float,
        metavar="SECONDS",
        help="then play an application that inserts, updates and deletes",
    )
    parser.add_argument(
        "--print-sql",
        action="store_true",
        help="print the same data as a script for psql, and connect to nothing",
    )


def _add_check(parser: argparse.ArgumentParser) -> None:
    add_source(parser)
    add_manifest(parser)
    add_format(parser)


def _add_replicate(parser: argparse.ArgumentParser) -> None:
    add_source(parser)
    add_streams(parser)
    parser.add_argument(
        "--full", action="store_true", help="copy every row, even of unchanged streams"
    )
    parser.add_argument(
        "--allow-shrink",
        action="store_true",
        help="publish streams that lost most of their rows",
    )
    add_manifest(parser)
    parser.add_argument(
        "--follow",
        action="store_true",
        help="then go on with what the source writes, until a signal says stop",
    )
    parser.add_argument(
        "--every",
        metavar="DURATION",
        help="with --follow: how often a whole run comes between, which takes the "
        "streams of other modes along; as 30s, 15m or 1d (default: 1h)",
    )


def _add_verify(parser: argparse.ArgumentParser) -> None:
    add_source(parser)
    add_streams(parser)
    add_format(parser)


def _add_prune(parser: argparse.ArgumentParser) -> None:
    add_source(parser)
    add_streams(parser)
    parser.add_argument(
        "--dry-run", action="store_true", help="say what would go, and write nothing"
    )


def _add_dbt_sources(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--source", metavar="NAME", help="which of several sources")
    parser.add_argument(
        "--name", help="what dbt calls the source (default: the name of its schema)"
    )
    for option, default, does in (
        ("--warn-after", "1d", "warns"),
        ("--error-after", "2d", "fails"),
    ):
        parser.add_argument(
            option,
            default=default,
            metavar="PERIOD",
            help=f"age at which dbt source freshness {does}, as 90m, 36h or 2d "
            f"(default: {default})",
        )


def _add_demo(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--scale", type=int, metavar="N", help="size of the source")
    parser.add_argument(
        "--directory", type=Path, help="where the servers live (default: .demo)"
    )
    parser.add_argument(
        "--down", action="store_true", help="stop the servers and remove their data"
    )


def _add_control(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--namespace",
        metavar="NAME",
        help="where the release is (default: the pod's, else that of the kubeconfig)",
    )
    parser.add_argument(
        "--release", default="elt", metavar="NAME", help="the release (default: elt)"
    )
    parser.add_argument(
        "--name",
        default="elt",
        metavar="NAME",
        help="what the names of its objects begin with (default: elt)",
    )
    parser.add_argument(
        "--init-job", metavar="NAME", help="the Job that must be complete first"
    )
    for option, default, text in (
        ("--start-deadline", 3000, "how long a dbt Job waits for a replication"),
        ("--max-staleness", 0, "a replication at most this old is fresh as well"),
    ):
        parser.add_argument(
            option,
            type=int,
            default=default,
            metavar="SECONDS",
            help=f"{text} (default: {default})",
        )
    parser.add_argument(
        "--port",
        type=int,
        default=8080,
        metavar="PORT",
        help="where probes and Prometheus are answered (default: 8080)",
    )
    parser.add_argument("--once", action="store_true", help="make one pass, then exit")
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help="with --once: print what would be done and why, and write nothing",
    )


_COMMANDS: dict[str, tuple[str, Callable[[argparse.ArgumentParser], None]]] = {
    "check": ("a dry run: examine both databases, write nothing", _add_check),
    "replicate": ("copy, verify and publish all streams", _add_replicate),
    "verify": ("compare source and destination as they are now", _add_verify),
    "status": ("show every stream: state, rows, age, last receipt", add_format),
    "dbt": ("build the dbt project on the replicas", _add_dbt),
    "dbt-sources": ("print dbt sources for the replicas", _add_dbt_sources),
    "seed": ("fill the source with example data, a cinema", _add_seed),
    "prune": ("drop replicas of tables that are gone from the source", _add_prune),
    "teardown": ("drop what elt has made at the sources", add_source),
    "control": ("keep the order of a release on Kubernetes", _add_control),
    "demo": ("run the whole pipeline on this machine", _add_demo),
}
