"""One run of dbt on one page: freshness, build, docs, and the record."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from elt import logs
from elt.config import DatabaseSettings, RetrySettings
from elt.errors import EltError, InterruptedRun, LostConnectionError, UsageError
from elt.interruption import raise_if_interrupted
from elt.transformation.dbt import Dbt
from elt.transformation.record import DbtRun, save_run, wait_for_state
from elt.transformation.results import BuildReport, error_of

log = logs.logger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class BuildOptions:
    """What of the project is built, and how."""

    #: Selectors of dbt; without one, everything.
    select: Sequence[str] = ()
    full_refresh: bool = False


def transform(
    dbt: Dbt, settings: DatabaseSettings, retry: RetrySettings, options: BuildOptions
) -> None:
    """Build the project on the replicas, and record how it went.

    Raises DataError when a node failed, after all that could be built was built, and
    whatever kept dbt from building.
    """
    wait_for_state(settings, retry)
    started, started_at = time.monotonic(), datetime.now(UTC)
    docs: str | None = None
    error: BaseException | None = None
    try:
        _build(dbt, options)
        error = error_of(dbt.results, dbt.problems)
        docs = None if isinstance(error, LostConnectionError) else _write_docs(dbt)
    except BaseException as anything:  # noqa: BLE001  recorded, then raised
        error = anything
    report = BuildReport(results=dbt.results)
    run = DbtRun(started_at=started_at, report=report, docs=docs, error=error)
    _log_end(_record(settings, run), report, time.monotonic() - started)
    if error is not None:
        raise error


def _build(dbt: Dbt, options: BuildOptions) -> None:
    """Parse, look at the sources, and build."""
    started = time.monotonic()
    reason = dbt.parse()
    log.info(
        "parsed project",
        reused=reason is None,
        reason=reason,
        seconds=round(time.monotonic() - started, 3),
    )
    dbt.check_freshness()
    built = dbt.build(select=options.select, full_refresh=options.full_refresh)
    raise_if_interrupted()
    if not built and options.select:
        message = f"No node matches --select {' '.join(options.select)}"
        raise UsageError(message, hint="Selectors are those of dbt: film_ratings+")


def _write_docs(dbt: Dbt) -> str | None:
    """Return the docs; a run without them is as good."""
    try:
        return dbt.write_docs()
    except InterruptedRun:
        raise
    except (EltError, OSError) as error:
        log.warning("failed to write docs", error=error)
        return None


def _record(settings: DatabaseSettings, run: DbtRun) -> int | None:
    """Record a run and return its id; of a run that failed, the failure comes first."""
    try:
        return save_run(settings, run)
    except EltError as error:
        if run.error is None:
            raise
        log.warning("failed to record the run of dbt", error=error.message)
        return None


def _log_end(run_id: int | None, report: BuildReport, seconds: float) -> None:
    """Log what a person should look at, and the sum of all."""
    for node in report.warnings:
        if node.kind == "source":
            log.warning("found source stale", source=node.name, reason=node.message)
        else:
            log.warning("test warned", test=node.name, failures=node.failures)
    for node in report.failures:
        log.error("failed node", node=node.name, kind=node.kind, error=node.message)
    log.info(
        "finished dbt",
        run=run_id,
        models=report.counts.get("model", 0),
        tests=report.counts.get("test", 0),
        warned=len(report.warnings),
        failed=len(report.failures),
        seconds=round(seconds, 3),
    )
