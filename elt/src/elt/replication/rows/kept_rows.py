"""Rows that stay though the source has deleted them: masked as all others are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from elt.config import Mask, MaskKind
from elt.errors import ConfigError
from elt.postgres import (
    Composable,
    Connection,
    Identifier,
    compose,
    execute,
    fetch_one,
    identifiers,
    joined,
)
from elt.replication.catalog.names import qualify_name, quote_name
from elt.replication.design.replica import Replica
from elt.replication.rows.row_queries import alive, is_missing, queries, query_parts
from elt.replication.shapes.masks import masked_value


def mask_kept(
    connection: Connection, replica: Replica, masks: Mapping[str, Mask]
) -> None:
    """Mask the published rows that the source no longer has, inside a transaction.

    All others have their values already. Raises ConfigError where some are to be
    hashed: only the source knows the key.
    """
    values = {}
    for column in replica.stream.columns:
        mask = masks.get(column.name)
        if mask is None:
            continue
        if mask.kind is MaskKind.HASH:
            _refuse_clear(connection, replica, column.name)
        else:
            [here] = (c.type for c in replica.columns if c.name == column.name)
            values[column.name] = masked_value(replace(column, type=here), mask)
    if not values:
        return
    assignments = [
        compose("{name} = {value}", name=Identifier(name), value=value)
        for name, value in values.items()
    ]
    parts = query_parts(replica) | {
        "is_kept": _is_kept(replica),
        "assignments": joined(assignments),
        "names": identifiers(values),
        "values": joined(values.values()),
    }
    execute(connection, compose(queries["mask_kept"], **parts))


def _is_kept(replica: Replica) -> Composable:
    """Return the condition on `published` for rows that the source no longer has."""
    if replica.stream.is_soft:
        return compose("not ({is_alive})", is_alive=alive(replica))
    # Rows may have been compared by all their values.
    return is_missing(replace(replica, key=replica.stream.table.key))


def _refuse_clear(connection: Connection, replica: Replica, column: str) -> None:
    name = Identifier(column)
    parts = query_parts(replica) | {"is_kept": _is_kept(replica), "name": name}
    rows = int(fetch_one(connection, compose(queries["count_clear"], **parts)))
    if not rows:
        return
    table, quoted = qualify_name(*replica.stream.place), quote_name(column)
    message = (
        f"{column} of {replica.stream.name} is to be hashed, but {rows} rows of "
        f"{table} that the source no longer has hold it in clear"
    )
    by_hand = (
        f"run at the destination: ALTER TABLE {table} ALTER COLUMN {quoted} DROP NOT "
        "NULL; and set it to null in all rows: the run fills in the others"
    )
    if column in replica.stream.table.key:
        by_hand = f"drop {table} to begin anew"
    hint = (
        "Only the source knows the key. Let these rows go: set deletes: apply for "
        f"{replica.stream.name} for one run; or {by_hand}."
    )
    raise ConfigError(message, hint=hint)
