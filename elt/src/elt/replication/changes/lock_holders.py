"""Says who has a lock that keeps a table from being altered."""

from __future__ import annotations

from dataclasses import dataclass

from elt.errors import EltError, TemporaryError
from elt.postgres import Composable, Connection, fetch, qualified_names
from elt.queries import load_queries

queries = load_queries("elt.replication", "sql/lock_holders.sql")


@dataclass(frozen=True, kw_only=True, slots=True)
class Holder:
    """Somebody who has a lock on a table."""

    locked: str
    pid: int
    #: None where that is not told, as for other roles.
    name: str | None
    role: str | None


def describe_holder(pid: int, name: str | None, role: str | None) -> str:
    """Describe who holds a lock; a prepared transaction has no backend, which is 0."""
    if not pid:
        return "a prepared transaction"
    of_role = f" of {role}" if role else ""
    return f"{name or 'another program'}{of_role} (backend {pid})"


def locked_table(
    connection: Connection, statement: Composable, timeout: str
) -> EltError | None:
    """Return the error of a statement that gave up waiting for a lock.

    None where nobody has one any more.
    """
    names = [name.as_string(connection) for name in qualified_names(statement)]
    found = fetch(connection, Holder, queries["find_holder"], {"names": names})
    return _locked_by(found[0], timeout) if found else None


def _locked_by(holder: Holder, timeout: str) -> TemporaryError:
    who = describe_holder(holder.pid, holder.name, holder.role)
    message = (
        f"{holder.locked} could not be altered within a lock timeout of {timeout}: "
        f"{who} has it"
    )
    return TemporaryError(message, hint="The next run tries again; or end who has it.")
