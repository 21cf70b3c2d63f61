"""The command line: parse, call one function, turn errors into exit codes.

A command's module is imported when the command is called, so that `elt --help` answers
at once.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from types import ModuleType, TracebackType

from elt import __version__, logs
from elt.commands.arguments import (
    Parser,
    add_format,
    add_manifest,
    add_source,
    add_streams,
)
from elt.errors import EltError
from elt.interruption import run_interruptibly
from elt.result import Result

log = logs.logger(__name__)

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


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command, leave its result, and return its exit code."""
    result = Result(os.environ.get("ELT_RESULT_PATH"))
    logs.configure(also=result)
    sys.excepthook = partial(_log_uncaught, result)
    try:
        return _main(arguments, result)
    finally:
        result.write()


def _main(arguments: Sequence[str] | None, result: Result) -> int:
    try:
        options = _parser().parse(arguments)
        logs.configure(
            log_format=options.log_format, verbose=options.verbose, also=result
        )
        leave = partial(_leave, result)
        return run_interruptibly(lambda: _run(options), _cancel, leave)
    except EltError as error:
        _log_error(error)
        return error.exit_code
    except BrokenPipeError:
        # The reader of our output went away, as in `elt status | head`.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _log_error(error: EltError) -> None:
    log.error(error.message, hint=error.hint, exit_code=error.exit_code)


def _leave(result: Result, error: EltError) -> None:
    """Say how the command ended before the process is gone."""
    _log_error(error)
    result.write()


def _log_uncaught(
    result: Result,
    kind: type[BaseException],
    error: BaseException,
    trace: TracebackType | None,
) -> None:
    logs.log_uncaught(kind, error, trace)
    result.write()


def _run(options: argparse.Namespace) -> int:
    module = _import(f"elt.commands.{options.command.replace('-', '_')}")
    run: Callable[[argparse.Namespace], int] = module.run
    return run(options)


def _import(name: str) -> ModuleType:
    """Import a command without looking for garbage in what stays until the exit.

    Neither now nor at the exit, which is 28 of 170 ms (decision 24).
    """
    is_new = name not in sys.modules
    gc.disable()
    try:
        module = import_module(name)
    finally:
        gc.enable()
    if is_new:
        gc.freeze()
    return module


def _cancel() -> None:
    """Cancel running statements of the modules that run some, if they are in use."""
    for module in ("elt.postgres", "elt.transformation.connections"):
        if module in sys.modules:
            sys.modules[module].cancel_all()


def _parser() -> Parser:
    parser = Parser(
        prog="elt",
        description="Replicate PostgreSQL into an analytics PostgreSQL, prove that the "
        "copy is equal, and publish it in one transaction.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"elt {__version__}")
    common = Parser(add_help=False)
    common.add_argument(
        "--log-format",
        choices=("text", "json"),
        help="form of the log on standard error; text on a terminal, else JSON lines",
    )
    common.add_argument("--verbose", action="store_true", help="log every step")
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
        default="1h",
        metavar="DURATION",
        help="with --follow: how often a whole run comes between, which takes the "
        "streams of other modes along; as 30s, 15m or 1d (default: 1h)",
    )


def _add_verify(parser: argparse.ArgumentParser) -> None:
    add_source(parser)
    add_streams(parser)
    add_format(parser)


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
    "teardown": ("drop what elt has made at the sources", add_source),
    "control": ("keep the order of a release on Kubernetes", _add_control),
    "demo": ("run the whole pipeline on this machine", _add_demo),
}
