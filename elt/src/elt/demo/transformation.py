"""dbt, run inside this process: importing it takes longer than the build."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from elt.errors import ConfigError, DataError

_PROJECT_FILE = "dbt_project.yml"
_FAILED = {"error", "fail", "runtime error"}
_SHOWN_FAILURES = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class BuildReport:
    """What dbt built, and what its tests had to say."""

    #: How many nodes of each kind: model, test, seed, snapshot, unit test.
    counts: Mapping[str, int]
    #: Names of the tests that warned.
    warnings: tuple[str, ...]


def find_project(start: Path) -> Path:
    """Return the folder of the dbt project, looking from a folder upwards."""
    for folder in (start, *start.parents):
        if (folder / "dbt" / _PROJECT_FILE).exists():
            return folder / "dbt"
    message = f"Found no dbt/{_PROJECT_FILE} in {start} or above"
    raise ConfigError(message, hint="Run elt demo in a checkout of its repository.")


def build(environ: Mapping[str, str]) -> BuildReport:
    """Build every model and run every test; raise DataError where one fails.

    The variables say where the project and the destination are. Unit tests come
    last: those of an incremental model need its table.
    """
    with _environment(environ):
        manifest = _invoke(None, "parse").result
        unit_tests = ("--select", "test_type:unit")
        other_nodes = ("--exclude-resource-type", "unit_test")
        results = [
            *_invoke(manifest, "build", *other_nodes).result.results,
            *_invoke(manifest, "test", *unit_tests).result.results,
        ]
        raise_for_failures(results)
    kinds = Counter(str(result.node.resource_type) for result in results)
    warned = sorted(r.node.name for r in results if r.status == "warn")
    return BuildReport(counts=kinds, warnings=tuple(warned))


def raise_for_failures(results: list[Any]) -> None:
    """Raise a DataError that names the nodes that failed, if any did."""
    failures = [result for result in results if result.status in _FAILED]
    if not failures:
        return
    shown = [f"\n  {f.node.name}: {f.message}" for f in failures[:_SHOWN_FAILURES]]
    count = "1 node" if len(failures) == 1 else f"{len(failures)} nodes"
    message = f"{count} of dbt failed:{''.join(shown)}"
    raise DataError(message, hint=f"{os.environ['DBT_LOG_PATH']}/dbt.log has more.")


def _invoke(manifest: Any, *command: str) -> Any:  # noqa: ANN401  dbt has no types
    """Run a command of dbt; with a manifest, without parsing the project again."""
    from dbt.cli.main import dbtRunner  # noqa: PLC0415  takes 1.5 s

    answer = dbtRunner(manifest=manifest).invoke([*command, "--log-level", "none"])
    if answer.exception is not None:
        message = f"dbt {command[0]} could not run: {answer.exception}"
        raise ConfigError(message) from answer.exception
    return answer


@contextmanager
def _environment(environ: Mapping[str, str]) -> Iterator[None]:
    """Show dbt's profile the destination, for the length of a block."""
    before = dict(os.environ)
    os.environ.update(environ)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
