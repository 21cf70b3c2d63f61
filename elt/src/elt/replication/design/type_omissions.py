"""What of a type of users is not made at the destination, and why.

Nothing here talks to a database.
"""

from __future__ import annotations

from collections.abc import Iterator

from elt.replication.catalog.tables import Type
from elt.replication.design.streams import NotCopied
from elt.replication.design.type_ddl import has_collation, is_proven

_NEEDS_MORE = "needs code that only the source has, or depends on the time"
_UNPROVEN = "is not valid at the source"
_NULLS = "a new column of the domain has no values there at first"
_COLLATION = "of types, only C and POSIX are taken to be the same everywhere"


def list_lost_of_type(made: Type) -> Iterator[NotCopied]:
    """Yield what a type lacks where its tables land."""
    if made.collation is not None and not has_collation(made):
        yield _lacking(made, f"collation {made.collation}", _COLLATION)
    if made.kind != "d":
        return
    if made.is_not_null:
        yield _lacking(made, "not null", _NULLS)
    for name in made.unfit_checks:
        yield _lacking(made, f"constraint {name}", _NEEDS_MORE)
    fit = [name for name in made.check_names if name not in made.unfit_checks]
    for name, check in zip(fit, made.checks, strict=True):
        if not is_proven(check):
            yield _lacking(made, f"constraint {name}", _UNPROVEN)


def _lacking(made: Type, what: str, reason: str) -> NotCopied:
    kind = {"d": "domain", "r": "range type"}.get(made.kind, "type")
    return NotCopied(name=f"{kind} {made.schema}.{made.name}: {what}", reason=reason)
