"""dbt, run inside this process: importing it takes longer than most of its commands."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from elt import logs
from elt.errors import ConfigError, EltError
from elt.interruption import raise_if_interrupted
from elt.transformation.project import shown
from elt.transformation.results import NodeResult, read_event, read_results

log = logs.logger(__name__)

#: None of dbt's own output: what matters of it is logged by us. Its log file is left to
#: DBT_LOG_LEVEL_FILE.
_QUIETLY = ("--log-level", "none", "--no-print")


class Dbt:
    """dbt on one project, which it parses once."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        """Take the variables that say where the project and the destination are."""
        self._variables = variables
        self._manifest: Any = None
        self._events: dict[str, Any] = {}
        self._finished: list[NodeResult] = []
        #: What came of all nodes so far.
        self.results: list[NodeResult] = []
        #: What the destination said against statements of dbt.
        self.problems: list[EltError] = []

    def parse(self) -> str | None:
        """Read the project; return why it was parsed anew, None if it was not."""
        self._manifest = self._invoke("parse")
        if "PartialParsingSkipParsing" in self._events:
            return None
        reason = str(
            self._events.get("UnableToPartialParse", "the project has changed")
        )
        return reason.removeprefix("Unable to do partial parsing because ")

    def check_freshness(self) -> list[NodeResult]:
        """Ask how old the sources are."""
        return self._run("source", "freshness")

    def build(
        self, *, select: Sequence[str] = (), full_refresh: bool = False
    ) -> list[NodeResult]:
        """Build seeds, models and snapshots and run their tests, but no unit tests.

        Those are about the code, and want tables that only a first build makes.
        """
        words = ["--exclude-resource-type", "unit_test"]
        words += ["--full-refresh"] if full_refresh else []
        words += ["--select", *select] if select else []
        return self._run("build", *words)

    def run_unit_tests(self) -> list[NodeResult]:
        """Run the unit tests, in a destination that is built."""
        return self._run("test", "--select", "test_type:unit")

    def write_docs(self) -> str:
        """Return the documentation of project and destination: one page of HTML."""
        variables = self._variables
        target = Path(variables["DBT_PROJECT_DIR"], variables["DBT_TARGET_PATH"])
        page = target / "static_index.html"
        page.unlink(missing_ok=True)
        self._invoke("docs", "generate", "--static")
        return page.read_text(encoding="utf-8")

    def _run(self, *words: str) -> list[NodeResult]:
        """Run a command on nodes; where it breaks off, those that finished count."""
        self._finished = []
        try:
            results = read_results(self._invoke(*words).results)
        except BaseException:
            self.results += self._finished
            raise
        self.results += results
        return results

    def _invoke(self, *words: str) -> Any:  # noqa: ANN401  dbt has no types
        """Run a command and return its result, good or bad."""
        raise_if_interrupted()
        started = time.monotonic()
        connections, runner = _import_dbt()
        with shown(self._variables):
            answer = runner(manifest=self._manifest, callbacks=[self._listen]).invoke(
                [*words, *_QUIETLY]
            )
        seconds = round(time.monotonic() - started, 3)
        log.debug("ran dbt", command=words[0], seconds=seconds)
        problems = connections.list_problems()
        self.problems += problems
        if answer.exception is not None:
            raise_if_interrupted()
            raise _error_of(words[0], answer.exception, problems) from answer.exception
        return answer.result

    def _listen(self, event: Any) -> None:  # noqa: ANN401  dbt has no types
        self._events[event.info.name] = event.info.msg
        if event.info.name == "NodeFinished":
            self._finished.append(read_event(event.data))


def _import_dbt() -> tuple[Any, Any]:
    try:
        from dbt.cli.main import dbtRunner  # noqa: PLC0415  takes seconds
    except ModuleNotFoundError as error:
        message = "dbt is not installed"
        hint = "Install elt with its extra: python3 -m pip install './elt[dbt]'"
        raise ConfigError(message, hint=hint) from error
    from elt.transformation import connections  # noqa: PLC0415  imports dbt

    connections.use_our_connections()
    return connections, dbtRunner


def _error_of(
    command: str, exception: BaseException, problems: Sequence[EltError]
) -> BaseException:
    """Return why a command did not even come to its nodes."""
    if problems:
        return problems[-1]
    from dbt.cli.exceptions import DbtUsageException  # noqa: PLC0415  imports dbt
    from dbt_common.exceptions import DbtBaseException  # noqa: PLC0415  imports dbt

    # The other is that of a variable of dbt which has an impossible value.
    if isinstance(exception, DbtBaseException | DbtUsageException):
        return ConfigError(f"dbt {command} could not run: {exception}")
    return exception
