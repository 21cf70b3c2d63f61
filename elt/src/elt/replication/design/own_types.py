"""Types that users made: made at the destination before the tables that have them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from elt import logs
from elt.errors import ConfigError
from elt.postgres import Connection, Identifier, Literal, compose, execute
from elt.replication.catalog.reading import read_types
from elt.replication.catalog.relocation import relocate
from elt.replication.catalog.tables import Type
from elt.replication.design.ddl import (
    create_type,
    follow_domain,
    order_types,
    relation_name,
)
from elt.replication.design.streams import Plan

log = logs.logger(__name__)


def make_types(connection: Connection, plan: Plan) -> None:
    """Make the types that are missing, and add labels that enums have got since."""
    for needed, known in _pair(connection, plan):
        schema = plan.landings[needed.schema]
        if known is None:
            create = "create schema if not exists {schema}"
            execute(connection, compose(create, schema=Identifier(schema)))
            execute(connection, create_type(needed, plan.landings))
            continue
        _refuse_changed(known, needed, plan.landings)
        if needed.kind == "e":
            _extend_enum(connection, needed, known)
        elif needed.kind == "d":
            for statement in follow_domain(known, needed, plan.landings):
                execute(connection, statement)


def refuse_changed_types(connection: Connection, plan: Plan) -> None:
    """Raise ConfigError for a type that is another one than at the destination."""
    for needed, known in _pair(connection, plan):
        if known is not None:
            _refuse_changed(known, needed, plan.landings)


def _pair(connection: Connection, plan: Plan) -> Iterator[tuple[Type, Type | None]]:
    """Yield the types of a plan, each with the one that the destination has."""
    if not plan.types:
        return
    existing = {
        (made.schema, made.name): made
        for made in read_types(connection, plan.landings.values())
    }
    for needed in order_types(plan.types):
        yield needed, existing.get((plan.landings[needed.schema], needed.name))


def _extend_enum(connection: Connection, needed: Type, known: Type) -> None:
    """Add the labels that an enum has at the source only."""
    name = relation_name(known.schema, known.name)
    for before, label in zip([None, *needed.labels], needed.labels, strict=False):
        if label in known.labels:
            continue
        place = "" if before is None else " after {before}"
        if before is None:
            place = " before {first}" if known.labels else ""
        add = compose(
            "alter type {name} add value {label}" + place,
            name=name,
            label=Literal(label),
            before=Literal(before),
            first=Literal(known.labels[0] if known.labels else ""),
        )
        execute(connection, add)
        log.info("added enum label", type=f"{known.schema}.{known.name}")


def _refuse_changed(known: Type, needed: Type, landings: Mapping[str, str]) -> None:
    """Raise ConfigError for what is made of others by now, or has others' labels."""
    what = None
    if _made_of(needed, landings) != _made_of(known, {}):
        what = f"The type {needed.schema}.{needed.name} changed at the source"
    elif [label for label in needed.labels if label in known.labels] != known.labels:
        what = (
            f"The labels of the enum {needed.schema}.{needed.name} were renamed or "
            "reordered at the source"
        )
    if what is not None:
        hint = f"Change {known.schema}.{known.name} at the destination in the same way."
        raise ConfigError(what, hint=hint)


def _made_of(made: Type, landings: Mapping[str, str]) -> tuple[object, ...]:
    """Return what a type is and what it is made of, by the names of where it lands."""
    attributes = [relocate(attribute, landings) for attribute in made.attributes]
    parts = (relocate(part or "", landings) for part in (made.base, made.subtype))
    return made.kind, attributes, *parts
