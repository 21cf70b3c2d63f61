"""The statements for a replication slot and the WAL that it keeps."""

from __future__ import annotations

import re
import time
from datetime import datetime

from elt.errors import ConfigError, EltError, InterruptedRun, TemporaryError
from elt.interruption import pause
from elt.postgres import (
    Composable,
    Connection,
    Literal,
    compose,
    execute,
    fetch,
    fetch_one,
    server_version,
    sqlstate_of,
)
from elt.queries import load_queries
from elt.replication.catalog.names import quote_name
from elt.replication.logical.slot_decision import Slot
from elt.replication.logical.wal_keys import MARK_PREFIX, Visibility

queries = load_queries("elt.replication", "sql/slots.sql")

PLUGIN = "pgoutput"
#: From here on standbys may take a slot over.
_FAILOVER_SLOTS = 17
#: Making a slot waits for every open transaction; a run does not wait for long ones.
_LONGEST_WAIT = "30s"
_LONGEST_FREEING_SECONDS = 10.0
_FREEING_PAUSE_SECONDS = 0.02
_NOT_IN_PREREQUISITE_STATE = "55000"
_CANCELED = "57014"
_INSUFFICIENT_PRIVILEGE = "42501"
_SILENT = (
    "The primary of the source did not say which transactions were open, or they "
    "stayed open"
)
_BREAK_SILENCE = "Run there, while a run begins: SELECT pg_log_standby_snapshot();"


def find_slot(connection: Connection, name: str) -> Slot | None:
    """Return a slot by its name."""
    found = fetch(connection, Slot, queries["find_slot"], {"slot": name})
    return found[0] if found else None


def create_slot(connection: Connection, name: str, *, is_standby: bool) -> None:
    """Make the slot.

    Raises TemporaryError where transactions that are open take too long to end, or
    where a standby hears nothing of those that are.
    """
    is_new = server_version(connection) >= _FAILOVER_SLOTS
    # A standby has no standbys that it could give the slot to.
    query = "create_failover_slot" if is_new and not is_standby else "create_slot"
    execute(connection, f"set statement_timeout to '{_LONGEST_WAIT}'")
    try:
        execute(connection, queries[query], {"slot": name})
    except InterruptedRun:
        raise
    except EltError as error:
        if is_standby and sqlstate_of(error) == _NOT_IN_PREREQUISITE_STATE:
            raise primary_refuses() from error
        if sqlstate_of(error) == _INSUFFICIENT_PRIVILEGE and PLUGIN in error.message:
            # The role may not see the setting, so that nothing told of it before.
            raise plugin_refused() from error
        if is_standby and sqlstate_of(error) == _CANCELED:
            raise TemporaryError(_SILENT, hint=_BREAK_SILENCE) from error
        if sqlstate_of(error) == _CANCELED:
            raise TemporaryError(_say_open(connection)) from error
        raise
    finally:
        execute(connection, "set statement_timeout to 0")


def _say_open(connection: Connection) -> str:
    """Say for what a slot was waited in vain: it comes after what is open by now."""
    holders = [name for (name,) in execute(connection, queries["list_open"])]
    named = f": {', '.join(holders)}" if holders else ""
    return (
        "Transactions that were open at the source, in any of its databases, did not "
        f"end within {_LONGEST_WAIT}{named}"
    )


def primary_refuses() -> ConfigError:
    """Return the error for a standby whose primary writes too little into its WAL."""
    message = "wal_level of the primary of the source is not logical"
    hint = "Run at the primary, and restart it: ALTER SYSTEM SET wal_level = logical;"
    return ConfigError(message, hint=hint)


def plugin_refused(allowed: str = "test_decoding") -> ConfigError:
    """Return the error for a source that lets nobody read by our plugin.

    `allowed` is what it has in its setting, or has where nobody changed that.
    """
    # Also those that somebody put into one pair of quotes: together they are no name.
    names = dict.fromkeys([PLUGIN, *re.findall(r'[^\s",]+', allowed)])
    setting = ", ".join(map(quote_name, names))
    message = f"output_plugin_libraries of the source does not have {PLUGIN}"
    hint = (
        f"Run there: ALTER SYSTEM SET output_plugin_libraries = {setting}; "
        "SELECT pg_reload_conf();"
    )
    return ConfigError(message, hint=hint)


def drop_slot(connection: Connection, name: str) -> bool:
    """Drop the slot; tell whether there was one."""
    return bool(execute(connection, queries["drop_slot"], {"slot": name}))


def read_next_transaction(connection: Connection, *, is_standby: bool = False) -> int:
    """Return a number from which on transactions have written nothing so far.

    A standby gives out none; it knows which is the next one that it has not met.
    """
    query = "next_at_standby" if is_standby else "next_transaction"
    return int(fetch_one(connection, queries[query]))


def read_visibility(connection: Connection) -> Visibility:
    """Return what the snapshot of a transaction sees."""
    text = fetch_one(connection, queries["describe_visibility"])
    return Visibility.from_text(text)


def emit_mark(connection: Connection, mark: str) -> str:
    """Leave a message in the WAL; return where it ends.

    It brings the slot forward where nobody else writes, and proves to the next run
    that the history it reads goes on from what this one copied.
    """
    # Whatever the settings: what the snapshot sees must be on disk before it is
    # published, and no standby has to confirm that.
    execute(connection, "set synchronous_commit to local")
    parameters = {"prefix": MARK_PREFIX, "content": mark}
    return str(fetch_one(connection, queries["emit_mark"], parameters))


def peek(slot: str, publication: str, upto: str) -> Composable:
    """Return the statement that sends all changes up to a position."""
    return compose(
        queries["peek"],
        slot=Literal(slot),
        upto=compose("{lsn}::pg_lsn", lsn=Literal(upto)),
        publications=Literal(quote_name(publication)),
    )


def stream_options(publication: str) -> dict[str, str]:
    """Return the options under which the plugin streams what `peek` reads."""
    return {
        "proto_version": "1",
        "publication_names": quote_name(publication),
        "messages": "true",
    }


def free_slot(connection: Connection, name: str) -> None:
    """End a session of ours that a program left behind, which is slow to be noticed.

    Needs the lock. Raises TemporaryError where somebody else reads the slot.
    """
    deadline = time.monotonic() + _LONGEST_FREEING_SECONDS
    while execute(connection, queries["free_slot"], {"slot": name}):
        if time.monotonic() > deadline:
            message = f"The replication slot {name} of the source is in use"
            raise TemporaryError(message, hint="End the program that reads it.")
        pause(_FREEING_PAUSE_SECONDS)


def advance_slot(connection: Connection, name: str, lsn: str) -> bool:
    """Let the source forget what was published; tell whether there is a slot."""
    parameters = {"slot": name, "lsn": lsn}
    return bool(execute(connection, queries["advance_slot"], parameters))


def read_position(connection: Connection) -> tuple[str, datetime]:
    """Return where the source writes its WAL now, and when that is by its clock.

    A standby has replayed it up to there.
    """
    [(lsn, at)] = execute(connection, queries["read_position"])
    return lsn, at
