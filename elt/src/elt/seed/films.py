"""Films, their categories, and what other tables need to know of a film."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from elt.seed.copytext import Row, array, jsonb
from elt.seed.dice import Dice, Walk
from elt.seed.moments import FOUNDED, REVISED, draw_day, draw_instant
from elt.seed.planted import AWKWARD_TITLES, Oddity, oddities_of
from elt.seed.size import Size
from elt.seed.words.combination import Deal, combine
from elt.seed.words.titles import EMOJI, LANGUAGES, Language

CATEGORIES = (
    *("Action", "Animation", "Comedy", "Documentary", "Drama", "Family", "Fantasy"),
    *("Film Noir", "Horror", "Music", "Mystery", "Romance", "Science Fiction"),
    *("Thriller", "War", "Western"),
)
_LANGUAGES = Deal(LANGUAGES)
_MPAA_RATINGS = ("G", "PG", "PG", "PG-13", "PG-13", "PG-13", "R", "R", "R", "NC-17")
_CENTS = ("00", "49", "50", "95", "99", "99")
_FEATURES = (
    *("Trailer", "Deleted scenes", "Director's cut", "Audio, described"),
    *('The "lost" reel', r"4:3 \ 16:9", "{restored}", "NULL", "", None),
)
_CITIES = ("Porto", "Görlitz", "京都", "Łódź", "Marseille", "Montevideo", "Ostend")
_FESTIVALS = ("Lumen Film Days", "Festival de la Brume", "Harbour Light Nights")
_PRIZES = ("Silver Heron", "Prix du Brouillard", 'The "Golden" Kettle')
_FIRST_YEAR = 1921
_FUTURE = date(2099, 12, 31)
_COLOUR_FROM = 1955
_LONGEST_SHORT = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class Film:
    """The facts of a film on which its ratings depend."""

    film_id: int
    title: str
    language: Language
    release_date: date | None


def film_of(film_id: int) -> Film:
    """Return the facts of a film; they are the same at every scale."""
    dice = Dice("film", film_id)
    oddities = oddities_of(film_id)
    language, serial = _LANGUAGES.at(film_id)
    title = AWKWARD_TITLES.get(film_id) or make_title(language, serial)
    # The smaller of two draws: there are more recent films than old ones.
    age = min(dice.below(100), dice.below(100))
    release_date: date | None = draw_day(dice, _FIRST_YEAR + 99 - age, years=5)
    if Oddity.FUTURE_RELEASE in oddities:
        release_date = _FUTURE
    if Oddity.NO_RELEASE_DATE in oddities:
        release_date = None
    return Film(
        film_id=film_id, title=title, language=language, release_date=release_date
    )


def make_title(language: Language, serial: int) -> str:
    """Invent a title; every thirty-first English one ends with an emoji."""
    title = language.glue.join(combine(serial, language.heads, language.tails))
    if language.code == "en" and serial % 31 == 0:
        return f"{title} {EMOJI[serial // 31 % len(EMOJI)]}"
    return title


def film_rows(size: Size) -> Iterator[Row]:
    """Make the rows of `films`."""
    return (_film_row(film_of(film_id)) for film_id in size.film_ids)


def category_rows(_: Size) -> Iterator[Row]:
    """Make the rows of `categories`."""
    for number, name in enumerate(CATEGORIES, start=1):
        yield number, name, draw_instant(Dice("category", number), FOUNDED, REVISED)


def film_category_rows(size: Size) -> Iterator[Row]:
    """Make the rows of `film_categories`: one to three of a film, the first is main."""
    for film_id in size.film_ids:
        oddities = oddities_of(film_id)
        if Oddity.NO_CATEGORY in oddities:
            continue
        has_primary = Oddity.NO_PRIMARY_CATEGORY not in oddities
        dice = Dice("categories of film", film_id)
        updated_at = draw_instant(dice, FOUNDED, REVISED)
        walk = Walk(dice, among=len(CATEGORIES))
        for place, category in enumerate(walk.steps(dice.between(1, 3))):
            yield film_id, category + 1, has_primary and place == 0, updated_at


def _film_row(film: Film) -> Row:
    dice = Dice("columns of film", film.film_id)
    oddities = oddities_of(film.film_id)
    runtime = (
        dice.between(8, _LONGEST_SHORT) if dice.one_in(20) else dice.between(72, 190)
    )
    mpaa_rating = dice.pick(_MPAA_RATINGS)
    price = f"{dice.below(20)}.{dice.pick(_CENTS)}"
    return (
        film.film_id,
        film.title,
        film.release_date.isoformat() if film.release_date else None,
        0 if Oddity.NO_RUNTIME in oddities else runtime,
        None if Oddity.NO_MPAA_RATING in oddities else mpaa_rating,
        None if Oddity.NO_PRICE in oddities else price,
        _features(dice, oddities),
        _attributes(film, dice),
        draw_instant(dice, FOUNDED, REVISED),
    )


def _features(dice: Dice, oddities: frozenset[Oddity]) -> str | None:
    """Return a text array, sometimes empty, sometimes null."""
    if Oddity.ODD_ARRAYS in oddities:
        return array([["Disc 1", "Trailer"], ["Disc 2", None]])
    if dice.one_in(12):
        return None
    walk = Walk(dice, among=len(_FEATURES))
    return array([_FEATURES[place] for place in walk.steps(dice.below(4))])


def _attributes(film: Film, dice: Dice) -> str:
    """Return free-form facts: nothing, a few, or documents in documents."""
    if dice.one_in(25):
        return "{}"
    year = (film.release_date or FOUNDED).year
    facts: dict[str, object] = {
        "language": film.language.code,
        "colour": year >= _COLOUR_FROM or dice.one_in(9),
    }
    if dice.one_in(3):
        facts["filmed_in"] = [dice.pick(_CITIES) for _ in range(dice.below(3))]
    if dice.one_in(4):
        amount = dice.between(1, 900) * 10_000
        facts["budget"] = {"amount": amount, "currency": dice.pick(("EUR", "USD"))}
    if dice.one_in(5):
        prizes = [dice.pick(_PRIZES)] if dice.one_in(2) else []
        festival = {"name": dice.pick(_FESTIVALS), "year": year, "prizes": prizes}
        facts["festivals"] = [festival]
    if dice.one_in(30):
        facts |= {"tagline": 'She said "no".\n\tTwice.', "sequel": None}
        facts |= {"views": 10**20, "share": 1e-7}
    return jsonb(facts)
