"""Where tables land: a schema that is not there yet is made of its shadow.

To rename the shadow is one statement, where to move its tables is one for each.
"""

from __future__ import annotations

from collections.abc import Iterable

from elt.postgres import Connection, Identifier, compose, execute
from elt.replication.design.replica import Replica
from elt.replication.plan.destination import queries
from elt.replication.publish.publication import Publication


def make_landings(connection: Connection, publication: Publication) -> frozenset[str]:
    """Make the landing schemas that are missing; return those that were shadows."""
    landings = {replica.stream.schema for replica in publication.replicas}
    if publication.sequences is not None:
        landings |= publication.sequences.landings
    found = execute(connection, queries["list_schemas"], {"schemas": list(landings)})
    present = {name for (name,) in found}
    landed = set()
    for schema in sorted(landings):
        if schema in present:
            continue
        new = [
            load.replica
            for load in publication.loads
            if load.replica.stream.schema == schema
        ]
        if publication.is_together and _hold_all(connection, new):
            _rename(connection, new[0].stream.shadow_schema, schema)
            landed.add(schema)
        else:
            create = "create schema if not exists {schema}"
            execute(connection, compose(create, schema=Identifier(schema)))
    return frozenset(landed)


def _hold_all(connection: Connection, replicas: Iterable[Replica]) -> bool:
    """Tell whether the shadow of some replicas holds these and nothing else."""
    shadows = {replica.stream.shadow for replica in replicas}
    schemas = {"schemas": [schema for schema, _ in shadows]}
    return shadows == set(execute(connection, queries["list_held"], schemas)) != set()


def _rename(connection: Connection, shadow: str, schema: str) -> None:
    names = {"shadow": Identifier(shadow), "schema": Identifier(schema)}
    rename = "alter schema {shadow} rename to {schema}"
    uncomment = "comment on schema {schema} is null"
    execute(connection, compose(f"{rename}; {uncomment}", **names))
