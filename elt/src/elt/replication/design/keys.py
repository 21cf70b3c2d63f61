"""The keys and indexes of a new table, so that several are built at once."""

from __future__ import annotations

import re
from dataclasses import dataclass

from elt.postgres import Composable, Identifier, compose, raw
from elt.replication.design.ddl import add_constraint, create_index
from elt.replication.design.replica import Definition, Replica

#: A key as `pg_get_constraintdef` prints it, where an index can stand in for it: one
#: WITHOUT OVERLAPS needs an index of another kind.
_KEY = re.compile(
    r"(?P<kind>PRIMARY KEY|UNIQUE)(?P<nulls> NULLS NOT DISTINCT)? "
    r"(?P<columns>\(.*\))(?P<deferral>( DEFERRABLE)?( INITIALLY DEFERRED)?)",
    re.DOTALL,
)
_WITHOUT_OVERLAPS = "WITHOUT OVERLAPS)"
#: A parenthesis within those of the columns, and not within a quoted name.
_EXPRESSION = re.compile(r"""USING \w+ \((?:[^()"]|"(?:[^"]|"")*")*\(""")


@dataclass(frozen=True, kw_only=True, slots=True)
class Keys:
    """The statements for all constraints and indexes of a table."""

    #: These leave the table readable, and may run side by side.
    indexes: list[Composable]
    #: These come behind them, one after the other.
    constraints: list[Composable]
    #: Whether ANALYZE gathers statistics of expressions that an index has.
    has_expressions: bool


def split_keys(replica: Replica, schema: str) -> Keys:
    """Return the statements for all constraints and indexes of a new table.

    ALTER TABLE ... ADD PRIMARY KEY lets nobody even read, while the tally is taken.
    CREATE UNIQUE INDEX does, and a constraint is made of the index in no time.
    """
    table = Identifier(schema, replica.stream.relation.name)
    keys = [_by_index(table, constraint) for constraint in replica.constraints]
    return Keys(
        indexes=[create_index(table, index) for index in replica.indexes]
        + [index for index, _ in keys if index is not None],
        constraints=[constraint for _, constraint in keys],
        has_expressions=has_expressions(replica),
    )


def has_expressions(replica: Replica) -> bool:
    """Tell whether ANALYZE gathers statistics of expressions that an index has."""
    return any(_EXPRESSION.match(index.sql) for index in replica.indexes)


def _by_index(
    table: Composable, constraint: Definition
) -> tuple[Composable | None, Composable]:
    """Return the index that a constraint can be made of, and the constraint."""
    key = _KEY.fullmatch(constraint.sql)
    if key is None or _WITHOUT_OVERLAPS in constraint.sql:
        return None, add_constraint(table, constraint)
    name = Identifier(constraint.name)
    index = compose(
        "create unique index {name} on {table} {columns}{nulls}",
        name=name,
        table=table,
        columns=raw(key["columns"]),
        nulls=raw((key["nulls"] or "").lower()),
    )
    add = compose(
        "alter table {table} add constraint {name} {kind} using index {name}{deferral}",
        table=table,
        name=name,
        kind=raw(key["kind"]),
        deferral=raw(key["deferral"]),
    )
    return index, add
