"""Which views are in the way of a change, all of them, before anything is copied.

PostgreSQL names all that use a column to be dropped, but only one that uses a column to
get another type, and neither before the publish.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from elt.errors import ConfigError
from elt.postgres import Connection, fetch
from elt.queries import load_queries
from elt.replication.catalog.names import qualify_name
from elt.replication.catalog.tables import Catalog, Table, write_name
from elt.replication.changes.adjustment import Adjustment
from elt.replication.design.replica import Replica

queries = load_queries("elt.replication", "sql/dependents.sql")


@dataclass(frozen=True, kw_only=True, slots=True)
class Dependent:
    """A view, and the columns or the views for which it is in the way."""

    schema: str
    name: str
    is_materialized: bool
    uses: list[str]

    def __str__(self) -> str:
        """Name the view for a person, with what it uses; one may just count rows."""
        name = write_name(self.schema, self.name)
        return f"{name} ({', '.join(self.uses)})" if self.uses else name

    @property
    def drop(self) -> str:
        """Return the statement that drops it."""
        kind = "MATERIALIZED VIEW" if self.is_materialized else "VIEW"
        return f"DROP {kind} {qualify_name(self.schema, self.name)};"


def refuse_dependents(
    connection: Connection, adjustment: Adjustment, existing: Catalog
) -> None:
    """Raise ConfigError that names the views which use what is dropped or retyped."""
    stream = adjustment.replica.stream
    table = existing.table(*stream.place)
    columns = adjustment.changes.replaced
    if table is None or not columns:
        return
    parameters = {
        "tables": [table.relation.oid],
        "columns": list(columns),
        "is_part": adjustment.is_part,
    }
    found = fetch(connection, Dependent, queries["list_dependents"], parameters)
    if found:
        raise refusal(stream.name, found)


def refuse_dependents_of_anew(
    connection: Connection, made_anew: Sequence[tuple[Replica, Table]]
) -> None:
    """Raise ConfigError that names the views on replicas which are to be made anew."""
    if not made_anew:
        return
    parameters = {
        "tables": [table.relation.oid for _, table in made_anew],
        "columns": None,
        "is_part": False,
    }
    found = fetch(connection, Dependent, queries["list_dependents"], parameters)
    if found:
        streams = ", ".join(replica.stream.name for replica, _ in made_anew)
        message = (
            f"Partitioned otherwise than their replicas are {streams}, and views use "
            f"these, which are to be made anew: {_name_all(found)}"
        )
        raise ConfigError(message, hint=_tell_drops(found))


def refuse_dependents_of_dropped(
    connection: Connection, name: str, tables: Sequence[int]
) -> None:
    """Raise ConfigError that names the views on tables to be dropped as one."""
    parameters = {"tables": list(tables), "columns": None, "is_part": False}
    found = fetch(connection, Dependent, queries["list_dependents"], parameters)
    if found:
        drops = " ".join(view.drop for view in found)
        message = f"Views use {name}: {_name_all(found)}"
        raise ConfigError(message, hint=f"Run at the destination: {drops}")


def refusal(stream: str, dependents: Iterable[Dependent]) -> ConfigError:
    """Return the error that names dependents, with what to do about them."""
    found = list(dependents)
    message = f"{stream} changed, and views use columns that change: {_name_all(found)}"
    hint = f"{_tell_drops(found)} Or set on_schema_change: keep."
    return ConfigError(message, hint=hint)


def _name_all(dependents: Sequence[Dependent]) -> str:
    return ", ".join(map(str, reversed(dependents)))


def _tell_drops(dependents: Iterable[Dependent]) -> str:
    drops = " ".join(view.drop for view in dependents)
    return (
        f"Run at the destination, and make them again afterwards: {drops} "
        "Models of dbt come back with dbt build."
    )
