"""Errors that a person can act on, each with the exit code of its kind.

EltError                1   a bug, or a failure nobody foresaw
├── UsageError         64   the command line cannot be understood
├── DataError          65   the copies differ, or a guard refused to publish them
│   └── ShrinkError    65   streams would lose more of their rows than they may
├── TemporaryError     75   the same run may succeed later
│   ├── LockedError    75   another replicator is at work
│   └── LostConnectionError  75
├── ConfigError        78   configuration, privilege or schema: a retry cannot help
│   └── ForeignSlotError  78   a slot of this name is not ours
└── InterruptedRun    130   SIGINT; 143 for SIGTERM

The codes are those of sysexits.h; a Kubernetes Job reads them in its
podFailurePolicy, so they are an interface.
"""

from __future__ import annotations


class EltError(Exception):
    """Something went wrong that has a name.

    The message says what was being done, to what, and what is wrong; the hint
    says what to do about it. Neither contains a password or a value of a row, but for
    the keys between which a copy differs, if they are numbers, dates or the like.
    """

    exit_code: int = 1

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(EltError):
    """The command line cannot be understood."""

    exit_code = 64


class DataError(EltError):
    """The copies differ, or a guard refused to publish them."""

    exit_code = 65


class ShrinkError(DataError):
    """Streams would lose more of their rows than they may; what they have is right."""


class TemporaryError(EltError):
    """The same run may succeed later."""

    exit_code = 75


class LockedError(TemporaryError):
    """Another replicator is at work on the same source and destination."""


class LostConnectionError(TemporaryError):
    """A database ended a connection, and with it what was in progress."""


class ConfigError(EltError):
    """Configuration, a privilege or the schema must be changed first."""

    exit_code = 78


class ForeignSlotError(ConfigError):
    """A slot of this name exists, and is not ours."""


class InterruptedRun(EltError):
    """A signal ended the run; nothing is half-published."""

    exit_code = 130
