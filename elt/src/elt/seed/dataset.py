"""The whole data set: its tables in the order in which they can be filled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from elt.seed.copytext import Row
from elt.seed.films import category_rows, film_category_rows, film_rows
from elt.seed.opinions import rating_rows, review_rows
from elt.seed.people import actor_rows, film_actor_rows, user_rows
from elt.seed.size import Size


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """A table of the cinema and how its rows are made, in order of its key."""

    name: str
    #: The columns that are given; `rating_id` is not, the database counts it.
    columns: tuple[str, ...]
    rows: Callable[[Size], Iterator[Row]]


TABLES = (
    Table(
        name="films",
        columns=(
            *("film_id", "title", "release_date", "runtime_minutes", "mpaa_rating"),
            *("price", "special_features", "attributes", "updated_at"),
        ),
        rows=film_rows,
    ),
    Table(
        name="actors",
        columns=("actor_id", "full_name", "born_on", "updated_at"),
        rows=actor_rows,
    ),
    Table(
        name="film_actors",
        columns=(
            *("film_id", "actor_id", "billing_order", "character_name", "updated_at"),
        ),
        rows=film_actor_rows,
    ),
    Table(
        name="categories",
        columns=("category_id", "name", "updated_at"),
        rows=category_rows,
    ),
    Table(
        name="film_categories",
        columns=("film_id", "category_id", "is_primary", "updated_at"),
        rows=film_category_rows,
    ),
    Table(
        name="users",
        columns=("user_id", "email", "country_code", "created_at", "updated_at"),
        rows=user_rows,
    ),
    Table(
        name="ratings",
        columns=("film_id", "user_id", "stars", "rated_at", "updated_at"),
        rows=rating_rows,
    ),
    Table(
        name="reviews",
        columns=("review_id", "film_id", "user_id", "body", "status", "updated_at"),
        rows=review_rows,
    ),
)
