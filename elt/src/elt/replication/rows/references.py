"""Rows of others that hang on rows of replicas, and change when these are deleted.

That is right where the source deleted the row. Where it did not, the row is not deleted
either, or the run is refused: nobody brings back what a foreign key took along.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from elt.errors import ConfigError
from elt.postgres import Connection, compose, execute, fetch, raw
from elt.queries import load_queries

queries = load_queries("elt.replication", "sql/references.sql")

#: What foreign keys do to the rows that have them when others are deleted: cascade, set
#: null or a default. Or they refuse it, at once or at the end of the statement.
_ACTING = ("c", "n", "d")
_REFUSING = ("r", "a")
#: Errors of those that refuse. And of an alteration behind a delete which those that
#: wait for the end of the transaction have not checked yet.
REFUSALS = frozenset({"23503", "23001", "55006"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """A foreign key of others that does something when rows of ours are deleted."""

    #: Tables and foreign key as SQL has them, in quotes where they need them.
    table_name: str
    referenced_name: str
    name: str
    #: The columns that it refers to.
    columns: Sequence[str]
    #: What it does to the rows, as `CASCADE`, or against it, as `RESTRICT`.
    action: str
    #: Whether it refers to a table above or below the one in question.
    is_of_another: bool


def list_references(
    connection: Connection,
    table: str,
    *,
    is_whole: bool = False,
    with_refusing: bool = False,
) -> list[Reference]:
    """Return the foreign keys by which rows hang on those of a table.

    `table` is its name as SQL has it; of a whole, those of all tables below it count as
    well. Those that refuse to let a row go, and change none, do where that is asked
    for. None is added before the transaction ends.
    """
    execute(connection, compose(queries["lock_referenced"], table=raw(table)))
    actions = [*_ACTING, *(_REFUSING if with_refusing else ())]
    parameters = {"table": table, "is_whole": is_whole, "actions": actions}
    return fetch(connection, Reference, queries["list_references"], parameters)


def refuse_others_below(connection: Connection, table: str, reason: str) -> None:
    """Raise ConfigError where a table of somebody else is below one that is emptied.

    Its rows would go as well, and do not come anew.
    """
    others = execute(connection, queries["list_others_below"], {"table": table})
    if not others:
        return
    parent, name, is_partition = others[0]
    message = (
        f"Rows of {parent} would have to be deleted and inserted anew, as {reason}; "
        f"but {name} is below it, though not through elt"
    )
    leave = f"ALTER TABLE {name} NO INHERIT {parent};"
    if is_partition:
        leave = f"ALTER TABLE {parent} DETACH PARTITION {name};"
    raise ConfigError(message, hint=f"Take it away: {leave}")


def refuse(reason: str, reference: Reference) -> ConfigError:
    """Return the error of rows that cannot be deleted, as rows of others hang on them.

    `reason` says why they would be, though they stay at the source.
    """
    referring, name = reference.table_name, reference.name
    message = (
        f"Rows of {reference.referenced_name} would have to be deleted and inserted "
        f"anew, as {reason}; but {referring} refers to them by {name}, ON DELETE "
        f"{reference.action}"
    )
    hint = (
        f"Drop it: ALTER TABLE {referring} DROP CONSTRAINT {name}; then run elt "
        "replicate, and add it again."
    )
    return ConfigError(message, hint=hint)
