"""Reads the replicas of a source from the catalog of the destination."""

from __future__ import annotations

from elt.dbt_sources.model import Column, ForeignKey, Table
from elt.errors import ConfigError
from elt.postgres import Connection, execute, fetch_one
from elt.queries import load_queries

QUERIES = load_queries("elt.dbt_sources", "sql/tables.sql")


def read_tables(connection: Connection, source: str) -> list[Table]:
    """Read the replicas of a source from the catalog of the destination."""
    rows = []
    if fetch_one(connection, QUERIES["has_state"]):
        rows = execute(connection, QUERIES["list_tables"], {"source": source})
    if not rows:
        message = f"The destination holds no replica of source {source}"
        raise ConfigError(message, hint="Run `elt replicate` first.")
    prefixes = _read_prefixes(connection, source)
    return [
        Table(
            stream=stream or prefixes.get(schema, "") + _written(name),
            schema=schema,
            name=name,
            is_partitioned=is_partitioned,
            comment=comment,
            columns=tuple(Column(**column) for column in columns),
            keys=tuple(tuple(key) for key in keys),
            foreign_keys=tuple(
                ForeignKey(
                    columns=tuple(foreign_key["columns"]),
                    references=foreign_key["references"],
                    referenced_columns=tuple(foreign_key["referenced_columns"]),
                )
                for foreign_key in foreign_keys
            ),
        )
        for (
            stream,
            schema,
            name,
            is_partitioned,
            comment,
            columns,
            keys,
            foreign_keys,
        ) in rows
    ]


def _read_prefixes(connection: Connection, source: str) -> dict[str, str]:
    """Return what the names of streams begin with, by the schema where they land."""
    rows = execute(connection, QUERIES["list_schemas"], {"source": source})
    return {s: stream.removesuffix(_written(name)) for s, stream, name in rows}


def _written(name: str) -> str:
    """Return the name of a table as that of its stream ends."""
    return f'"{name}"' if "." in name else name
