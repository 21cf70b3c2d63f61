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
from io import TextIOWrapper
from types import ModuleType, TracebackType

from elt import logs
from elt.commands.parser import find_log_format, make_parser
from elt.errors import EltError
from elt.interruption import run_interruptibly
from elt.result import Result

log = logs.logger(__name__)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command, leave its result, and return its exit code."""
    _write_utf8()
    result = Result(os.environ.get("ELT_RESULT_PATH"))
    logs.configure(log_format=find_log_format(arguments), also=result)
    sys.excepthook = partial(_log_uncaught, result)
    try:
        return _main(arguments, result)
    finally:
        result.write()


def _write_utf8() -> None:
    """Write any name of a table, also where the locale does not know its letters."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8")


def _main(arguments: Sequence[str] | None, result: Result) -> int:
    try:
        options = make_parser().parse(arguments)
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
