"""What PostgreSQL's errors mean for a run: wait, change something, or a bug.

The text of an error may quote a value of a row, in its detail, its context and,
for data exceptions, in its first line too. None of these is repeated.
"""

from __future__ import annotations

import re

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
    "42703",  # undefined column: the same
    "42846",  # cannot coerce: its type was changed
    "53",  # disk full, out of memory, too many connections
    "55006",  # object in use
    "55P03",  # lock not available
    "57",  # admin shutdown, crash, cannot connect now
    "58",  # I/O error
)
#: Internal errors, in English everywhere: somebody dropped what we were looking at.
_DROPPED = ("cache lookup failed for ", "could not open relation with OID ")
#: The session is gone, and what it did with it.
_LOST = ("08", "57P01", "57P02", "57P03", "57P05")
#: Ended by a cancel request.
_CANCELED = "57014"
#: Their details name the views in the way, and nothing else.
_NOT_SUPPORTED = "0A000"
_NAMES_DEPENDENTS = frozenset({"2BP01", _NOT_SUPPORTED})
_HINTS = {
    "22P05": (
        "Leave out what has characters that its encoding does not, or create the "
        "destination database with ENCODING 'UTF8'."
    ),
    "2BP01": "Change or drop what depends on it, or set on_schema_change: keep.",
    "42501": "Grant what is missing; elt check names the statements.",
    "53100": "Free space at the server; nothing was published.",
    "53200": (
        "If it is shared memory, raise max_locks_per_transaction at the server: many "
        "tables take many locks."
    ),
    "53400": "Raise that limit at the server, for the role alone where that can be.",
}
#: For what ALTER TABLE does not support, which the server's own sources tell from other
#: features that are not supported, such as XML.
_ALTERATION = "tablecmds.c"
_IN_THE_WAY = "Change or drop what stands in the way, or set on_schema_change: keep."
#: A data exception quotes the value it could not take; what a trigger raises is written
#: by its author.
_QUOTES_VALUES = ("22", "P0")

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
    "could not translate host name",
    "SSL SYSCALL error",
    "SSL connection has been closed",
)
_FOR_GOOD = (
    "FATAL:",
    "no password supplied",
    "certificate",
    "SSL",
    "GSSAPI",
    "invalid",
)
#: By the words of a refusal: what to look at, in the order of precedence.
_REFUSAL_HINTS = {
    "no password supplied": "Set the password: …_PASSWORD or …_PASSWORD_FILE.",
    "password": "Compare user and password with those of the server.",
    "pg_hba.conf": "Let the address in, in the server's pg_hba.conf.",
    "does not support SSL": "Choose another sslmode, or give the server a certificate.",
    "certificate": "Compare the server's certificate with sslrootcert and the host.",
    "SSL error": "Compare the server's certificate with sslrootcert and the host.",
    "startup parameter": (
        "A pooler in between does not know it: connect to PostgreSQL itself."
    ),
    **dict.fromkeys(
        ("too many", "remaining connection slots"),
        "A run takes a connection for each of its workers and three more, on either "
        "side: allow them, or set fewer workers in elt.yaml.",
    ),
}
_QUOTED = re.compile(r'"[^"]*"')


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
    is_temporary = state.startswith(_TEMPORARY) or _is_dropped(error, state)
    kind = TemporaryError if is_temporary else ConfigError
    return kind(message, hint=_hint(error, state))


def _hint(error: psycopg2.Error, state: str) -> str | None:
    if state == _NOT_SUPPORTED:
        return _IN_THE_WAY if error.diag.source_file == _ALTERATION else None
    return _HINTS.get(state)


def _is_dropped(error: psycopg2.Error, state: str) -> bool:
    """Tell whether something was dropped while the server looked at it."""
    primary = error.diag.message_primary or ""
    return state == errorcodes.INTERNAL_ERROR and primary.startswith(_DROPPED)


def translate_cause(error: BaseException, database: str) -> EltError | None:
    """Return our error for a server's that another library wrapped; None for others."""
    cause = error.__cause__
    if not isinstance(cause, psycopg2.Error):
        return None
    translated = translate(cause, database)
    translated.__cause__ = cause
    return translated


def translate_refusal(error: psycopg2.Error, database: str) -> EltError:
    """Return our error for a connection that could not be made."""
    message = f"Cannot connect to database {database}: {_reason(str(error))}"
    # Not within quotes: there are the names of hosts, roles and databases.
    words = _QUOTED.sub("", str(error))
    is_temporary = any(phrase in words for phrase in _NOT_YET)
    is_for_good = not is_temporary and any(phrase in words for phrase in _FOR_GOOD)
    hints = (hint for phrase, hint in _REFUSAL_HINTS.items() if phrase in words)
    kind = ConfigError if is_for_good else TemporaryError
    return kind(message, hint=next(hints, None))


def _reason(text: str) -> str:
    """Shorten libpq's words, which repeat the address and tell every address tried."""
    line = text.strip().splitlines()[0] if text.strip() else "no reason given"
    return line.rpartition(" failed: ")[2].removeprefix("FATAL:").strip()


def sqlstate_of(error: EltError) -> str | None:
    """Return the SQLSTATE behind one of our errors, None if there is none."""
    cause = error.__cause__
    return cause.pgcode if isinstance(cause, psycopg2.Error) else None


def has_sqlstate(error: EltError, states: tuple[str, ...]) -> bool:
    """Tell whether the SQLSTATE behind an error begins with one of some."""
    return (sqlstate_of(error) or "").startswith(states)


def _words(error: psycopg2.Error, state: str) -> str:
    primary = error.diag.message_primary
    if primary is None or state.startswith(_QUOTES_VALUES):
        return _name(state)
    if state in _NAMES_DEPENDENTS and error.diag.message_detail:
        return f"{primary}: {'; '.join(error.diag.message_detail.splitlines())}"
    return primary


def _name(state: str) -> str:
    try:
        return errorcodes.lookup(state).lower().replace("_", " ")
    except KeyError:
        return f"error {state}"
