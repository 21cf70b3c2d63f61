"""What users think of films: ratings and reviews.

A film's audience says who rates it, with how many stars and when, by the place of
the rating among those of the film. So `reviews` knows what its authors rated
without the ratings being kept, and no two ratings of a user meet in one film.
"""

from __future__ import annotations

from collections.abc import Iterator

from elt.seed.copytext import Row
from elt.seed.dice import Dice, Walk
from elt.seed.films import Film, film_of
from elt.seed.moments import ENDED, OPENED, REVISED, day_of, draw_instant, instant
from elt.seed.people import user_id_of
from elt.seed.planted import AWKWARD_REVIEWS, Oddity, oddities_of
from elt.seed.size import Size
from elt.seed.words.reviews import CLOSINGS, REMARKS, VERDICTS

#: How many rate a film: of a hundred films, so many have so many ratings.
_TURNOUTS = (
    *(range(1, 5),) * 5,
    *(range(5, 40),) * 48,
    *(range(30, 80),) * 34,
    *(range(80, 180),) * 10,
    *(range(200, 400),) * 3,
)
#: How good films are, from 0 to 64. The ranges are the bands of a film's average:
#: excellent, good, average and poor.
_QUALITIES = (
    *(range(59, 64),) * 13,
    *(range(44, 56),) * 42,
    *(range(27, 39),) * 32,
    *(range(10, 22),) * 13,
)
_BEST = 64
#: The stars of a film's ratings come out of a bag of so many.
_BAG = 256
#: Somebody loves every film and somebody hates it: so many of each number of stars.
_STRAYS = 4


class Audience:
    """Those who rate a film; each rating follows from its step."""

    __slots__ = ("_bag", "_days", "_film", "_first_day", "_offset", "_walk", "count")

    def __init__(self, film: Film, size: Size) -> None:
        dice = Dice("audience of film", film.film_id)
        oddities = oddities_of(film.film_id)
        count = dice.pick(dice.pick(_TURNOUTS)) * size.turnout // 100
        quality = dice.pick(dice.pick(_QUALITIES))
        if Oddity.UNRATED in oddities:
            count = 0
        if Oddity.ONE_VOTE in oddities:
            count, quality = 1, _BEST
        if Oddity.ALL_WITHDRAWN in oddities:
            count = max(count, 30)
        self.count = count
        self._film = film
        self._bag = _BAGS[quality]
        self._walk = Walk(dice, among=size.raters)
        self._offset = dice.below(_BAG)
        self._first_day = _first_day(film)
        self._days = day_of(REVISED) - self._first_day

    def rater(self, step: int) -> str:
        """Return the user of a rating; beyond the last, one who did not rate."""
        return user_id_of(self._walk.at(step))

    def stars(self, step: int) -> int:
        """Return the stars of a rating."""
        return self._bag[(self._offset + step * 167) % _BAG]

    def rated_at(self, step: int) -> str:
        """Return the instant of a rating: after the film is released."""
        day = self._first_day + (self._offset * 7 + step * 7919) % self._days
        return instant(day, self._offset + step * 167)

    def ratings(self) -> Iterator[Row]:
        """Make the rows of the film in `ratings`; one in sixteen is revised later."""
        for step in range(self.count):
            rated_at = self.rated_at(step)
            is_revised = (self._offset + step) % 16 == 0
            updated_at = self._revised_at(step) if is_revised else rated_at
            yield (
                self._film.film_id,
                self.rater(step),
                self.stars(step),
                rated_at,
                updated_at,
            )

    def _revised_at(self, step: int) -> str:
        days = (ENDED - REVISED).days
        return instant(day_of(REVISED) + (self._offset + step) % days, step)


def rating_rows(size: Size) -> Iterator[Row]:
    """Make the rows of `ratings`; the database numbers them in this order."""
    for film_id in size.film_ids:
        yield from Audience(film_of(film_id), size).ratings()


def review_rows(size: Size) -> Iterator[Row]:
    """Make the rows of `reviews`: of every tenth rating, and a few of nobody's."""
    review_id = 0
    for film_id in size.film_ids:
        audience = Audience(film_of(film_id), size)
        oddities = oddities_of(film_id)
        for step in range(_review_count(audience.count, film_id)):
            review_id += 1
            yield _review_row(review_id, film_id, audience, step)
        if Oddity.REVIEW_WITHOUT_RATING in oddities:
            review_id += 1
            yield _review_row(review_id, film_id, audience, audience.count)


def make_review(stars: int, dice: Dice) -> str:
    """Write a review."""
    if dice.one_in(10):
        return dice.pick(AWKWARD_REVIEWS)
    remarks = [dice.pick(REMARKS) for _ in range(dice.below(3))]
    separator = "\n\n" if dice.one_in(6) else " "
    return separator.join((dice.pick(VERDICTS[stars]), *remarks, dice.pick(CLOSINGS)))


def _review_row(review_id: int, film_id: int, audience: Audience, step: int) -> Row:
    dice = Dice("review", film_id, step)
    body = make_review(audience.stars(step), dice)
    is_withdrawn = dice.one_in(12) or Oddity.ALL_WITHDRAWN in oddities_of(film_id)
    updated_at = draw_instant(dice, REVISED, ENDED)
    if not is_withdrawn:
        updated_at = audience.rated_at(step)
    return (
        review_id,
        film_id,
        audience.rater(step),
        body,
        "withdrawn" if is_withdrawn else "published",
        updated_at,
    )


def _review_count(rating_count: int, film_id: int) -> int:
    whole, rest = divmod(rating_count, 10)
    return whole + (Dice("reviews of film", film_id).below(10) < rest)


def _first_day(film: Film) -> int:
    """Return the day from which a film can be rated.

    A film that nobody knows the release date of, or that is released in the future,
    is rated from the beginning: that is one of the rules it breaks.
    """
    if film.release_date is None or film.release_date >= REVISED:
        return day_of(OPENED)
    return max(day_of(film.release_date), day_of(OPENED))


def _fill_bag(quality: int) -> bytes:
    """Return stars in the proportions of a quality, one byte each.

    Four judges each give a star with a chance of quality in 64, one star is free;
    whole numbers only, so that no machine rounds differently.
    """
    good, bad = quality, _BEST - quality
    weights = (
        bad**4,
        4 * bad**3 * good,
        6 * bad**2 * good**2,
        4 * bad * good**3,
        good**4,
    )
    places = _BAG - 5 * _STRAYS
    bag = bytearray()
    reached = 0
    for stars, weight in enumerate(weights, start=1):
        filled = reached * places // _BEST**4
        reached += weight
        bag += bytes([stars]) * (reached * places // _BEST**4 - filled + _STRAYS)
    return bytes(bag)


_BAGS = tuple(map(_fill_bag, range(_BEST + 1)))
