"""What a copy holds: enough to see that two candidates did the same work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.errors import BenchmarkError
from benchmarks.servers import session
from elt.config import DatabaseSettings
from elt.postgres import Connection, Identifier, compose, execute, fetch_one
from elt.queries import load_queries

queries = load_queries("benchmarks", "sql/copies.sql")


@dataclass(frozen=True, kw_only=True, slots=True)
class Content:
    """What one schema of a database holds."""

    #: Number of rows by table.
    rows: Mapping[str, int]
    indexes: int
    constraints: int

    def __str__(self) -> str:
        """Say how much it is."""
        return (
            f"{sum(self.rows.values()):,} rows in {len(self.rows)} tables, "
            f"{self.indexes} indexes, {self.constraints} constraints"
        )


def list_tables(connection: Connection, schema: str = "public") -> list[str]:
    """Return the names of a schema's tables."""
    rows = execute(connection, queries["list_tables"], {"schema": schema})
    return [name for (name,) in rows]


def read_content(database: DatabaseSettings, schema: str = "public") -> Content:
    """Count what a schema holds."""
    with session(database) as connection:
        rows = {
            table: _count_rows(connection, schema, table)
            for table in list_tables(connection, schema)
        }
        parameters = {"schema": schema}
        [counts] = execute(connection, queries["count_objects"], parameters)
    indexes, constraints = counts
    return Content(rows=rows, indexes=indexes, constraints=constraints)


def measure_database(database: DatabaseSettings) -> int:
    """Return the size of a database in bytes."""
    with session(database) as connection:
        return int(fetch_one(connection, queries["measure_database"]))


def refuse_difference(candidate: str, expected: Content, found: Content) -> None:
    """Raise BenchmarkError when a candidate left anything out, or added to it."""
    if found != expected:
        message = f"{candidate} did not copy everything: {found}; expected {expected}"
        raise BenchmarkError(message)


def _count_rows(connection: Connection, schema: str, table: str) -> int:
    query = compose(queries["count_rows"], table=Identifier(schema, table))
    return int(fetch_one(connection, query))
