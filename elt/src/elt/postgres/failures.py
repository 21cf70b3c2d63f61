"""What PostgreSQL's errors mean for a run: wait, change something, or a bug.

The text of an error may quote a value of a row, in its detail, its context and,
for data exceptions, in its first line too. None of these is repeated.
"""

from __future__ import annotations

import psycopg2
from psycopg2 import errorcodes

from elt.errors import ConfigError, EltError, LostConnectionError, TemporaryError
from elt.interruption import interrupted_run, is_interrupted

#: SQLSTATE classes and codes after which the same run may succeed.
_TEMPORARY = (
    "08",  # connection exception
    "25P03",  # idle in transaction time-out
    "25P04",  # transaction time-out
    "40",  # serialization failure, deadlock
    "42P01",  # undefined table: dropped while we read; the next run plans anew
    "53",  # disk full, out of memory, too many connections
    "55006",  # object in use
    "55P03",  # lock not available
    "57",  # admin shutdown, crash, cannot connect now
    "58",  # I/O error
)
#: The session is gone, and what it did with it.
_LOST = ("08", "57P01", "57P02", "57P03", "57P05")
#: Ended by a cancel request.
_CANCELED = "57014"
#: Their details name the views in the way, and nothing else.
_NAMES_DEPENDENTS = frozenset({"2BP01", "0A000"})
#: A data exception quotes the value it could not take.
_QUOTES_VALUES = "22"

# libpq gives no SQLSTATE for a refused connection, only the server's words. A server
# in another language than English is understood as one that refuses for good.
_NOT_YET = (
    "starting up",
    "shutting down",
    "not yet accepting connections",
    "recovery mode",
    "too many clients",
    "too many connections",
    "remaining connection slots",
    "terminating connection",
)
_FOR_GOOD = (
    "FATAL:",
    "no password supplied",
    "certificate",
    "SSL",
    "GSSAPI",
    "invalid",
)


def translate(error: psycopg2.Error, database: str) -> EltError:
    """Return our error for one that a statement raised.

    Its exit code says whether a retry can help.
    """
    state = error.pgcode
    if is_interrupted() and state in {None, _CANCELED}:
        return interrupted_run()
    if state is None:
        message = f"The {database} database ended the connection"
        hint = "Look into the log of its server."
        return LostConnectionError(message, hint=hint)
    message = f"The {database} database says: {_words(error, state)}"
    if state.startswith(_LOST):
        return LostConnectionError(message)
    if state.startswith(_TEMPORARY):
        return TemporaryError(message)
    return ConfigError(message)


def translate_refusal(error: psycopg2.Error, database: str) -> EltError:
    """Return our error for a connection that could not be made."""
    text = _last_attempt(str(error))
    message = f"Cannot connect to database {database}: {text}"
    whole = str(error)
    is_temporary = any(words in whole for words in _NOT_YET)
    if not is_temporary and any(words in whole for words in _FOR_GOOD):
        return ConfigError(message)
    return TemporaryError(message)


def _last_attempt(text: str) -> str:
    """Shorten libpq's words, which repeat the address and tell every address tried."""
    line = text.strip().splitlines()[0] if text.strip() else "no reason given"
    return line.rpartition(" failed: ")[2].removeprefix("FATAL:").strip()


def sqlstate_of(error: EltError) -> str | None:
    """Return the SQLSTATE behind one of our errors, None if there is none."""
    cause = error.__cause__
    return cause.pgcode if isinstance(cause, psycopg2.Error) else None


def _words(error: psycopg2.Error, state: str) -> str:
    primary = error.diag.message_primary
    if primary is None or state.startswith(_QUOTES_VALUES):
        return errorcodes.lookup(state).lower().replace("_", " ")
    if state in _NAMES_DEPENDENTS and error.diag.message_detail:
        return f"{primary}: {'; '.join(error.diag.message_detail.splitlines())}"
    return primary
