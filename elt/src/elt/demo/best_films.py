"""A look at what all the work was for: the best films."""

from __future__ import annotations

from contextlib import closing
from dataclasses import astuple, dataclass, fields
from decimal import Decimal

from elt.config import DatabaseSettings
from elt.postgres import connect, fetch
from elt.queries import load_queries
from elt.tables import format_table

QUERIES = load_queries("elt.demo", "sql/demo.sql")


@dataclass(frozen=True, kw_only=True, slots=True)
class Film:
    """Some columns of a row of `film_ratings`."""

    film_title: str
    primary_category: str | None
    rating_count: int
    average_stars: Decimal | None
    weighted_stars: Decimal | None


def list_best_films(destination: DatabaseSettings) -> str:
    """Return a table of the ten films with the best ratings."""
    with closing(connect(destination, application_name="elt demo")) as connection:
        films = fetch(connection, Film, QUERIES["list_best_films"])
    names = [field.name for field in fields(Film)]
    return format_table(names, [astuple(film) for film in films])
