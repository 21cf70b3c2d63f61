"""Builders: a test names what matters to it, the rest is ordinary.

Whatever a builder is not told it makes up: a table has one column and everybody may
read it, a stream of schema `public` lands in `raw`.
"""

import itertools

from elt.config import (
    DatabaseSettings,
    SchemaChangePolicy,
    SourceConfig,
    SyncMode,
)
from elt.replication.catalog.tables import (
    Catalog,
    Column,
    Constraint,
    Index,
    Relation,
    Table,
    Type,
)
from elt.replication.design.definition import define
from elt.replication.design.omissions import Capabilities
from elt.replication.design.replica import Replica, design_replica
from elt.replication.design.streams import Plan, Stream
from elt.replication.plan.planning import plan_streams
from elt.replication.rows.copy import Copied
from elt.replication.rows.difference import Difference
from elt.replication.rows.receipts import Method, Tally
from elt.replication.state.run_state import StreamReport

_oids = itertools.count(20001)


def make_settings(prefix: str = "SOURCE", **facts) -> DatabaseSettings:
    """Make the settings of a database that nobody connects to."""
    ordinary = {"host": "db.example", "database": "app", "user": "reader"}
    return DatabaseSettings(prefix=prefix, **ordinary | facts)


def make_source(**facts) -> SourceConfig:
    """Make a source that is replicated in full."""
    return SourceConfig(**{"connection": make_settings()} | facts)


def make_column(name: str = "id", type_name: str = "integer", **facts) -> Column:
    """Make a column that may be null and has no default."""
    ordinary = {
        "table_oid": 0,
        "number": 1,
        "is_not_null": False,
        "is_identity": False,
        "generated": "",
        "expression": None,
        "collation": None,
        "parts": [],
        "is_binary_safe": True,
        "hash_form": "value",
        "unknown_part": None,
        "extension": None,
        "comment": None,
        "uses_code": False,
    }
    return Column(name=name, type=type_name, **ordinary | facts)


def make_constraint(kind: str, definition: str = "", **facts) -> Constraint:
    """Make a constraint of a kind of pg_constraint."""
    ordinary = {
        "table_oid": 0,
        "name": f"a_constraint_{kind}",
        "columns": [],
        "referenced_oid": None,
        "referenced_columns": [],
        "is_deferrable": False,
        "is_valid": True,
        "code": None,
    }
    return Constraint(kind=kind, definition=definition, **ordinary | facts)


def make_index(name: str = "an_index", **facts) -> Index:
    """Make an index that is not unique."""
    ordinary = {
        "table_oid": 0,
        "is_unique": False,
        "definition": "USING btree (id)",
        "is_key": False,
        "columns": ["id"],
        "code": None,
    }
    return Index(name=name, **ordinary | facts)


def make_relation(name: str = "films", **facts) -> Relation:
    """Make an ordinary table of schema public that the role may read."""
    ordinary = {
        "oid": next(_oids),
        "schema": "public",
        "kind": "r",
        "estimated_rows": 0,
        "bytes": 0,
        "pages": 0,
        "can_enter_schema": True,
        "can_select": True,
        "hides_rows": False,
        "comment": None,
        "partition_key": None,
        "partition_bound": None,
        "parents": [],
    }
    return Relation(name=name, **ordinary | facts)


def make_table(
    name: str = "films", *columns: Column, constraints=(), indexes=(), **facts
) -> Table:
    """Make a table; facts are those of its relation."""
    return Table(
        relation=make_relation(name, **facts),
        columns=columns or (make_column(can_select=facts.get("can_select", True)),),
        constraints=tuple(constraints),
        indexes=tuple(indexes),
    )


def make_type(kind: str, name: str = "mood", **facts) -> Type:
    """Make a type of a kind of pg_type, in schema public."""
    ordinary = {
        "oid": next(_oids),
        "schema": "public",
        "labels": [],
        "base": None,
        "collation": None,
        "is_not_null": False,
        "checks": [],
        "check_names": [],
        "unfit_checks": [],
        "attributes": [],
        "subtype": None,
        "multirange": None,
        "needs": [],
        "comment": None,
    }
    return Type(kind=kind, name=name, **ordinary | facts)


def make_catalog(*tables: Table, others=(), types=()) -> Catalog:
    """Make a catalog of tables, and of the schemas that they are in."""
    relations = [*(table.relation for table in tables), *others]
    return Catalog(
        schemas=tuple(dict.fromkeys(relation.schema for relation in relations)),
        tables={table.relation.oid: table for table in tables},
        others=tuple(others),
        types=tuple(types),
    )


def make_plan(
    *tables: Table, source=None, policy=None, others=(), types=(), only=()
) -> Plan:
    """Plan the streams of a catalog of these tables."""
    return plan_streams(
        source or make_source(),
        policy or SchemaChangePolicy.PROPAGATE,
        make_catalog(*tables, others=others, types=types),
        only=only,
    )


def make_stream(table: Table | None = None, **facts) -> Stream:
    """Make the stream of a table."""
    ordinary = {
        "source": "raw",
        "table": table or make_table(),
        "mode": SyncMode.FULL_REFRESH,
        "on_schema_change": SchemaChangePolicy.PROPAGATE,
        "schema": "raw",
    }
    return Stream(**ordinary | facts)


def make_capabilities(**facts) -> Capabilities:
    """Make a destination of the newest version that takes keys and indexes."""
    ordinary = {
        "version": 18,
        "collations": frozenset({"C", "default"}),
        "all_constraints": False,
        "indexes": True,
    }
    return Capabilities(**ordinary | facts)


def make_replica(
    table: Table | None = None,
    *,
    landings=None,
    streams=(),
    stream=None,
    **capabilities,
) -> Replica:
    """Design the replica of a table; further streams are those it may refer to."""
    stream = stream or make_stream(table)
    return design_replica(
        stream,
        landings or {"public": "raw"},
        {known.relation.oid: known for known in (stream, *streams)},
        make_capabilities(**capabilities),
    )


def make_report(name: str = "films", *, rows: int = 0, **difference) -> StreamReport:
    """Make the report of a stream that has some rows after a run."""
    replica = make_replica(make_table(name))
    return StreamReport(
        replica=replica,
        is_new=False,
        copied=Copied(rows=rows, bytes=0),
        difference=Difference(**difference),
        definition=define(replica),
        method=Method.COUNT,
        source=Tally(rows=rows),
        destination=Tally(rows=rows),
        rows=rows,
        cursor_value=None,
        seconds=0.0,
    )
