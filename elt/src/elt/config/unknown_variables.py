"""Variables that look as if they were meant for elt, and that nothing reads.

A misspelt setting would leave its default in force without a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from elt import logs
from elt.config.environment import CONNECTION_NAMES
from elt.config.problems import find_nearest

log = logs.logger(__name__)

#: All variables of the package that are not those of a connection.
SETTINGS = (
    "ELT_CONFIG",
    "ELT_MAX_RETRIES",
    "ELT_RETRY_DELAY_SECONDS",
    "ELT_DUMP_PATH",
    "ELT_DBT_MANIFEST",
    "ELT_RESULT_PATH",
    "ELT_MASK_KEY",
    "ELT_MASK_KEY_FILE",
    "ELT_PG_BIN",
)
_OURS = "ELT_"
#: Kubernetes tells containers of every Service by these, and of one called elt-source
#: under names that begin as ours do.
_SERVICE_LINK = re.compile(
    r"\w+_(SERVICE_(HOST|PORT(_\w+)?)|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)"
)
_SERVICE_ADDRESS = re.compile(r"(tcp|udp|sctp)://")
#: Of a connection under a prefix that another elt.yaml names, perhaps.
_CONNECTION = re.compile(rf"\w+_({'|'.join(CONNECTION_NAMES)})")


def warn_of_unknown(environ: Mapping[str, str], prefixes: Iterable[str]) -> None:
    """Name each variable that nothing reads, and what may have been meant.

    `prefixes` are those of the connections that are in use.
    """
    for variable, meant in find_unknown(environ, prefixes).items():
        hint = f"Did you mean {meant}?" if meant else "elt has no such setting."
        log.warning("ignored variable", variable=variable, hint=hint)


def find_unknown(
    environ: Mapping[str, str], prefixes: Iterable[str]
) -> dict[str, str | None]:
    """Return the variables that seem to be meant for elt, each with the nearest name.

    Names that begin like a connection's are common, such as SOURCE_DATE_EPOCH: they
    count only where they are near one that is read.
    """
    prefixes = sorted(prefixes)
    known = {f"{prefix}_{name}" for prefix in prefixes for name in CONNECTION_NAMES}
    found: dict[str, str | None] = {}
    for variable, value in sorted(environ.items()):
        if variable in known or variable in SETTINGS or _is_of_others(variable, value):
            continue
        meant = _near_connection(variable, prefixes)
        if meant is not None:
            found[variable] = meant
        elif variable.startswith(_OURS):
            found[variable] = _near_setting(variable)
    return found


def _is_of_others(variable: str, value: str) -> bool:
    """Tell whether a variable is empty, a Service's or of another connection."""
    return (
        not value
        or _SERVICE_LINK.fullmatch(variable) is not None
        or _SERVICE_ADDRESS.match(value) is not None
        or _CONNECTION.fullmatch(variable) is not None
    )


def _near_connection(variable: str, prefixes: Iterable[str]) -> str | None:
    for prefix in prefixes:
        if variable.startswith(f"{prefix}_"):
            # Without the prefix, which would make everything look alike.
            name = find_nearest(variable.removeprefix(f"{prefix}_"), CONNECTION_NAMES)
            if name is not None:
                return f"{prefix}_{name}"
    return None


def _near_setting(variable: str) -> str | None:
    settings = [name.removeprefix(_OURS) for name in SETTINGS]
    name = find_nearest(variable.removeprefix(_OURS), settings)
    return None if name is None else _OURS + name
