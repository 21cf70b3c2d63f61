"""What the server of a source allows, and what stands in the way of a slot there."""

from __future__ import annotations

import re
from dataclasses import dataclass

from elt.errors import ConfigError
from elt.postgres import Connection, execute, fetch, fetch_one, sqlstate_of
from elt.queries import load_queries
from elt.replication.catalog.names import quote_name
from elt.replication.logical.slot_decision import Slot
from elt.replication.logical.slots import PLUGIN, plugin_refused

queries = load_queries("elt.replication", "sql/source_server.sql")

#: From here on a standby decodes the WAL that it replays.
OLDEST_STANDBY = 16
_NOT_IN_PREREQUISITE_STATE = "55000"


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceServer:
    """What a source allows."""

    version: int
    wal_level: str
    #: A list of the plugins that slots may have; None where that is not known.
    output_plugins: str | None
    is_standby: bool
    role: str
    may_replicate: bool
    #: Whether the role may see what the server's own processes do.
    may_see_activity: bool
    most_slots: int
    slots: int
    may_create: bool

    @property
    def place(self) -> str:
        """Say where roles and tables of the source are changed."""
        return "at its primary" if self.is_standby else "there"


@dataclass(frozen=True, kw_only=True, slots=True)
class Feedback:
    """Whether the primary of a standby keeps what its slot needs."""

    is_given: bool
    #: Whether that is kept also while the standby is away.
    is_lasting: bool


def describe_server(connection: Connection) -> SourceServer:
    """Return what a source allows."""
    [server] = fetch(connection, SourceServer, queries["describe_server"])
    return server


def is_standby(connection: Connection) -> bool:
    """Tell whether a server replays the WAL of another."""
    return bool(fetch_one(connection, queries["is_standby"]))


def describe_feedback(connection: Connection) -> Feedback:
    """Return what a standby tells its primary of the rows that it still needs."""
    [feedback] = fetch(connection, Feedback, queries["describe_feedback"])
    return feedback


def may_decode(connection: Connection) -> bool:
    """Tell whether the WAL that a standby receives can be decoded; changes nothing.

    The wal_level of its primary decides, which only an attempt finds out.
    """
    try:
        execute(connection, queries["try_decoding"])
    except ConfigError as error:
        return sqlstate_of(error) != _NOT_IN_PREREQUISITE_STATE
    return True


def find_obstacles(
    server: SourceServer, slot: Slot | None, name: str
) -> list[ConfigError]:
    """Return why there can be no slot at a source."""
    if server.is_standby and server.version < OLDEST_STANDBY:
        message = (
            f"The source is a standby of PostgreSQL {server.version}, "
            f"and one can be read from its WAL from {OLDEST_STANDBY} on"
        )
        hint = "Name its primary, or set mode: incremental."
        return [ConfigError(message, hint=hint)]
    found = _find_missing(server)
    if slot is None and server.slots >= server.most_slots:
        message = f"All {server.most_slots} replication slots of the source are taken"
        hint = "Drop one that nobody uses, or raise max_replication_slots there."
        found.append(ConfigError(message, hint=hint))
    another = "Name another one in elt.yaml: slot: another_name."
    if slot is not None and not (slot.is_of_database and slot.plugin == PLUGIN):
        message = f"The replication slot {name} is one of another database or plugin"
        found.append(ConfigError(message, hint=another))
    if slot is not None and server.is_standby and slot.is_synced:
        message = f"The replication slot {name} of the source is one of its primary"
        found.append(ConfigError(message, hint=another))
    return found


def _find_missing(server: SourceServer) -> list[ConfigError]:
    """Return which settings and privileges are missing."""
    found = []
    if server.wal_level != "logical":
        message = f"wal_level of the source is {server.wal_level}, not logical"
        place = "there and at its primary" if server.is_standby else "there"
        hint = f"Run {place}, and restart it: ALTER SYSTEM SET wal_level = logical;"
        found.append(ConfigError(message, hint=hint))
    allowed = server.output_plugins
    if allowed is not None and PLUGIN not in _split_list(allowed):
        found.append(plugin_refused(allowed))
    role = quote_name(server.role)
    if not server.may_replicate:
        message = f"Role {server.role} may not make a replication slot at the source"
        hint = f"Run {server.place}: ALTER ROLE {role} REPLICATION;"
        found.append(ConfigError(message, hint=hint))
    if server.is_standby and not server.may_see_activity:
        message = f"Role {server.role} may not see how far the source has replayed"
        hint = f"Run {server.place}: GRANT pg_read_all_stats TO {role};"
        found.append(ConfigError(message, hint=hint))
    return found


def _split_list(setting: str) -> list[str]:
    """Return the names in a setting that is a list; quotes may hold a comma."""
    found = re.findall(r'"([^"]*)"|([^",\s]+)', setting)
    return [quoted or plain.lower() for quoted, plain in found]
