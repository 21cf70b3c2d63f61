"""Writes dbt sources for the replicas: what the catalog knows, nobody types again.

Columns, comments, keys and `not null` come from the catalog of the destination,
foreign keys from `elt.streams`, because a replica need not have them. A partitioned
table stands for its partitions, which come and go. The YAML
asks for one test that dbt does not bring: `unique_combination_of_columns`. A
foreign key of several columns has no test in dbt and is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

import yaml

from elt.errors import ConfigError, UsageError
from elt.postgres import Connection, execute, fetch_one
from elt.queries import load_queries

QUERIES = load_queries("elt", "dbt_sources.sql")

_HEADER = "# Written by `elt dbt-sources`; do not edit.\n"
_NEEDS = """\
# Needs the generic test unique_combination_of_columns: copy it from elt's
# repository, dbt/tests/generic/unique_combination_of_columns.sql.
"""
#: `this` is the replica. The end of its last published sync says when it was last
#: equal to the source; the age of its newest row would not, because a table that
#: nobody writes to would look stale.
_LOADED_AT_QUERY = """\
select max(stream_syncs.finished_at)
from elt.streams
inner join elt.stream_syncs
  on streams.source = stream_syncs.source
  and streams.stream = stream_syncs.stream
where streams.destination_schema = '{{ this.schema }}'
  and streams.destination_table = '{{ this.identifier }}'
  and stream_syncs.status = 'published'
"""
#: The same of a table whose rows are in its partitions; without any it is as fresh as
#: the last run.
_LOADED_AT_QUERY_OF_PARTS = """\
with recursive parts as (
  select pg_class.oid
  from pg_class
  inner join pg_namespace
    on pg_class.relnamespace = pg_namespace.oid
  where pg_namespace.nspname = '{{ this.schema }}'
    and pg_class.relname = '{{ this.identifier }}'
  union all
  select pg_inherits.inhrelid
  from parts
  inner join pg_inherits
    on parts.oid = pg_inherits.inhparent
)
select coalesce(
  max(stream_syncs.finished_at),
  (
    select max(finished_at) from elt.sync_runs
    where status = 'published'
  )
)
from parts
inner join pg_class
  on parts.oid = pg_class.oid
inner join pg_namespace
  on pg_class.relnamespace = pg_namespace.oid
inner join elt.streams
  on pg_namespace.nspname = streams.destination_schema
  and pg_class.relname = streams.destination_table
inner join elt.stream_syncs
  on streams.source = stream_syncs.source
  and streams.stream = stream_syncs.stream
where stream_syncs.status = 'published'
"""
#: PyYAML breaks a line at the first space behind this column; yamllint allows 80.
_WIDTH = 68
_UNITS = {"m": "minute", "h": "hour", "d": "day"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """A length of time in the units that dbt counts in."""

    count: int
    #: minute, hour or day
    unit: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceOptions:
    """What the catalog cannot know."""

    #: What dbt calls the source; without it, the name of the schema.
    name: str | None = None
    warn_after: Period = Period(count=1, unit="day")
    error_after: Period = Period(count=2, unit="day")
    #: Whether a row may be visible before the row that it refers to, as with
    #: `publish: each`; relationships that do not hold are then a warning.
    is_published_apart: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """A column of a replica."""

    name: str
    #: The name as SQL has to spell it.
    quoted_name: str
    data_type: str
    is_not_null: bool
    comment: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ForeignKey:
    """A foreign key as the source has it, whether or not the replica does."""

    columns: tuple[str, ...]
    #: The stream, `schema.table`, that the columns refer to.
    references: str
    referenced_columns: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """A replica, as far as dbt wants to know it."""

    stream: str
    schema: str
    name: str
    comment: str | None
    columns: tuple[Column, ...]
    #: Sets of columns that identify a row, the primary key first.
    keys: tuple[tuple[str, ...], ...]
    foreign_keys: tuple[ForeignKey, ...]
    #: Whether it holds no rows itself, but its partitions do, and stands for them.
    is_partitioned: bool = False


def parse_period(text: str) -> Period:
    """Read a period such as `90m`, `36h` or `2d`."""
    match = re.fullmatch(r"([1-9]\d*)([mhd])", text)
    if match is None:
        message = f"{text!r} is not a period"
        raise UsageError(message, hint="Write a number and m, h or d, as in 36h.")
    return Period(count=int(match[1]), unit=_UNITS[match[2]])


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


def render_sources(tables: Iterable[Table], options: SourceOptions) -> str:
    """Return the YAML: one dbt source per schema, in alphabetical order."""
    ordered = sorted(tables, key=lambda table: (table.schema, table.name))
    scope = _Scope(
        tables={table.stream: table for table in ordered},
        source_names=_source_names([table.schema for table in ordered], options.name),
        options=options,
    )
    document = {
        "version": 2,
        "sources": [
            {
                "name": scope.source_names[schema],
                "schema": _literal(schema),
                "description": "Replicas, equal to the source as of the last sync run.",
                "config": _freshness(options),
                "tables": [_table(table, scope) for table in group],
            }
            for schema, group in groupby(ordered, key=lambda table: table.schema)
        ],
    }
    text = yaml.dump(
        document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH
    )
    needs = _NEEDS if any(len(key) > 1 for t in ordered for key in t.keys) else ""
    return f"{_HEADER}{needs}{text}"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Scope:
    """What the YAML of a table depends on besides the table."""

    tables: Mapping[str, Table]
    source_names: Mapping[str, str]
    options: SourceOptions


def _source_names(schemas: list[str], name: str | None) -> dict[str, str]:
    """Name a dbt source per schema: `raw` and `raw_shop` as `cinema`, `cinema_shop`."""
    if name is None:
        return {schema: _literal(schema) for schema in schemas}
    first = schemas[0]
    return {
        schema: name
        if schema == first
        else f"{name}_{_literal(schema.removeprefix(f'{first}_'))}"
        for schema in schemas
    }


def _freshness(options: SourceOptions) -> dict[str, object]:
    periods = {"warn_after": options.warn_after, "error_after": options.error_after}
    return {
        "freshness": {
            name: {"count": period.count, "period": period.unit}
            for name, period in periods.items()
        },
        "loaded_at_query": _LOADED_AT_QUERY,
    }


def _table(table: Table, scope: _Scope) -> dict[str, object]:
    tests = [
        {
            "unique_combination_of_columns": {
                "arguments": {"combination_of_columns": [_literal(c) for c in key]}
            }
        }
        for key in dict.fromkeys(table.keys)  # dbt refuses a test that it has already
        if len(key) > 1
    ]
    return {
        "name": _literal(table.name),
        **_described(table.comment),
        **(
            {"config": {"loaded_at_query": _LOADED_AT_QUERY_OF_PARTS}}
            if table.is_partitioned
            else {}
        ),
        **({"data_tests": tests} if tests else {}),
        "columns": [_column(column, table, scope) for column in table.columns],
    }


def _column(column: Column, table: Table, scope: _Scope) -> dict[str, object]:
    tests: list[object] = []
    if column.is_not_null:
        tests.append("not_null")
    if (column.name,) in table.keys:
        tests.append("unique")
    tests += _relationships(column, table, scope)
    is_quoted = column.quoted_name != column.name
    return {
        "name": _literal(column.name),
        **({"quote": True} if is_quoted else {}),
        **_described(column.comment),
        "data_type": _literal(column.data_type),
        **({"data_tests": tests} if tests else {}),
    }


def _relationships(column: Column, table: Table, scope: _Scope) -> list[object]:
    """Test the foreign keys of one column whose other side is replicated as well."""
    return [
        _relationship(parent, referenced, scope)
        for foreign_key in dict.fromkeys(table.foreign_keys)
        if foreign_key.columns == (column.name,)
        and (parent := scope.tables.get(foreign_key.references))
        for referenced in parent.columns
        if (referenced.name,) == foreign_key.referenced_columns
    ]


def _relationship(
    parent: Table, referenced: Column, scope: _Scope
) -> dict[str, object]:
    source_name = scope.source_names[parent.schema]
    severity = {"config": {"severity": "warn"}}
    return {
        "relationships": {
            "arguments": {
                "to": f"source({source_name!r}, {parent.name!r})",
                "field": _literal(referenced.quoted_name),
            },
            **(severity if scope.options.is_published_apart else {}),
        }
    }


def _described(comment: str | None) -> dict[str, object]:
    return {"description": _literal(comment.strip())} if comment else {}


def _literal(text: str) -> str:
    """Keep dbt from taking braces in a name or a comment for Jinja."""
    return re.sub(r"{(?=[{%#])", "{{ '{' }}", text)


class _Dumper(yaml.SafeDumper):
    """Indents lists as yamllint wants it, and keeps the lines of a text."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002  PyYAML's signature
        super().increase_indent(flow, indentless=False)


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent_text)
