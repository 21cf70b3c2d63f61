"""Connections and retries from environment variables.

For each PG* variable of libpq there is a twin: SOURCE_HOST, DESTINATION_HOST and so on.
A variable that is empty counts as not set.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from elt.config.model import DatabaseSettings, RetrySettings
from elt.config.problems import Problems
from elt.config.section import read_secret_file

_REQUIRED = ("HOST", "DATABASE", "USER")
_TEXT = ("HOST", "DATABASE", "USER", "SSLMODE", "SSLROOTCERT", "SSLCERT", "SSLKEY")
_NAMES = (*_TEXT, "PORT", "CONNECT_TIMEOUT", "PASSWORD", "OPTIONS")
#: What is read of a connection, behind its prefix.
CONNECTION_NAMES = (*_NAMES, "URL", "PASSWORD_FILE")
_SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_URL_PARAMETERS = {name.lower(): name for name in _NAMES} | {"dbname": "DATABASE"}
_NOT_A_URL = (
    "is not a URL like postgresql://user@host/database; write / ? # @ [ ] in its "
    "password as %2F %3F %23 %40 %5B %5D"
)
_HIGHEST_PORT = 65535
_WHOLE_NUMBER = re.compile(r"[0-9]{1,9}")


def database_settings(prefix: str, environ: Mapping[str, str]) -> DatabaseSettings:
    """Read the settings of one database, or raise a ConfigError with all mistakes."""
    problems = Problems()
    settings = read_database(prefix, environ, problems)
    problems.raise_if_any()
    assert settings is not None  # noqa: S101  no problem means settings
    return settings


def retry_settings(environ: Mapping[str, str]) -> RetrySettings:
    """Read ELT_MAX_RETRIES and ELT_RETRY_DELAY_SECONDS."""
    problems = Problems()
    settings = read_retry(environ, problems)
    problems.raise_if_any()
    return settings


def read_retry(environ: Mapping[str, str], problems: Problems) -> RetrySettings:
    """Read the retry settings; note mistakes instead of raising."""
    retries = environ.get("ELT_MAX_RETRIES", "")
    delay = environ.get("ELT_RETRY_DELAY_SECONDS", "") or "5"
    try:
        seconds = float(delay)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        problems.add("ELT_RETRY_DELAY_SECONDS", f"{delay!r} is not a number of seconds")
    return RetrySettings(
        max_retries=_number("ELT_MAX_RETRIES", retries, problems, default=5),
        delay_seconds=seconds,
    )


def read_database(
    prefix: str, environ: Mapping[str, str], problems: Problems
) -> DatabaseSettings | None:
    """Read the settings of one database; note mistakes and return None for them."""
    mine = Problems()
    values = _read_values(prefix, environ, mine)
    settings = None if values is None else _settings(prefix, environ, values, mine)
    problems.extend(mine)
    return None if mine else settings


def _settings(
    prefix: str, environ: Mapping[str, str], values: Mapping[str, str], mine: Problems
) -> DatabaseSettings | None:
    """Check the values; a mistake is mended where the value came from."""
    url = f"{prefix}_URL"
    has_url = environ.get(url, "") != ""
    places = {name: url if has_url else f"{prefix}_{name}" for name in _NAMES}
    missing = [name for name in _REQUIRED if name not in values]
    for name in missing:
        unset = f"is not set{_near_miss(prefix, name, environ)}"
        mine.add(places[name], f"names no {name.lower()}" if has_url else unset)
    port = _number(places["PORT"], values.get("PORT", ""), mine, default=5432)
    if not 0 < port <= _HIGHEST_PORT:
        mine.add(places["PORT"], f"{port} is not a port")
    timeout = values.get("CONNECT_TIMEOUT", "")
    seconds = _number(places["CONNECT_TIMEOUT"], timeout, mine, default=10)
    mode = values.get("SSLMODE", "prefer")
    if mode not in _SSL_MODES:
        mine.add(places["SSLMODE"], f"{mode!r} is not one of {', '.join(_SSL_MODES)}")
    if missing:
        return None
    return DatabaseSettings(
        prefix=prefix,
        port=port,
        connect_timeout=seconds,
        password=values.get("PASSWORD"),
        options=values.get("OPTIONS"),
        **{name.lower(): values[name] for name in _TEXT if name in values},
    )


def _read_values(
    prefix: str, environ: Mapping[str, str], mine: Problems
) -> dict[str, str] | None:
    """Gather what is known by name; None for a URL that cannot be read."""
    values = dict(_set_variables(prefix, environ))
    passwords = [f"{prefix}_PASSWORD"] if "PASSWORD" in values else []
    url, file = (environ.get(f"{prefix}_{x}", "") for x in ("URL", "PASSWORD_FILE"))
    if file:
        passwords.append(f"{prefix}_PASSWORD_FILE")
        values |= _read_password_file(passwords[-1], Path(file), mine)
    found: dict[str, str] | None = {}
    if url:
        for name in [name for name in values if name != "PASSWORD"]:
            mine.add(
                f"{prefix}_{name}", f"is set beside {prefix}_URL; keep one of them"
            )
        found = _read_url(f"{prefix}_URL", url, mine)
        if found and "PASSWORD" in found:
            passwords.append(f"{prefix}_URL")
    for variable in passwords[1:]:
        message = f"gives a password, and so does {passwords[0]}; keep one of them"
        mine.add(variable, message)
    return None if found is None else found | values


def _set_variables(
    prefix: str, environ: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    for name in _NAMES:
        value = environ.get(f"{prefix}_{name}", "")
        # For a Service that is called `source`, Kubernetes sets SOURCE_PORT=tcp://...
        is_service_link = name == "PORT" and value.startswith("tcp://")
        if value and not is_service_link:
            yield name, value


def _read_url(variable: str, url: str, mine: Problems) -> dict[str, str] | None:
    """Return the parts of a URL by name; note why it is none and return None."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        mine.add(variable, _NOT_A_URL)
        return None
    if parts.scheme not in {"postgresql", "postgres"}:
        mine.add(variable, "does not start with postgresql://")
        return None
    if "@" in parts.path + parts.query or parts.fragment:
        # A password was cut; its end must not pass for the name of a database.
        mine.add(variable, _NOT_A_URL)
        return None
    # Not parts.hostname: it is in lowercase, which the folder of a socket is not.
    host = re.sub(r":\d*$", "", parts.netloc.rpartition("@")[2]).strip("[]")
    found = {
        "HOST": unquote(host),
        "PORT": "" if port is None else str(port),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "DATABASE": unquote(parts.path.removeprefix("/")),
    }
    # To libpq, a plus sign is a plus sign.
    query = parts.query.replace("+", "%2B")
    for key, value in parse_qsl(query, keep_blank_values=True):
        if key in _URL_PARAMETERS:
            found[_URL_PARAMETERS[key]] = value
        else:
            mine.add(variable, f"parameter {key} is not known")
    for name in [name for name, value in found.items() if "\0" in value]:
        mine.add(variable, f"the {name.lower()} in it has %00, which no server takes")
    return {name: value for name, value in found.items() if value}


def _read_password_file(variable: str, path: Path, mine: Problems) -> dict[str, str]:
    """Return the password of a mounted secret."""
    password = read_secret_file(variable, path, mine)
    return {} if password is None else {"PASSWORD": password}


def _number(place: str, text: str, problems: Problems, *, default: int) -> int:
    if not text:
        return default
    if not _WHOLE_NUMBER.fullmatch(text):
        problems.add(place, f"{text!r} is not a whole number")
        return default
    return int(text)


def _near_miss(prefix: str, name: str, environ: Mapping[str, str]) -> str:
    """Point at a variable that looks like a misspelt one."""
    known = {f"{prefix}_{other}" for other in CONNECTION_NAMES}
    candidates = [variable for variable in environ if variable not in known]
    close = difflib.get_close_matches(f"{prefix}_{name}", candidates, n=1, cutoff=0.75)
    return f"; {close[0]} is: a typing mistake?" if close else ""
