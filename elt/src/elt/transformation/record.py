"""The record of a run of dbt in the state: `elt.dbt_runs` and `elt.dbt_docs`."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime

from elt.config import DatabaseSettings, RetrySettings
from elt.errors import ConfigError, EltError
from elt.postgres import (
    connect,
    connect_with_retries,
    execute,
    fetch_one,
    transaction,
)
from elt.queries import load_queries
from elt.transformation.results import BuildReport

queries = load_queries("elt.transformation", "sql/transformation.sql")

_NAME = "elt dbt"


@dataclass(frozen=True, kw_only=True, slots=True)
class DbtRun:
    """A run of dbt, as it ended."""

    started_at: datetime
    report: BuildReport
    #: The docs it wrote, None if it wrote none.
    docs: str | None = None
    #: What failed, None if nothing did.
    error: BaseException | None = None

    @property
    def exit_code(self) -> int:
        """The code that the command ends with."""
        if self.error is None:
            return 0
        return self.error.exit_code if isinstance(self.error, EltError) else 1


def wait_for_state(settings: DatabaseSettings, retry: RetrySettings) -> None:
    """Wait until the destination can be reached, and see that it has replicas.

    Raises ConfigError where nothing was replicated yet.
    """
    with closing(
        connect_with_retries(settings, retry, application_name=_NAME)
    ) as connection:
        [(is_there, is_current)] = execute(connection, queries["has_state"])
    if not is_there:
        message = f"Nothing was replicated yet into database {settings}"
        raise ConfigError(message, hint="Run elt replicate first.")
    if not is_current:
        message = f"The state in database {settings} is of an older version of elt"
        raise ConfigError(message, hint="Run elt replicate of this version first.")


def save_run(settings: DatabaseSettings, run: DbtRun) -> int:
    """Record a run and return its id; its docs take the place of earlier ones.

    Not on a connection of the run, which a signal may have ended.
    """
    error = None if run.error is None else str(run.error) or type(run.error).__name__
    parameters = {
        "started_at": run.started_at,
        "status": "error" if run.error else run.report.status,
        "nodes": json.dumps([asdict(result) for result in run.report.results]),
        "error": error,
        "exit_code": run.exit_code,
    }
    with (
        closing(
            connect(settings, application_name=_NAME, is_interruptible=False)
        ) as connection,
        transaction(connection),
    ):
        run_id = int(fetch_one(connection, queries["save_run"], parameters))
        if run.docs is not None:
            execute(connection, queries["forget_docs"])
            docs = {"dbt_run_id": run_id, "html": run.docs}
            execute(connection, queries["save_docs"], docs)
    return run_id
