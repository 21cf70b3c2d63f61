"""The steps of the demo, in order, and its end."""

from __future__ import annotations

import logging
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from elt.config import Config, DatabaseSettings, load_config
from elt.demo import facts, shell
from elt.demo.alone import alone
from elt.demo.best_films import list_best_films
from elt.demo.building import build
from elt.demo.servers import (
    DESTINATION,
    ELSEWHERE,
    ROLES,
    SOURCE,
    home_of,
    remove,
    serve,
)
from elt.demo.story import tell
from elt.embedded import find_binaries
from elt.errors import ConfigError
from elt.progress import choose_progress
from elt.replication.check import check
from elt.replication.findings.finding import CheckReport, format_report
from elt.replication.replicator import replicate
from elt.replication.run_report import RunReport
from elt.replication.sessions.session import RunOptions
from elt.seed.seeder import SeedReport, run_seed
from elt.transformation.project import find_project
from elt.transformation.results import BuildReport


@dataclass(frozen=True, kw_only=True, slots=True)
class Demo:
    """Where the demo lives."""

    project: Path
    directory: Path
    binaries: Path

    @property
    def environment_file(self) -> Path:
        """The file that tells a shell where the databases are."""
        return self.directory / "env"

    @property
    def artifacts(self) -> Path:
        """Where dbt keeps what it compiled, and its log."""
        return self.directory / "dbt"


def locate_demo(directory: Path | None) -> Demo:
    """Find what the demo needs; it lives in `.demo` beside the dbt project."""
    project = find_project(Path.cwd())
    return Demo(
        project=project,
        directory=(directory or project.parent / ".demo").resolve(),
        binaries=find_binaries(os.environ),
    )


def run_demo(demo: Demo, *, scale: int | None) -> None:
    """Run the whole pipeline, show the result, and leave the servers running.

    Without a scale, the source is seeded at scale 1 or left as it is.
    """
    # What happens is told here; only warnings of the steps are news.
    logging.getLogger("elt").setLevel(logging.WARNING)
    print()
    with alone(demo.directory):
        try:
            _run_steps(demo, scale)
        except BaseException:
            print(shell.STAY_UP, flush=True)
            raise


def _run_steps(demo: Demo, scale: int | None) -> None:
    source, destination = _start_servers(demo)
    variables = (
        shell.variables_of(source)
        | shell.variables_of(destination)
        | shell.dbt_variables(demo.project, demo.artifacts)
    )
    shell.write_environment(demo.environment_file, variables, demo.binaries)
    tell("seed", partial(_seed, source, scale), facts.describe_seed)
    config = load_config(variables)
    tell("check", partial(_check, config), facts.describe_check)
    tell("replicate", partial(_replicate, config), facts.describe_run)
    report = tell("dbt build", partial(build, variables), facts.describe_build)
    _show_result(report, destination)
    print(shell.next_steps(demo.environment_file, destination))


def end_demo(demo: Demo) -> None:
    """Stop the servers and remove everything that the demo made."""
    with alone(demo.directory):
        _remove_all(demo)
    print("The demo's servers are stopped and their data removed.")


def _remove_all(demo: Demo) -> None:
    home = home_of(demo.directory)
    for role in ROLES:
        remove(role, home, demo.binaries)
    shutil.rmtree(demo.artifacts, ignore_errors=True)
    demo.environment_file.unlink(missing_ok=True)
    (demo.directory / ELSEWHERE).unlink(missing_ok=True)
    for folder in {home, demo.directory}:
        with suppress(OSError):  # it may be somebody's, with files of theirs
            folder.rmdir()


def _start_servers(demo: Demo) -> tuple[DatabaseSettings, DatabaseSettings]:
    home = home_of(demo.directory)
    if home != demo.directory:
        print(f"  The account of the servers cannot enter {demo.directory},")
        print(f"  so their data lie in {home}.")
    start = partial(serve, home=home, binaries=demo.binaries)
    source = tell("source", partial(start, SOURCE), facts.describe_server)
    destination = tell(
        "destination", partial(start, DESTINATION), facts.describe_server
    )
    return source.settings, destination.settings


def _seed(source: DatabaseSettings, scale: int | None) -> SeedReport:
    """Seed the source; what is wrong with one that is there, a new one has not."""
    try:
        return run_seed(source, scale=scale)
    except ConfigError as error:
        raise ConfigError(error.message, hint="Run make demo-down first.") from error


def _check(config: Config) -> CheckReport:
    """Examine both databases; raise a ConfigError if a run would fail."""
    [source] = config.sources
    report = check(config, source)
    if report.exit_code:
        message = f"The pipeline cannot run:\n{format_report(report)}"
        raise ConfigError(message)
    return report


def _replicate(config: Config) -> RunReport:
    [source] = config.sources
    return replicate(config, source, RunOptions(), choose_progress())


def _show_result(report: BuildReport, destination: DatabaseSettings) -> None:
    if report.warnings:
        print("    The seed breaks some rules on purpose, and these tests say so:")
        print(*(f"    - {test.name}" for test in report.warnings), sep="\n")
    print("\nfilm_ratings, the ten that people like best:\n")
    print(list_best_films(destination), end="\n\n")
