"""What the state knows of types: which of them elt has made.

Somebody else may have made others in the same schemas, of the same names.
"""

from __future__ import annotations

from dataclasses import dataclass

from elt.postgres import Connection, execute, fetch
from elt.queries import load_queries
from elt.replication.catalog.tables import Place, Type, write_name

queries = load_queries("elt.replication", "sql/type_state.sql")


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownType:
    """A type that is ours."""

    #: Schema and name, and object id, of the type at the source; None until a run has
    #: met one that an older version made.
    type: str | None
    source_oid: int | None
    destination_schema: str
    destination_type: str
    #: Whether the run that made it failed.
    is_abandoned: bool = False

    @property
    def place(self) -> Place:
        """Return its schema and its name."""
        return self.destination_schema, self.destination_type


def list_known_types(connection: Connection, source: str) -> list[KnownType]:
    """Return the types that elt has made for a source."""
    parameters = {"source": source}
    return fetch(connection, KnownType, queries["list_known_types"], parameters)


def save_type(
    connection: Connection,
    run_id: int,
    source: str,
    made: Type,
    place: Place,
) -> None:
    """Record a type that a run has made, with the place where it is."""
    parameters = {"run_id": run_id, "source": source} | _identify(made, place)
    execute(connection, queries["save_type"], parameters)


def identify_type(
    connection: Connection, run_id: int, made: Type, place: Place
) -> None:
    """Record which type of the source the one at a place is; the run takes it over."""
    parameters = {"run_id": run_id} | _identify(made, place)
    execute(connection, queries["identify_type"], parameters)


def forget_type(connection: Connection, place: Place) -> None:
    """Record that a type is not there any more."""
    schema, name = place
    parameters = {"schema": schema, "name": name}
    execute(connection, queries["forget_type"], parameters)


def move_type(
    connection: Connection,
    old: Place,
    made: Type,
    place: Place,
) -> None:
    """Record that a type which is ours has another name or schema by now."""
    schema, name = old
    parameters = {"old_schema": schema, "old_name": name} | _identify(made, place)
    execute(connection, queries["move_type"], parameters)


def _identify(made: Type, place: Place) -> dict[str, object]:
    schema, name = place
    return {
        "type": write_name(*made.place),
        "source_oid": made.oid,
        "schema": schema,
        "name": name,
    }
