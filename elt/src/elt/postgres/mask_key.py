"""The secret key of hashes, on its way to the server that makes them.

HMAC hashes twice, each time behind a block that the key is mixed into. The two blocks
travel as settings in the startup message of a session: no statement has them, so no log
of statements and no `pg_stat_activity` does, and no other session can read them.
"""

from __future__ import annotations

import hashlib
import hmac

_BLOCK_BYTES = 64
#: As RFC 2104 has them.
_INNER, _OUTER = 0x36, 0x5C
#: Names of the two settings, and by these what statements say.
INNER, OUTER = "elt.mask_inner", "elt.mask_outer"


def startup_options(key: str) -> str:
    """Return the options of a session that knows a key."""
    inner, outer = blocks(key)
    return f"-c {INNER}={inner.hex()} -c {OUTER}={outer.hex()}"


def blocks(key: str) -> tuple[bytes, bytes]:
    """Return what is hashed before a value, and before the hash of both."""
    secret = key.encode()
    if len(secret) > _BLOCK_BYTES:
        secret = hashlib.sha256(secret).digest()
    padded = secret.ljust(_BLOCK_BYTES, b"\0")
    inner, outer = (bytes(b ^ pad for b in padded) for pad in (_INNER, _OUTER))
    return inner, outer


def recognize(key: str) -> str:
    """Return a text that tells a key from others, and nothing else about it."""
    return hmac.new(key.encode(), b"elt: which key", hashlib.sha256).hexdigest()
