"""Ask the source whether it understands what elt.yaml says of columns and rows.

Nothing is read: a condition is planned and not run, a constant is turned into the type
of its column.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from elt.config import MaskKind, Problems, SourceConfig
from elt.errors import ConfigError, EltError
from elt.postgres import (
    INNER,
    OUTER,
    Composable,
    Connection,
    Identifier,
    Literal,
    compose,
    execute,
    fetch_one,
    has_sqlstate,
    raw,
    undone,
)
from elt.queries import load_queries
from elt.replication.design.streams import Plan, Stream

queries = load_queries("elt.replication", "sql/shapes.sql")

#: Data exception; feature not supported; syntax error, or names and types that do not
#: fit; invalid use of a domain.
_OUR_MISTAKES = ("22", "0A", "42", "23")


def refuse_unusable_shapes(
    connection: Connection, source: SourceConfig, plan: Plan
) -> None:
    """Raise ConfigError with all that the source does not take; in a transaction."""
    problems = Problems()
    shaped = [s for s in (*plan.partitioned, *plan.streams) if s.shaping]
    if any(stream.shaping.shape.has_hash for stream in shaped):
        _require_key(connection)
    # Partitions have the shape of their whole.
    shaped.sort(key=lambda stream: stream.shaping.stream)
    for name, streams in groupby(shaped, key=lambda stream: stream.shaping.stream):
        for place, query in _list_queries(next(streams)):
            message = _try(connection, query)
            if message is not None:
                problems.add(f"{source.path}.streams.{name}.{place}", message)
    problems.raise_if_any()


def _list_queries(stream: Stream) -> Iterator[tuple[str, Composable]]:
    """Yield what to ask about a stream, each with its place in elt.yaml."""
    shaping = stream.shaping
    for column, mask in shaping.shape.masks:
        if mask.kind in {MaskKind.NULL, MaskKind.CONSTANT}:
            value = shaping.expressions[column]
            query = compose(queries["check_value"], value=value)
            yield f"columns.mask.{column}", query
    if shaping.where is not None:
        yield (
            "where",
            compose(
                queries["check_condition"],
                condition=raw(shaping.where),
                table=Identifier(*stream.relation.place),
                alias=Identifier(shaping.alias),
            ),
        )


def _try(connection: Connection, query: Composable) -> str | None:
    """Return what the source says against a query, None when it takes it.

    Either way no lock is kept: who alters the table until the end would wait for it,
    and the workers for him.
    """
    try:
        with undone(connection):
            execute(connection, query)
    except EltError as error:
        if not has_sqlstate(error, _OUR_MISTAKES):
            raise
        return error.message
    return None


def _require_key(connection: Connection) -> None:
    query = compose(queries["check_key"], inner=Literal(INNER), outer=Literal(OUTER))
    if not fetch_one(connection, query):
        message = "The source did not get the key of hashes (ELT_MASK_KEY)"
        hint = "A pooler in between drops the options of sessions: connect past it."
        raise ConfigError(message, hint=hint)
