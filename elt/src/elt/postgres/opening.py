"""Sessions as a server gives them: what libpq is asked for, and what it refuses."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, TypeVar

import psycopg2
from psycopg2.extensions import connection as PlainConnection  # noqa: N812

from elt.config import DatabaseSettings
from elt.postgres.failures import translate_refusal
from elt.postgres.mask_key import startup_options

#: A server that is gone is noticed after so long, also while it is sent something: the
#: kernel would try that for a quarter of an hour. One that is slow to take rows takes
#: some in two minutes.
_KEEPALIVE = {
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 6,
    "tcp_user_timeout": 120_000,
}
_LONGEST_NAME = 63
_NOT_LIBPQ = {"prefix", "database", "mask_key"}

Kind = TypeVar("Kind", bound=PlainConnection)


def open_connection(
    settings: DatabaseSettings, factory: type[Kind], *, application_name: str
) -> Kind:
    """Open a connection of some kind; its session is as the server has it."""
    try:
        connection: Kind = psycopg2.connect(
            connection_factory=factory,
            dbname=settings.database,
            application_name=application_name[:_LONGEST_NAME],
            client_encoding="UTF8",
            **_libpq_parameters(settings),
        )
    except psycopg2.Error as error:
        raise translate_refusal(error, str(settings)) from error
    return connection


def _libpq_parameters(settings: DatabaseSettings) -> dict[str, Any]:
    values = {
        f.name: getattr(settings, f.name)
        for f in fields(settings)
        if f.name not in _NOT_LIBPQ
    }
    if settings.mask_key is not None:
        given = [settings.options] if settings.options else []
        values["options"] = " ".join([*given, startup_options(settings.mask_key)])
    return _KEEPALIVE | {
        key: value for key, value in values.items() if value is not None
    }
