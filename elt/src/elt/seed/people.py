"""The people: actors, who plays in which film, and users."""

from __future__ import annotations

from collections.abc import Iterator

from elt.seed.copytext import Row
from elt.seed.dice import Dice, Walk
from elt.seed.moments import ENDED, FOUNDED, OPENED, REVISED, draw_day, draw_instant
from elt.seed.planted import Oddity, oddities_of
from elt.seed.size import Size
from elt.seed.words.combination import Deal, combine
from elt.seed.words.names import (
    ANIMALS,
    AWKWARD_CHARACTERS,
    CIRCLES,
    COUNTRIES,
    HONORIFICS,
    MOODS,
    ROLES,
)

_CIRCLES = Deal(CIRCLES)
_FAMILY_NAMES = tuple(name for circle in CIRCLES for name in circle.family)
#: Multiplying by an odd number shuffles the numbers below a power of two.
_SHUFFLE = 0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835
_UUID_BITS = (1 << 128) - 1
#: The bits in which every random UUID (version 4) is the same, and their value.
_VERSION_BITS = 0xF000_C000_0000_0000_0000
_VERSION = 0x4000_8000_0000_0000_0000


def actor_rows(size: Size) -> Iterator[Row]:
    """Make the rows of `actors`."""
    for actor_id in range(1, size.actors + 1):
        dice = Dice("actor", actor_id)
        born_on = draw_day(dice, 1899, years=105).isoformat()
        yield (
            actor_id,
            make_name(actor_id),
            None if dice.one_in(8) else born_on,
            draw_instant(dice, FOUNDED, REVISED),
        )


def film_actor_rows(size: Size) -> Iterator[Row]:
    """Make the rows of `film_actors`: one to nine actors in a film, in order."""
    for film_id in size.film_ids:
        if Oddity.NO_CAST in oddities_of(film_id):
            continue
        dice = Dice("cast of film", film_id)
        updated_at = draw_instant(dice, FOUNDED, REVISED)
        cast = Walk(dice, among=size.actors).steps(dice.between(1, 9))
        for billing_order, actor in enumerate(cast, start=1):
            character = make_character(dice)
            yield film_id, actor + 1, billing_order, character, updated_at


def user_rows(size: Size) -> Iterator[Row]:
    """Make the rows of `users`; all joined before ratings opened."""
    for number in range(size.users):
        dice = Dice("user", number)
        yield (
            user_id_of(number),
            make_email(dice, number),
            dice.pick(COUNTRIES),
            draw_instant(dice, FOUNDED, OPENED),
            draw_instant(dice, OPENED, ENDED),
        )


def make_name(number: int) -> str:
    """Invent the name of a person."""
    circle, serial = _CIRCLES.at(number)
    given, family = combine(serial, circle.given, circle.family)
    return f"{family} {given}" if circle.is_family_first else f"{given} {family}"


def make_character(dice: Dice) -> str | None:
    """Invent a character; some are not named, and some are named awkwardly."""
    kind = dice.below(100)
    if kind < 6:  # noqa: PLR2004  of a hundred
        return None
    if kind < 10:  # noqa: PLR2004  of a hundred
        return dice.pick(AWKWARD_CHARACTERS)
    if kind < 30:  # noqa: PLR2004  of a hundred
        return dice.pick(ROLES)
    return f"{dice.pick(HONORIFICS)} {dice.pick(_FAMILY_NAMES)}"


def make_email(dice: Dice, number: int) -> str:
    """Invent an address at a domain that can never exist."""
    return f"{dice.pick(MOODS)}.{dice.pick(ANIMALS)}+{number}@post.example"


def user_id_of(number: int) -> str:
    """Return the UUID of a user, without its hyphens: that is twice as quick."""
    shuffled = (number + 1) * _SHUFFLE & _UUID_BITS
    return f"{shuffled & ~_VERSION_BITS | _VERSION:032x}"
