"""Statements that make and follow types of users: pure functions to SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from graphlib import TopologicalSorter

from elt.postgres import Composable, Identifier, Literal, compose, joined, raw
from elt.replication.catalog.relocation import relocate
from elt.replication.catalog.tables import Type

#: Behind a check that old values may break.
_NOT_VALID = " NOT VALID"


def create_type(made: Type, landings: Mapping[str, str]) -> Composable:
    """Return the statement that makes a type in the schema where it lands."""
    name = Identifier(landings[made.schema], made.name)
    if made.kind == "e":
        labels = joined(Literal(label) for label in made.labels)
        return compose(
            "create type {name} as enum ({labels})", name=name, labels=labels
        )
    if made.kind == "d":
        return compose(
            "create domain {name} as {definition}",
            name=name,
            definition=raw(relocate(_domain_definition(made), landings)),
        )
    if made.kind == "c":
        attributes = raw(relocate(", ".join(made.attributes), landings))
        return compose("create type {name} as ({list})", name=name, list=attributes)
    options = [raw("subtype = " + relocate(made.subtype or "", landings))]
    if has_collation(made):
        options.append(raw(f'collation = "{made.collation}"'))
    if made.multirange is not None:
        multirange = Identifier(landings[made.schema], made.multirange)
        options.append(compose("multirange_type_name = {name}", name=multirange))
    return compose(
        "create type {name} as range ({options})", name=name, options=joined(options)
    )


def _domain_definition(made: Type) -> str:
    """Return what follows AS in the definition of a domain.

    It may be null, as it may at the source by an outer join, and here until a column
    that is new has its values.
    """
    collation = [f'collate "{made.collation}"'] if has_collation(made) else []
    return " ".join([made.base or "", *collation, *_proven_checks(made)])


def _proven_checks(made: Type) -> list[str]:
    return [check for check in made.checks if is_proven(check)]


def wanted_checks(made: Type, landings: Mapping[str, str]) -> list[str]:
    """Return the checks that a domain has where it lands."""
    return [relocate(check, landings) for check in _proven_checks(made)]


def is_proven(check: str) -> bool:
    """Tell whether all values fulfil a check: one that is not valid may be broken."""
    return not check.endswith(_NOT_VALID)


def has_collation(made: Type) -> bool:
    """Tell whether a type has a collation of its own that exists everywhere."""
    return made.collation in {"C", "POSIX"}


def follow_domain(
    known: Type, needed: Type, landings: Mapping[str, str]
) -> list[Composable]:
    """Return the statements that give a domain the checks it has at the source.

    Not validated: rows that are published and on their way out may break them.
    """
    name = Identifier(*known.place)
    statements = []
    wanted = wanted_checks(needed, landings)
    if wanted != [check.removesuffix(_NOT_VALID) for check in known.checks]:
        drop, add = (
            "alter domain {name} drop constraint {old}",
            "alter domain {name} add ",
        )
        statements += [
            compose(drop, name=name, old=Identifier(old)) for old in known.check_names
        ]
        statements += [
            joined([compose(add, name=name), raw(check + _NOT_VALID)], "")
            for check in wanted
        ]
    if known.is_not_null:
        statements.append(compose("alter domain {name} drop not null", name=name))
    return statements


def order_types(types: Iterable[Type]) -> list[Type]:
    """Return types in an order in which they can be made."""
    by_oid = {made.oid: made for made in types}
    graph = {oid: [n for n in t.needs if n in by_oid] for oid, t in by_oid.items()}
    return [by_oid[oid] for oid in TopologicalSorter(graph).static_order()]
