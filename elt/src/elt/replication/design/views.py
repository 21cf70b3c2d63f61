"""Views that are replicated as tables: what they cannot have, and what may go wrong.

Nothing here talks to a database.
"""

from __future__ import annotations

from elt.config import StreamConfig, SyncMode
from elt.errors import ConfigError, EltError
from elt.replication.catalog.tables import Relation, stream_name

_VIEWS = {"v": "a view", "m": "a materialized view"}
_OTHERS = {
    "f": "a foreign table: its rows are not in this database",
}
#: Why the rows of a view are not those that were read a moment ago.
CHANGING = (
    "a view may return other rows each time it is read, as by random() or a limit "
    "without an order"
)


def is_taken_for_table(relation: Relation) -> bool:
    """Tell whether a relation that is replicated is a view of either kind."""
    return relation.kind in _VIEWS


def reason_for_omission(relation: Relation) -> str:
    """Return why a relation that is no table is not replicated."""
    if relation.kind in _VIEWS:
        kind = _VIEWS[relation.kind]
        return f"{kind}: include_views: true copies its rows into a table"
    return _OTHERS[relation.kind]


def lack_of_rows(relation: Relation) -> str | None:
    """Return why a view has nothing to copy yet, None for all that can be read."""
    if relation.is_populated:
        return None
    return "it is not populated yet: REFRESH MATERIALIZED VIEW fills it"


def refuse_modes_of_tables(relation: Relation, override: StreamConfig) -> None:
    """Raise ConfigError where a view is to be read in part.

    It has neither transactions nor WAL that tell which of its rows changed.
    """
    modes = {None, SyncMode.FULL_REFRESH}
    if override.mode in modes and override.cursor is None and override.deletes is None:
        return
    name = stream_name(relation)
    message = f"{name} is {_VIEWS[relation.kind]}: nothing tells which rows changed"
    hint = f"Leave out mode, cursor and deletes of {name}: it is read in full."
    raise ConfigError(message, hint=hint)


def explain_failure(relation: Relation, error: EltError) -> EltError:
    """Return an error with what can be done about a view that cannot be read."""
    if not relation.is_view or not isinstance(error, ConfigError):
        return error
    hint = (
        "Its own query fails, which runs with the rights of its owner, or with those "
        "of the role if it is a security_invoker: correct it, or exclude the view."
    )
    explained = ConfigError(error.message, hint=hint)
    explained.__cause__ = error.__cause__
    return explained
