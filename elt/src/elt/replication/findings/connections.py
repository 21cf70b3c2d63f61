"""What a check finds about connections: whether a run may have as many as it takes."""

from __future__ import annotations

from collections.abc import Iterator

from elt.postgres import Connection, execute
from elt.queries import load_queries
from elt.replication.catalog.names import quote_name
from elt.replication.findings.finding import Finding, Level

queries = load_queries("elt.replication", "sql/connections.sql")

#: Besides those of the workers: one that coordinates, one that looks for locks, and one
#: that records a failure, or watches a slot.
_OTHERS = 3


def examine_connections(
    connection: Connection, subject: str, workers: int
) -> Iterator[Finding]:
    """Yield a warning where a role or a database may have fewer than a run takes."""
    most = workers + _OTHERS
    for (limit,) in execute(connection, queries["find_limit"]):
        if limit >= most:
            continue
        user = connection.settings.user
        text = f"role {user} may have {limit} connections at a time, a run takes {most}"
        fix = (
            f"Run there: ALTER ROLE {quote_name(user)} CONNECTION LIMIT {most}; "
            "or ALTER DATABASE likewise, or set fewer workers in elt.yaml."
        )
        yield Finding(level=Level.WARNING, subject=subject, text=text, fix=fix)
