"""What the API server may answer, as errors with the exit code of their kind.

UnreachableError    75   no answer, none that makes sense, or one to try again later
ConflictError       75   the world is not as it was listed: list it again
GoneError           75   a watch began too long ago: list again
RefusedError        78   the API server will not have this object as it is
└── ForbiddenError  78   the Role lacks a verb
CredentialsError    78   the API server does not know us
"""

from __future__ import annotations

from elt.errors import ConfigError, TemporaryError


class UnreachableError(TemporaryError):
    """The API server gave no answer, or none that makes sense."""


class ConflictError(TemporaryError):
    """The world is not as it was listed: the object changed, went, or is there."""


class GoneError(TemporaryError):
    """A watch began too long ago; what happened since is not known."""


class RefusedError(ConfigError):
    """The API server will not have the object as it is."""


class ForbiddenError(RefusedError):
    """The service account lacks a right, or a quota or policy is in the way."""


class CredentialsError(ConfigError):
    """The API server does not accept the credentials."""
