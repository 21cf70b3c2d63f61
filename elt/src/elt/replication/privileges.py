"""What the role must be allowed to read, and the statements that allow it."""

from __future__ import annotations

from collections.abc import Iterable

from elt.config import SourceConfig
from elt.errors import ConfigError
from elt.replication.catalog import Relation, stream_name
from elt.replication.names import qualify_name, quote_name


def refuse_unreadable(source: SourceConfig, relations: list[Relation]) -> None:
    """Name everything that the role may not read, with the statements that help."""
    role = source.connection.user
    grants = missing_grants(relations, role)
    if grants:
        lines = "".join(f"\n  {grant}" for grant in grants)
        message = f"Role {role} may not read all tables of source {source.name}"
        hint = f"Run at the source:{lines}\nor exclude the tables in elt.yaml."
        raise ConfigError(message, hint=hint)
    hidden = [stream_name(relation) for relation in relations if relation.hides_rows]
    if hidden and not source.allow_row_security:
        message = (
            f"Row security would hide rows of {', '.join(hidden)} from role {role}"
        )
        hint = (
            f"Run at the source: ALTER ROLE {quote_name(role)} BYPASSRLS; or set "
            "allow_row_security: true to replicate what the role sees."
        )
        raise ConfigError(message, hint=hint)


def missing_grants(relations: Iterable[Relation], role: str) -> list[str]:
    """Return the GRANT statements without which a role cannot read some tables."""
    grants: dict[str, None] = {}
    to = quote_name(role)
    for relation in relations:
        schema = quote_name(relation.schema)
        if not relation.can_enter_schema:
            grants[f"GRANT USAGE ON SCHEMA {schema} TO {to};"] = None
        if not relation.can_select:
            name = qualify_name(relation.schema, relation.name)
            grants[f"GRANT SELECT ON TABLE {name} TO {to};"] = None
    return list(grants)
