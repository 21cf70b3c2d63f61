"""What the role must be allowed to read, and the statements that allow it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from elt.config import Shape, SourceConfig
from elt.errors import ConfigError
from elt.replication.catalog.names import qualify_name, quote_name
from elt.replication.catalog.relocation import mentions
from elt.replication.catalog.tables import Column, Table, stream_name

#: Where a row is, and who wrote it: no privilege on a column includes them.
_SYSTEM = ("ctid", "xmin")
_ALL = "SELECT"


def refuse_unreadable(
    source: SourceConfig, tables: Sequence[tuple[Table, Shape]]
) -> None:
    """Name everything that the role may not read, with the statements that help.

    The tables are those of the source, each with what of it is read.
    """
    role = source.connection.user
    grants = missing_grants(tables, role)
    if grants:
        lines = "".join(f"\n  {grant}" for grant in grants)
        one = stream_name(tables[0][0].relation)
        what = one if len(tables) == 1 else f"all tables of source {source.name}"
        message = f"Role {role} may not read {what}"
        hint = (
            f"Run at the source:{lines}\n"
            "or exclude the tables, or columns of them, in elt.yaml."
        )
        raise ConfigError(message, hint=hint)
    hidden = [stream_name(t.relation) for t, _ in tables if t.relation.hides_rows]
    if hidden and not source.allow_row_security:
        message = (
            f"Row security would hide rows of {', '.join(hidden)} from role {role}"
        )
        hint = (
            f"Run at the source: ALTER ROLE {quote_name(role)} BYPASSRLS; or set "
            "allow_row_security: true to replicate what the role sees."
        )
        raise ConfigError(message, hint=hint)


def list_unreadable(
    source: SourceConfig, tables: Iterable[tuple[Table, Shape]]
) -> dict[str, ConfigError]:
    """Return by stream what keeps the role from reading its table."""
    found = {}
    for table, shape in tables:
        try:
            refuse_unreadable(source, [(table, shape)])
        except ConfigError as error:
            found[stream_name(table.relation)] = error
    return found


def missing_grants(tables: Iterable[tuple[Table, Shape]], role: str) -> list[str]:
    """Return the GRANT statements without which a role cannot read some tables.

    One for all tables of a schema that it lacks as a whole, and not for the schema:
    others in it may be left out for a reason.
    """
    to = quote_name(role)
    schemas: dict[str, None] = {}
    wholes: dict[str, list[str]] = {}
    others: list[str] = []
    for table, shape in tables:
        relation = table.relation
        if not relation.can_enter_schema:
            schemas[relation.schema] = None
        what = _missing(table, shape)
        name = qualify_name(relation.schema, relation.name)
        if what == _ALL:
            wholes.setdefault(relation.schema, []).append(name)
        elif what is not None:
            others.append(f"GRANT {what} ON TABLE {name} TO {to};")
    return [
        *(f"GRANT USAGE ON SCHEMA {quote_name(name)} TO {to};" for name in schemas),
        *(f"GRANT {_ALL} ON TABLE {', '.join(w)} TO {to};" for w in wholes.values()),
        *others,
    ]


def _missing(table: Table, shape: Shape) -> str | None:
    """Return the privilege that is missing: of columns where not all are needed."""
    if table.relation.can_select:
        return None
    read = list(_columns_read(table, shape))
    lacking = [column.name for column in read if not column.can_select]
    system = [] if table.relation.can_select_system else list(_SYSTEM)
    if not lacking and not system:
        return None
    if len(read) == len(table.columns) == len(lacking):
        return _ALL
    names = [*map(quote_name, lacking), *system]
    return f"SELECT ({', '.join(names)})"


def _columns_read(table: Table, shape: Shape) -> Iterator[Column]:
    for column in table.columns:
        is_asked = shape.where is not None and mentions(shape.where, {column.name})
        if is_asked or column.name not in shape.unread:
            yield column
