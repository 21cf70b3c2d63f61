"""dbt's connections under the rules of ours.

An error says what PostgreSQL says without a value of a row, and is kept to tell whether
another run may succeed. After a signal, statements are cancelled, and none begins.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from dbt.adapters import postgres
from dbt.adapters.exceptions import FailedToConnectError
from dbt.adapters.factory import FACTORY
from dbt.adapters.postgres.connections import PostgresConnectionManager
from dbt_common.exceptions import DbtDatabaseError

from elt.errors import EltError, LostConnectionError
from elt.interruption import raise_if_interrupted
from elt.postgres import cancel_statements, translate_cause


class ConnectionManager(PostgresConnectionManager):  # type: ignore[misc]  # no types
    """Opens and uses dbt's connections, one for each of its threads."""

    def __init__(self, profile: Any, mp_context: Any) -> None:  # noqa: ANN401  dbt's
        super().__init__(profile, mp_context)
        self.problems: list[EltError] = []

    @contextmanager
    def exception_handler(self, sql: str) -> Iterator[None]:
        """Turn errors of a statement into our words."""
        raise_if_interrupted()
        try:
            with super().exception_handler(sql):
                yield
        except DbtDatabaseError as error:
            problem = _translate(error)
            if problem is None:
                raise
            self.problems.append(problem)
            raise DbtDatabaseError(problem.message) from error

    def cancel(self, connection: Any) -> None:  # noqa: ANN401  dbt's
        """Cancel the statement of a connection, without needing another one."""
        cancel_statements([connection.handle])


class PostgresAdapter(postgres.PostgresAdapter):  # type: ignore[misc]  # no types
    """dbt's adapter with our connections; dbt asks for the name of its class."""

    ConnectionManager = ConnectionManager


def use_our_connections() -> None:
    """Have dbt make its connections by ours, from now on and in this process."""
    postgres.Plugin.adapter = PostgresAdapter


def cancel_all() -> None:
    """Cancel the running statements of dbt; from any thread."""
    for adapter in list(FACTORY.adapters.values()):
        adapter.connections.cancel_open()


def list_problems() -> Sequence[EltError]:
    """Return what servers said against statements of dbt's last command."""
    adapters = list(FACTORY.adapters.values())
    return [problem for adapter in adapters for problem in adapter.connections.problems]


def _translate(error: Exception) -> EltError | None:
    """Return the server's words; None for an error that is dbt's own."""
    if isinstance(error, FailedToConnectError):
        message = "The destination database cannot be reached any more"
        return LostConnectionError(message)
    return translate_cause(error, "destination")
