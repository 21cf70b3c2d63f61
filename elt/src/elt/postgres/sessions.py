"""Sessions that read and write values in one fixed form, and that are ours alone."""

from __future__ import annotations

from contextlib import suppress

import psycopg2
from psycopg2 import errors
from psycopg2.extensions import connection as PlainConnection  # noqa: N812

from elt.config import DatabaseSettings
from elt.errors import EltError
from elt.postgres.failures import translate
from elt.postgres.poolers import refuse_lent_sessions

#: The text form of a value depends on these, and so do receipts and comparisons;
#: a role or a database may have its own defaults for any of them. Nobody reads notices,
#: and one in the middle of a relayed COPY would break it. A server keeps the locks of a
#: machine that is gone until it asks for that, which by default is after two hours. The
#: last is not everywhere.
_SETTINGS = {
    "datestyle": "iso, ymd",
    "intervalstyle": "postgres",
    "timezone": "UTC",
    "extra_float_digits": "3",
    "bytea_output": "hex",
    "lc_monetary": "C",
    "xmlbinary": "base64",
    "xmloption": "content",
    "array_nulls": "on",
    "transform_null_equals": "off",
    "quote_all_identifiers": "off",
    "default_transaction_isolation": "read committed",
    "default_transaction_read_only": "off",
    "statement_timeout": "0",
    "lock_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    "idle_session_timeout": "0",
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "6",
    "client_min_messages": "error",
    "transaction_timeout": "0",
}
#: A pooler tells its clients processes that are none of the server's.
_APPLY = """
select set_config(name, value, false)
from unnest(%(names)s, %(values)s) as s (name, value)
where current_setting(name, true) is not null
    and (%(process)s is null or pg_backend_pid() = %(process)s)
"""
#: Lets the server notice during a long statement that the replicator is gone; not every
#: platform can. The function of a DO block for it would take 1.5 ms a session.
_CHECK_CONNECTION = "set client_connection_check_interval to '2s'"


def apply_session(connection: PlainConnection, settings: DatabaseSettings) -> None:
    """Make values look as we compare them; an error closes the connection.

    Raises ConfigError, and sets nothing, where others would get the session next.
    """
    try:
        if not _apply(connection, connection.info.backend_pid):
            refuse_lent_sessions(settings)
            _apply(connection, None)
        with connection.cursor() as cursor, suppress(errors.InvalidParameterValue):
            cursor.execute(_CHECK_CONNECTION)
    except psycopg2.Error as error:
        connection.close()
        raise translate(error, settings.prefix.lower()) from error
    except EltError:
        connection.close()
        raise


def _apply(connection: PlainConnection, process: int | None) -> bool:
    """Set what is to be set, unless another process than this one answers."""
    parameters = {
        "names": list(_SETTINGS),
        "values": list(_SETTINGS.values()),
        "process": process,
    }
    with connection.cursor() as cursor:
        cursor.execute(_APPLY, parameters)
        return bool(cursor.rowcount)
