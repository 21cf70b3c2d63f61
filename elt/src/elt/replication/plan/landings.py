"""Decide in which schema of the destination each schema of a source lands.

Nothing here talks to a database.
"""

from __future__ import annotations

from collections.abc import Iterable

from elt.config import SourceConfig
from elt.errors import ConfigError
from elt.replication.design.streams import SHADOW_PREFIX

#: Schemas that belong to somebody else: the state, dbt's layers, dbt's target.
RESERVED_SCHEMAS = frozenset(
    {
        "elt",
        "staging",
        "intermediate",
        "public",
        "test_failures",
        "information_schema",
    }
)
#: PostgreSQL cuts longer names.
LONGEST_NAME = 63


def land_schemas(source: SourceConfig, schemas: Iterable[str]) -> dict[str, str]:
    """Return where each schema of the source lands; refuse two that land in one."""
    landings: dict[str, str] = {}
    for schema in schemas:
        landing = source.landing_schema(schema)
        for other, taken in landings.items():
            if landing == taken:
                message = (
                    f"The schemas {other} and {schema} of source {source.name} "
                    f"would both land in {landing}"
                )
                raise ConfigError(message, hint=_map(source.name, schema))
        landings[schema] = landing
    return landings


def refuse_landing(schema: str, landing: str) -> None:
    """Raise ConfigError where a schema must not land, or cannot."""
    hint = _map("", schema)
    if landing in RESERVED_SCHEMAS or landing.startswith(("pg_", SHADOW_PREFIX)):
        whose = "which belongs to others"
        if landing == "elt":
            whose = "the schema of elt's own state"
        message = f"Schema {schema} would land in {landing}, {whose}"
        raise ConfigError(message, hint=hint)
    if len((SHADOW_PREFIX + landing).encode()) > LONGEST_NAME:
        longest = LONGEST_NAME - len(SHADOW_PREFIX)
        message = f"The schema name {landing} is longer than {longest} bytes"
        raise ConfigError(message, hint=hint)


def _map(source: str, schema: str) -> str:
    of = f" of source {source}" if source else ""
    return f"Map it in elt.yaml: schemas: {{{schema}: another_name}}{of}."
