"""PostgreSQL: connections, statements, transactions, and its errors in our words.

Together with what copies rows, the only place that imports psycopg2.
"""

from elt.postgres.cancellation import cancel_statements
from elt.postgres.connections import (
    Connection,
    cancel_all,
    connect,
    connect_with_retries,
    server_encoding,
    server_version,
)
from elt.postgres.failures import has_sqlstate, sqlstate_of, translate, translate_cause
from elt.postgres.lsn import format_lsn, parse_lsn
from elt.postgres.mask_key import INNER, OUTER, recognize
from elt.postgres.relay import can_relay, relay, relay_together
from elt.postgres.statements import (
    READ_ONLY,
    Composable,
    Identifier,
    Literal,
    Row,
    compose,
    execute,
    execute_together,
    execute_union,
    fetch,
    fetch_one,
    flush,
    identifiers,
    joined,
    qualified_names,
    raw,
    savepoint,
    send_ahead,
    transaction,
    undone,
)

__all__ = [
    "INNER",
    "OUTER",
    "READ_ONLY",
    "Composable",
    "Connection",
    "Identifier",
    "Literal",
    "Row",
    "can_relay",
    "cancel_all",
    "cancel_statements",
    "compose",
    "connect",
    "connect_with_retries",
    "execute",
    "execute_together",
    "execute_union",
    "fetch",
    "fetch_one",
    "flush",
    "format_lsn",
    "has_sqlstate",
    "identifiers",
    "joined",
    "parse_lsn",
    "qualified_names",
    "raw",
    "recognize",
    "relay",
    "relay_together",
    "savepoint",
    "send_ahead",
    "server_encoding",
    "server_version",
    "sqlstate_of",
    "transaction",
    "translate",
    "translate_cause",
    "undone",
]
