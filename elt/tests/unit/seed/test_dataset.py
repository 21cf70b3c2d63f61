"""The data set is the same for ever, whole, and as odd as it says."""

import hashlib
from collections import Counter, defaultdict
from itertools import pairwise
from uuid import UUID

import pytest

from elt.errors import UsageError
from elt.seed.copytext import encode_rows
from elt.seed.dataset import TABLES
from elt.seed.dice import Dice
from elt.seed.opinions import make_review
from elt.seed.people import user_id_of
from elt.seed.planted import AWKWARD_REVIEWS, ODDITIES, Oddity
from elt.seed.size import MINIATURE, size_of
from elt.seed.words.reviews import VERDICTS

#: Change it only with the words, the rules or the seed: whoever has a cinema of
#: scale 1 has another one than this code makes from then on.
DIGEST = "b2f7548a3269560b7063247ca42caba93cd55dd68f27e4d3d947dc73398cf484"
KEYS = {
    "films": ["film_id"],
    "actors": ["actor_id"],
    "film_actors": ["film_id", "actor_id"],
    "categories": ["category_id"],
    "film_categories": ["film_id", "category_id"],
    "users": ["user_id"],
    "ratings": ["film_id", "user_id"],
    "reviews": ["review_id"],
}
REFERENCES = [
    ("film_actors", "film_id", "films"),
    ("film_actors", "actor_id", "actors"),
    ("film_categories", "film_id", "films"),
    ("film_categories", "category_id", "categories"),
    ("ratings", "film_id", "films"),
    ("ratings", "user_id", "users"),
    ("reviews", "film_id", "films"),
    ("reviews", "user_id", "users"),
]


def make_rows(scale):
    """Return the rows of each table as dictionaries."""
    size = size_of(scale)
    return {
        table.name: [
            dict(zip(table.columns, row, strict=True)) for row in table.rows(size)
        ]
        for table in TABLES
    }


@pytest.fixture(scope="module")
def cinema():
    """Return the rows of scale 1."""
    return make_rows(1)


@pytest.fixture(scope="module")
def miniature():
    return make_rows(MINIATURE)


@pytest.fixture(params=["cinema", "miniature"])
def any_cinema(request):
    return request.getfixturevalue(request.param)


def values(rows, *columns):
    if len(columns) == 1:
        return [row[columns[0]] for row in rows]
    return [tuple(row[column] for column in columns) for row in rows]


def films_that_are(*oddities):
    return {
        place
        for place, found in ODDITIES.items()
        if any(oddity in found for oddity in oddities)
    }


def stars_by_film(cinema):
    stars = defaultdict(list)
    for rating in cinema["ratings"]:
        stars[rating["film_id"]].append(rating["stars"])
    return stars


def test_scale_one_is_the_same_for_ever(cinema):
    digest = hashlib.sha256()
    for rows in cinema.values():
        for text in encode_rows(row.values() for row in rows):
            digest.update(text.encode())

    assert digest.hexdigest() == DIGEST


def test_scale_one_is_about_as_big_as_promised(cinema):
    counts = {name: len(rows) for name, rows in cinema.items()}

    assert counts["films"] == 1000
    assert counts["actors"] == 600
    assert counts["categories"] == 16
    assert counts["users"] == 2000
    assert counts["film_actors"] == pytest.approx(5000, rel=0.1)
    assert counts["ratings"] == pytest.approx(50_000, rel=0.1)
    assert counts["reviews"] == pytest.approx(5000, rel=0.1)


@pytest.mark.parametrize("scale", [2, 10, 100])
def test_size_grows_with_the_scale(scale):
    one, more = size_of(1), size_of(scale)

    assert (more.films, more.actors, more.users) == (
        one.films * scale,
        one.actors * scale,
        one.users * scale,
    )


def test_negative_scale_is_refused():
    with pytest.raises(UsageError, match="-1 is no scale"):
        size_of(-1)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_rows_are_made_one_by_one(table):
    """Otherwise this would take days and more memory than there is."""
    rows = table.rows(size_of(1_000_000))

    assert len(next(rows)) == len(table.columns)


def test_bigger_cinema_shows_the_films_of_the_smaller_one(cinema, miniature):
    assert cinema["films"][:40] == miniature["films"]
    assert cinema["actors"][:60] == miniature["actors"]


@pytest.mark.parametrize("table", KEYS)
def test_key_is_unique(any_cinema, table):
    keys = values(any_cinema[table], *KEYS[table])

    assert len(set(keys)) == len(keys)


def test_emails_are_unique(any_cinema):
    emails = values(any_cinema["users"], "email")

    assert len(set(emails)) == len(emails)


@pytest.mark.parametrize("table, column, parent", REFERENCES)
def test_reference_is_met(any_cinema, table, column, parent):
    referring = set(values(any_cinema[table], column))
    referred = set(values(any_cinema[parent], column))

    assert referring <= referred


def test_users_have_random_uuids():
    ids = [UUID(user_id_of(number)) for number in range(20_000)]

    assert len(set(ids)) == len(ids)
    assert {user_id.version for user_id in ids} == {4}


@pytest.mark.parametrize("table", [table.name for table in TABLES])
def test_no_value_contains_what_separates_values(cinema, table):
    texts = [
        value
        for row in cinema[table]
        for value in row.values()
        if isinstance(value, str)
    ]

    assert not any(control in text for text in texts for control in "\x1d\x1e\x1f\0")


def test_no_fate_runs_out(monkeypatch):
    """Otherwise the last draws of a row would all be zero."""
    draw = Dice.below

    def draw_with_care(dice, limit):
        drawn = draw(dice, limit)
        assert dice._fate >= 1 << 32
        return drawn

    monkeypatch.setattr(Dice, "below", draw_with_care)

    make_rows(MINIATURE)


def test_titles_and_names_are_all_different(cinema):
    assert len(set(values(cinema["films"], "title"))) == 1000
    assert len(set(values(cinema["actors"], "full_name"))) == 600


def test_films_are_of_every_band(cinema):
    averages = [sum(stars) / len(stars) for stars in stars_by_film(cinema).values()]

    bands = Counter(min(int(average + 0.5), 5) for average in averages)

    assert bands[5] > 80  # excellent, from 4.5
    assert bands[4] > 350  # good, from 3.5
    assert bands[3] > 200  # average, from 2.5
    assert bands[2] + bands[1] > 80  # poor


def test_only_planted_films_are_unrated(cinema):
    unrated = set(values(cinema["films"], "film_id")) - set(stars_by_film(cinema))

    assert unrated == films_that_are(Oddity.UNRATED)


def test_a_film_has_one_vote_of_five_stars(any_cinema):
    (film,) = films_that_are(Oddity.ONE_VOTE)

    assert stars_by_film(any_cinema)[film] == [5]


@pytest.mark.parametrize(
    "column, value, oddity",
    [
        ("runtime_minutes", 0, Oddity.NO_RUNTIME),
        ("release_date", None, Oddity.NO_RELEASE_DATE),
        ("release_date", "2099-12-31", Oddity.FUTURE_RELEASE),
        ("mpaa_rating", None, Oddity.NO_MPAA_RATING),
        ("price", None, Oddity.NO_PRICE),
    ],
)
def test_only_planted_films_lack_a_fact(any_cinema, column, value, oddity):
    lacking = {film["film_id"] for film in any_cinema["films"] if film[column] == value}

    assert lacking == films_that_are(oddity)


def test_only_planted_films_have_no_cast(any_cinema):
    films = set(values(any_cinema["films"], "film_id"))
    with_cast = set(values(any_cinema["film_actors"], "film_id"))

    assert films - with_cast == films_that_are(Oddity.NO_CAST)


def test_all_but_planted_films_have_one_main_category(any_cinema):
    films = set(values(any_cinema["films"], "film_id"))
    main = [
        category["film_id"]
        for category in any_cinema["film_categories"]
        if category["is_primary"]
    ]

    assert len(main) == len(set(main))
    assert films - set(main) == films_that_are(
        Oddity.NO_CATEGORY, Oddity.NO_PRIMARY_CATEGORY
    )


def test_only_planted_reviews_are_by_users_who_did_not_rate(any_cinema):
    rated = set(values(any_cinema["ratings"], "film_id", "user_id"))
    reviewed = values(any_cinema["reviews"], "film_id", "user_id")

    strange = [
        film_id for film_id, user_id in reviewed if (film_id, user_id) not in rated
    ]

    assert strange == [*films_that_are(Oddity.REVIEW_WITHOUT_RATING)]


def test_planted_film_has_withdrawn_reviews_only(any_cinema):
    (film,) = films_that_are(Oddity.ALL_WITHDRAWN)
    statuses = {
        review["status"]
        for review in any_cinema["reviews"]
        if review["film_id"] == film
    }

    assert statuses == {"withdrawn"}


def test_oddities_come_again_in_every_thousand():
    table = next(table for table in TABLES if table.name == "films")
    films = [row for row in table.rows(size_of(2)) if row[3] == 0]

    assert [row[0] for row in films] == [6, 28, 1006, 1028]


def test_every_awkward_review_is_written(cinema):
    assert set(AWKWARD_REVIEWS) <= set(values(cinema["reviews"], "body"))


def test_reviews_suit_the_stars():
    reviews = {make_review(5, Dice("review", number)) for number in range(200)}

    assert not any(verdict in text for verdict in VERDICTS[1] for text in reviews)
    assert any(verdict in text for verdict in VERDICTS[5] for text in reviews)


def test_nobody_rates_a_film_before_its_release(cinema):
    released = {film["film_id"]: film["release_date"] for film in cinema["films"]}
    future = films_that_are(Oddity.FUTURE_RELEASE)

    early = [
        rating
        for rating in cinema["ratings"]
        if rating["rated_at"] < (released[rating["film_id"]] or "")
    ]

    assert set(values(early, "film_id")) == future


def test_no_row_changes_before_it_exists_or_after_the_end(any_cinema):
    ratings = any_cinema["ratings"]

    assert all(rating["rated_at"] <= rating["updated_at"] for rating in ratings)
    for rows in any_cinema.values():
        assert max(values(rows, "updated_at")) < "2026"


def test_reviews_are_numbered_without_gaps(any_cinema):
    numbers = values(any_cinema["reviews"], "review_id")

    assert all(after == before + 1 for before, after in pairwise(numbers))
