"""Takes tables out of our publication that cannot be updated while they are in it.

A run does so wherever it brings the publication up to date. One that is refused before,
for whatever reason, has to do it as well: somebody has to mend what it is refused for,
and the application at the source cannot wait for that.
"""

from __future__ import annotations

from elt import logs
from elt.config import SourceConfig
from elt.errors import EltError
from elt.postgres import (
    Connection,
    Identifier,
    compose,
    execute,
    fetch,
    joined,
    transaction,
)
from elt.replication.catalog.tables import write_name
from elt.replication.logical.identities import Identity
from elt.replication.logical.published_tables import Member, read_publication
from elt.replication.logical.slots import queries

log = logs.logger(__name__)

#: Taking a table out waits for VACUUM and ALTER TABLE on it.
_LONGEST_WAIT = "10s"


def relieve_tables(connection: Connection, source: SourceConfig, name: str) -> None:
    """Take them out of a publication that is ours; what keeps us from it is logged."""
    try:
        stuck = [member for member in list_stuck(connection, name) if member.is_listed]
        if stuck:
            _take_out(connection, name, stuck)
    except EltError as error:
        log.warning("failed to relieve source", source=source.name, error=error.message)
        return
    for member in stuck:
        table = write_name(member.schema, member.name)
        log.warning("took out of publication", source=source.name, table=table)


def list_stuck(connection: Connection, name: str) -> list[Member]:
    """Return the tables of a publication of which no row can be updated."""
    _, members = read_publication(connection, name)
    parameters = {"oids": [member.oid for member in members]}
    found = fetch(connection, Identity, queries["list_identities"], parameters)
    columns = {identity.oid: identity.columns for identity in found}
    return [m for m in members if m.oid in columns and _is_stuck(m, columns[m.oid])]


def _is_stuck(member: Member, identity: list[str] | None) -> bool:
    if identity is None:
        return True
    return bool(member.columns) and not {*identity} <= {*member.columns}


def _take_out(connection: Connection, name: str, members: list[Member]) -> None:
    tables = joined(
        compose("only {table}", table=Identifier(member.schema, member.name))
        for member in members
    )
    drop = "alter publication {name} drop table {tables}"
    with transaction(connection):
        execute(connection, f"set local lock_timeout to '{_LONGEST_WAIT}'")
        execute(connection, compose(drop, name=Identifier(name), tables=tables))
