"""Types that users made: made at the destination before the tables that have them.

Only those that elt has made are ever altered.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from contextlib import suppress

from elt import logs
from elt.errors import ConfigError
from elt.postgres import (
    Connection,
    Identifier,
    Literal,
    compose,
    execute,
    transaction,
)
from elt.replication.catalog.tables import Place, Type, write_name
from elt.replication.design.streams import Plan
from elt.replication.design.type_changes import refuse_changed, refuse_foreign
from elt.replication.design.type_ddl import (
    create_type,
    follow_domain,
    order_types,
)
from elt.replication.plan.renamed_types import follow_renamed_types, read_placed_types
from elt.replication.state.state import has_state
from elt.replication.state.type_state import (
    KnownType,
    forget_type,
    identify_type,
    list_known_types,
    save_type,
)

log = logs.logger(__name__)


def make_types(connection: Connection, run_id: int, plan: Plan) -> bool:
    """Make the types that are missing, and bring those that are ours up to date.

    Tells whether anything was to be done. Raises ConfigError, before anything is made,
    for a type that is another one than at the destination.
    """
    if not plan.types:
        return False
    ours = list_known_types(connection, plan.source)
    is_changed = follow_renamed_types(connection, plan, ours)
    if is_changed:
        ours = list_known_types(connection, plan.source)
    known = {k.place: k for k in ours}
    pairs = list(_pair(connection, plan))
    _refuse(pairs, plan, known)
    for needed, present in pairs:
        place = _place(needed, plan)
        if present is None:
            _make(connection, run_id, plan, needed)
            is_changed = True
        elif place in known:
            _identify(connection, run_id, needed, known[place])
            is_changed |= _follow(connection, plan, needed, present)
    return is_changed


def refuse_changed_types(connection: Connection, plan: Plan) -> None:
    """Raise ConfigError for a type that is another one than at the destination."""
    if not plan.types:
        return
    pairs = list(_pair(connection, plan))
    if has_state(connection, "elt.types"):
        known = list_known_types(connection, plan.source)
        ours: set[Place] = {k.place for k in known}
    else:
        # The next run finds out which of them an older version made.
        made = [needed for needed, _ in pairs if has_state(connection)]
        ours = {_place(needed, plan) for needed in made}
    _refuse(pairs, plan, ours)


def drop_abandoned_types(connection: Connection, source: str) -> None:
    """Drop the types that runs made and did not come to use.

    They would be in the way of somebody who has to rename another one first.
    """
    for known in list_known_types(connection, source):
        if not known.is_abandoned:
            continue
        drop = compose("drop type if exists {type}", type=Identifier(*known.place))
        # Something needs it by now: it stays.
        with suppress(ConfigError), transaction(connection):
            execute(connection, drop)
            forget_type(connection, known.place)


def _refuse(
    pairs: list[tuple[Type, Type | None]], plan: Plan, ours: Container[Place]
) -> None:
    for needed, present in pairs:
        if present is None:
            continue
        is_ours = _place(needed, plan) in ours
        refuse = refuse_changed if is_ours else refuse_foreign
        refuse(present, needed, plan.landings)


def _pair(connection: Connection, plan: Plan) -> Iterator[tuple[Type, Type | None]]:
    """Yield the types of a plan, each with the one that the destination has."""
    existing = read_placed_types(connection, plan)
    for needed in order_types(plan.types):
        yield needed, existing.get(_place(needed, plan))


def _place(needed: Type, plan: Plan) -> Place:
    return plan.landings[needed.schema], needed.name


def _make(connection: Connection, run_id: int, plan: Plan, needed: Type) -> None:
    """Make a type, and record at once that it is ours."""
    place = _place(needed, plan)
    with transaction(connection):
        create = "create schema if not exists {schema}"
        execute(connection, compose(create, schema=Identifier(place[0])))
        execute(connection, create_type(needed, plan.landings))
        save_type(connection, run_id, plan.source, needed, place)


def _identify(
    connection: Connection, run_id: int, needed: Type, known: KnownType
) -> None:
    name = write_name(*needed.place)
    is_same = (known.type, known.source_oid) == (name, needed.oid)
    if known.is_abandoned or not is_same:
        identify_type(connection, run_id, needed, known.place)


def _follow(connection: Connection, plan: Plan, needed: Type, present: Type) -> bool:
    """Alter a type as the source did; tell whether there was anything to alter."""
    if needed.kind == "e":
        return _extend_enum(connection, needed, present)
    if needed.kind != "d":
        return False
    statements = follow_domain(present, needed, plan.landings)
    for statement in statements:
        execute(connection, statement)
    return bool(statements)


def _extend_enum(connection: Connection, needed: Type, present: Type) -> bool:
    """Add the labels that an enum has at the source only; tell whether it has any."""
    name = Identifier(*present.place)
    is_extended = False
    for before, label in zip([None, *needed.labels], needed.labels, strict=False):
        if label in present.labels:
            continue
        place = "" if before is None else " after {before}"
        if before is None:
            place = " before {first}" if present.labels else ""
        add = compose(
            "alter type {name} add value {label}" + place,
            name=name,
            label=Literal(label),
            before=Literal(before),
            first=Literal(present.labels[0] if present.labels else ""),
        )
        execute(connection, add)
        log.info("added enum label", type=f"{present.schema}.{present.name}")
        is_extended = True
    return is_extended
