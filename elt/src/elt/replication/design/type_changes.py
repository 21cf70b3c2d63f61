"""What of a type of users is another one at the destination, and what that means.

Nothing here talks to a database.
"""

from __future__ import annotations

from collections.abc import Mapping

from elt.errors import ConfigError
from elt.replication.catalog.names import qualify_name, quote_name
from elt.replication.catalog.relocation import relocate
from elt.replication.catalog.tables import Type
from elt.replication.design.type_ddl import has_collation, wanted_checks


def refuse_changed(present: Type, needed: Type, landings: Mapping[str, str]) -> None:
    """Raise ConfigError for what is made of others by now, or has others' labels."""
    if not _is_made_alike(present, needed, landings):
        what = f"The type {needed.schema}.{needed.name} changed at the source"
        place = f"{present.schema}.{present.name}"
        hint = f"Change {place} at the destination in the same way."
        raise ConfigError(what, hint=hint)
    if not _are_labels_kept(present, needed):
        what = (
            f"The labels of the enum {needed.schema}.{needed.name} were renamed, "
            "reordered or removed at the source"
        )
        raise ConfigError(what, hint=_tell_relabelling(present, needed))


def refuse_foreign(present: Type, needed: Type, landings: Mapping[str, str]) -> None:
    """Raise ConfigError for a type of somebody else that is not what tables need."""
    if _is_equal(present, needed, landings):
        return
    place = qualify_name(*present.place)
    message = (
        f"At the destination the type {place} exists, but not through elt, and is not "
        f"what {needed.schema}.{needed.name} is at the source"
    )
    hint = (
        f"Rename it: ALTER TYPE {place} RENAME TO another_name; or map the schema "
        "elsewhere: schemas: in elt.yaml."
    )
    raise ConfigError(message, hint=hint)


def is_alike(present: Type, needed: Type, landings: Mapping[str, str]) -> bool:
    """Tell whether one may become the other, whatever they are called."""
    is_made_alike = _is_made_alike(present, needed, landings)
    return is_made_alike and _are_labels_kept(present, needed)


def _is_equal(present: Type, needed: Type, landings: Mapping[str, str]) -> bool:
    """Tell whether a type is what elt would make of another one, to the letter."""
    checks = wanted_checks(needed, landings)
    return (
        _is_made_alike(present, needed, landings)
        and present.labels == needed.labels
        and present.collation == (needed.collation if has_collation(needed) else None)
        and present.multirange == needed.multirange
        and present.checks == checks
        # Some may need code, and are not among the checks.
        and len(present.check_names) == len(checks)
        and not present.is_not_null
    )


def _is_made_alike(present: Type, needed: Type, landings: Mapping[str, str]) -> bool:
    return _made_of(needed, landings) == _made_of(present, {})


def _are_labels_kept(present: Type, needed: Type) -> bool:
    return [x for x in needed.labels if x in present.labels] == present.labels


def _tell_relabelling(present: Type, needed: Type) -> str:
    """Return the statements after which an enum has the labels of the source.

    One that has as many labels as before is taken for one of which some were renamed:
    where they were not, the rows come right all the same.
    """
    place = qualify_name(*present.place)
    pairs = [
        x for x in zip(present.labels, needed.labels, strict=False) if len({*x}) > 1
    ]
    is_renamed = len(present.labels) == len(needed.labels) and not any(
        new in present.labels or old in needed.labels for old, new in pairs
    )
    if is_renamed:
        renamings = (
            f"ALTER TYPE {place} RENAME VALUE {_quote(old)} TO {_quote(new)};"
            for old, new in pairs
        )
        return f"Run at the destination: {' '.join(renamings)}"
    old_name = quote_name(f"{present.name}_old")
    labels = ", ".join(map(_quote, needed.labels))
    return (
        f"Run at the destination: ALTER TYPE {place} RENAME TO {old_name}; "
        f"CREATE TYPE {place} AS ENUM ({labels}); "
        "The next run names the statement for each column that has the old one."
    )


def _quote(label: str) -> str:
    doubled = label.replace("'", "''")
    return f"'{doubled}'"


def _made_of(made: Type, landings: Mapping[str, str]) -> tuple[object, ...]:
    """Return what a type is and what it is made of, by the names of where it lands."""
    attributes = [relocate(attribute, landings) for attribute in made.attributes]
    parts = (relocate(part or "", landings) for part in (made.base, made.subtype))
    return made.kind, attributes, *parts
