"""How the WAL identifies the rows of tables, and which tables it must not be asked for.

A table is never published while its rows cannot be told: its application could no
longer update or delete.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from elt.config import SyncMode, advise_options
from elt.errors import ConfigError
from elt.postgres import Connection, fetch
from elt.replication.catalog.names import qualify_name, quote_name
from elt.replication.catalog.tables import Constraint, Index
from elt.replication.design.streams import Stream
from elt.replication.logical.slots import queries

#: From here on a publication can send stored generated columns.
GENERATED_COLUMNS = 18


@dataclass(frozen=True, kw_only=True, slots=True)
class Identity:
    """How the WAL identifies the rows of a table."""

    oid: int
    persistence: str
    file_node: int
    #: None where an UPDATE would fail if the table was published.
    columns: list[str] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Unfit:
    """Why a table cannot be published: its statement helps."""

    fix: str
    is_unlogged: bool


def read_identities(
    connection: Connection, streams: Iterable[Stream]
) -> dict[int, Identity]:
    """Return by table how the WAL identifies its rows."""
    parameters = {"oids": [stream.relation.oid for stream in streams]}
    found = fetch(connection, Identity, queries["list_identities"], parameters)
    return {identity.oid: identity for identity in found}


def list_unfit(
    streams: Iterable[Stream], identities: Mapping[int, Identity]
) -> dict[str, Unfit]:
    """Return the streams that cannot be published, each with what would help."""
    found = {}
    for stream in streams:
        identity = identities.get(stream.relation.oid)
        if identity is None:
            continue
        is_unlogged = identity.persistence != "p"
        actions = ["SET LOGGED"] if is_unlogged else []
        if identity.columns is None:
            actions.append(_identifying(stream))
        if actions:
            name = qualify_name(*stream.relation.place)
            fix = f"ALTER TABLE {name} {', '.join(actions)};"
            found[stream.name] = Unfit(fix=fix, is_unlogged=is_unlogged)
    return found


def _identifying(stream: Stream) -> str:
    """Return what makes the WAL identify the rows of a table."""
    identity_by = _identity_by_key(stream)
    if identity_by == "FULL" and any(c.generated == "v" for c in stream.table.columns):
        # A virtual column can be in no key, and with FULL no row can change.
        return "ADD PRIMARY KEY (…)"
    return f"REPLICA IDENTITY {identity_by}"


def _identity_by_key(stream: Stream) -> str:
    """Return what tells rows apart: the index of the key, which costs least, or all."""
    table = stream.table
    keys: tuple[Constraint | Index, ...] = (
        *(c for c in table.constraints if c.kind in "pu"),
        *table.indexes,
    )
    for key in keys:
        if table.key and (*key.columns,) == table.key and _may_identify(key):
            is_primary = isinstance(key, Constraint) and key.kind == "p"
            return "DEFAULT" if is_primary else f"USING INDEX {quote_name(key.name)}"
    return "FULL"


def _may_identify(key: Constraint | Index) -> bool:
    return not key.is_deferrable if isinstance(key, Constraint) else key.is_key


def refuse_unfit(unfit: Mapping[str, Unfit]) -> None:
    """Raise ConfigError for tables that must not be published, or cannot be.

    UPDATE and DELETE would begin to fail; of unlogged ones there is nothing to read.
    """
    if not unfit:
        return
    untold = [name for name, found in unfit.items() if not found.is_unlogged]
    unlogged = [name for name, found in unfit.items() if found.is_unlogged]
    reasons = []
    if untold:
        reasons.append(
            f"The WAL does not say which rows of {', '.join(untold)} change: "
            "published, they could no longer be updated by anybody"
        )
    if unlogged:
        reasons.append(f"The WAL has no rows of unlogged tables: {', '.join(unlogged)}")
    fixes = "".join(f"\n  {found.fix}" for found in unfit.values())
    better = ", or better add primary keys" if untold else ""
    instead = advise_options(unfit, f"mode: {SyncMode.INCREMENTAL}")
    hint = f"Run at the source{better}:{fixes}\nor {instead}"
    raise ConfigError("; ".join(reasons), hint=hint)


def generated_in_identity(stream: Stream, identity: Identity) -> list[str]:
    """Return the generated columns by which the WAL should identify rows.

    Before version 18 it has none of them, whatever is published. From there on the
    rows of a table can be neither updated nor deleted while such a column is not.
    """
    columns = set(identity.columns or ())
    return sorted(
        c.name for c in stream.table.columns if c.generated and c.name in columns
    )


def need_generated(
    streams: Iterable[Stream], identities: Mapping[int, Identity]
) -> bool:
    """Tell whether a publication has to send generated columns of whole tables.

    Of shaped ones it sends just the columns that identify rows, generated or not.
    """
    return any(
        generated_in_identity(stream, identities[stream.relation.oid])
        for stream in streams
        if stream.relation.oid in identities and not stream.shaping
    )
