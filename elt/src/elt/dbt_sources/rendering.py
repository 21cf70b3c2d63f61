"""Dbt sources as YAML, from what is known of the tables. Nothing here does I/O."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

import yaml

from elt.dbt_sources.freshness import (
    ERROR_AFTER,
    LOADED_AT_QUERY_OF_PARTS,
    WARN_AFTER,
    Period,
    freshness,
)
from elt.dbt_sources.model import Column, Table

_HEADER = "# Written by `elt dbt-sources`; do not edit.\n"
_NEEDS = """\
# Needs the generic test unique_combination_of_columns: copy it from elt's
# repository, dbt/tests/generic/unique_combination_of_columns.sql.
"""
#: PyYAML breaks a line at the first space behind this column; yamllint allows 80.
_WIDTH = 68


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceOptions:
    """What the catalog cannot know."""

    #: What dbt calls the source; without it, the name of the schema.
    name: str | None = None
    warn_after: Period = WARN_AFTER
    error_after: Period = ERROR_AFTER
    #: Whether a row may be visible before the row that it refers to, as with
    #: `publish: each`; relationships that do not hold are then a warning.
    is_published_apart: bool = False


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
                "config": freshness(options.warn_after, options.error_after),
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
            {"config": {"loaded_at_query": LOADED_AT_QUERY_OF_PARTS}}
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
