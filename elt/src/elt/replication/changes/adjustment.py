"""What is done about changes of a table: they are followed, kept away or refused."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from elt.config import Mask, SchemaChangePolicy
from elt.errors import ConfigError
from elt.postgres import Identifier
from elt.replication.catalog.relocation import mentions
from elt.replication.changes.masking import find_begun
from elt.replication.changes.schema_changes import SchemaChanges, compare
from elt.replication.design.ddl import drop_not_null
from elt.replication.design.definition import (
    KnownColumn,
    TableDefinition,
    define,
    define_table,
)
from elt.replication.design.known_definition import follow_renames, renumber
from elt.replication.design.replica import OUR_NUMBER, Replica


@dataclass(frozen=True, kw_only=True, slots=True)
class Adjustment:
    """A replica as it is to be loaded, and how its table is brought there."""

    replica: Replica
    changes: SchemaChanges
    #: What the state remembers as the definition.
    definition: TableDefinition
    #: What it was.
    known: TableDefinition
    action: str = "propagated"
    #: Whether its columns are altered at the partitioned table above it.
    is_part: bool = False
    #: Columns that may be null from now on, of a replica that keeps them.
    loosened: tuple[str, ...] = ()
    #: By column, masks that begin for rows which the source no longer has.
    masks: Mapping[str, Mask] = field(default_factory=dict)


def adjust(replica: Replica, known: TableDefinition) -> Adjustment:
    """Decide what to do about the changes since a table was last published.

    Raises ConfigError under the policy `fail`.
    """
    known = renumber(known, replica)
    changes = compare(known, replica)
    masks = find_begun(known, replica)
    if not changes:
        return Adjustment(
            replica=replica,
            changes=changes,
            definition=define(replica),
            known=known,
            masks=masks,
        )
    policy = _policy(replica, known)
    if policy is SchemaChangePolicy.FAIL:
        what = "; ".join(changes.descriptions)
        message = f"The table {replica.stream.name} changed: {what}"
        hint = "Its policy is on_schema_change: fail; set propagate or keep to go on."
        raise ConfigError(message, hint=hint)
    if policy is SchemaChangePolicy.KEEP:
        return _keep(replica, known, changes)
    return Adjustment(
        replica=_comparable(replica, known),
        changes=changes,
        definition=define(replica),
        known=known,
        masks=masks,
    )


def _policy(replica: Replica, known: TableDefinition) -> SchemaChangePolicy:
    """Return what is done about a change: one of ours is always made.

    Soft deletes that begin or end change the replica, not the source; and what was
    left out or masked by elt.yaml must not stay because of a policy.
    """
    if known.shape != replica.stream.shaping.fingerprint:
        return SchemaChangePolicy.PROPAGATE
    policy = replica.stream.on_schema_change
    was_soft = any(column.number == OUR_NUMBER for column in known.columns)
    if was_soft is replica.stream.is_soft:
        return policy
    before, now = (
        {column for column in definition.columns if column.number != OUR_NUMBER}
        for definition in (known, define(replica))
    )
    if before == now:
        return SchemaChangePolicy.PROPAGATE
    if policy is SchemaChangePolicy.KEEP:
        message = f"{replica.stream.name} changed together with its soft deletes"
        raise ConfigError(message, hint="Set on_schema_change: propagate for once.")
    return policy


def _comparable(replica: Replica, known: TableDefinition) -> Replica:
    """Return a replica with the key that its rows can be compared by.

    Values of the key may be new to the replica: rows are then told by all values. Rows
    that stay after they are deleted stay in the way of others of their key; and of
    those that are ignored nobody would know whether they are the same by now.
    """
    if not replica.stream.keeps_rows:
        is_known = _is_known_key(known, replica)
        return replica if is_known else replace(replica, key=())
    if _changed_names(known, replica).isdisjoint(replica.key):
        return replica
    numbers = {column.number for column in known.columns}
    if any(c.name in replica.key and c.number not in numbers for c in replica.columns):
        message = f"The key of {replica.stream.name} has a new column"
        hint = (
            "Rows that stay after they are deleted have no value for it: set deletes: "
            "apply for one run, or drop the replica to begin anew."
        )
        raise ConfigError(message, hint=hint)
    return replica


def _is_known_key(known: TableDefinition, replica: Replica) -> bool:
    """Tell whether the key of today has identified the published rows as well."""
    if not _changed_names(known, replica).isdisjoint(replica.key):
        return False
    required = {column.number for column in known.columns if column.is_not_null}
    if any(c.name in replica.key and c.number not in required for c in replica.columns):
        return False
    table, now = replica.stream.table, define(replica)
    before = follow_renames(known, replica)
    constraints = {c.name for c in table.constraints if (*c.columns,) == replica.key}
    indexes = {
        i.name for i in table.indexes if i.is_key and (*i.columns,) == replica.key
    }
    return any(
        was.get(name) == sql and name in names
        for names, was, sql_by_name in (
            (constraints, before.constraints, now.constraints),
            (indexes, before.indexes, now.indexes),
        )
        for name, sql in sql_by_name.items()
    )


def _changed_names(known: TableDefinition, replica: Replica) -> set[str]:
    before = {c.number: (c.name, c.type) for c in known.columns}
    return {c.name for c in replica.columns if before.get(c.number) != (c.name, c.type)}


def _keep(
    replica: Replica, known: TableDefinition, changes: SchemaChanges
) -> Adjustment:
    """Load only the columns that are as they were; leave the others as they are."""
    unchanged = {(c.number, c.name, c.type, c.generation) for c in known.columns}
    columns = tuple(
        c
        for c in replica.columns
        if (c.number, c.name, c.type, c.generation) in unchanged
    )
    names = {column.name for column in columns}
    if not names.issuperset(replica.key):
        message = (
            f"The key of {replica.stream.name} changed, so its replica cannot be kept"
        )
        raise ConfigError(message, hint="Set on_schema_change: propagate.")
    _refuse_looser(replica, known, names)
    table = Identifier(*replica.stream.place)
    required = {c.name for c in columns if c.is_not_null}
    # Those that get no values any more, and those that may be null by now.
    loosened = [c for c in known.columns if c.is_not_null and c.name not in required]
    published = {column.name for column in known.columns}
    relaxed = SchemaChanges(
        descriptions=changes.descriptions,
        columns=tuple(name for name in changes.columns if name in published),
        leaves_rows=changes.leaves_rows,
        before=tuple(drop_not_null(table, column.name) for column in loosened),
    )
    return Adjustment(
        replica=replace(replica, columns=columns),
        changes=relaxed,
        # What is not of the table is not kept away: its end has rows come or go.
        definition=replace(
            _loosen(known, loosened),
            hides_rows=replica.stream.relation.hides_rows,
            ignores_deletes=replica.stream.ignores_deletes,
        ),
        known=known,
        action="kept",
        loosened=tuple(column.name for column in loosened),
    )


def _loosen(
    known: TableDefinition, loosened: Collection[KnownColumn]
) -> TableDefinition:
    """Return what a table is once some of its columns may be null.

    So that they are not null again when its changes are followed.
    """
    columns = tuple(
        replace(c, is_not_null=False) if c in loosened else c for c in known.columns
    )
    return replace(known, columns=columns)


def _refuse_looser(
    replica: Replica, known: TableDefinition, loaded: Collection[str]
) -> None:
    """Raise ConfigError where a kept replica would refuse rows that the source allows.

    What is about columns that are kept without values holds for any row, as nulls are
    never the same; only a primary key does not allow them.
    """
    # What elt.yaml leaves out by now holds at the source as before.
    present = (define(replica), define_table(replica.stream.table))
    held = {s for d in present for s in (*d.constraints.values(), *d.indexes.values())}
    unfilled = {column.name for column in known.columns} - set(loaded)
    unique = {n: s for n, s in known.indexes.items() if s.startswith("unique ")}
    lost = [
        name
        for name, sql in {**known.constraints, **unique}.items()
        if sql not in held
        and (
            sql.startswith("PRIMARY KEY ")
            or "NULLS NOT DISTINCT" in sql
            or not mentions(sql, unfilled)
        )
    ]
    if lost:
        message = (
            f"{replica.stream.name} does not have {', '.join(sorted(lost))} any more, "
            "so its replica cannot be kept"
        )
        raise ConfigError(message, hint="Set on_schema_change: propagate.")
