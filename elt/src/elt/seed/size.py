"""How big a cinema is at each scale."""

from __future__ import annotations

from dataclasses import dataclass

from elt.errors import UsageError

#: The scale of a cinema that fits on a few pages, to be read as a whole.
MINIATURE = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Size:
    """The numbers of things of which others follow."""

    scale: int
    films: int
    actors: int
    users: int
    #: How many of a hundred viewers of a film rate it here.
    turnout: int = 100

    @property
    def film_ids(self) -> range:
        """The keys of all films."""
        return range(1, self.films + 1)

    @property
    def raters(self) -> int:
        """The number of users who rate; the last twentieth only watches."""
        return self.users * 19 // 20


def size_of(scale: int) -> Size:
    """Return the size of a scale: 1 is 1,000 films and about 50,000 ratings."""
    if scale < MINIATURE:
        message = f"{scale} is no scale"
        raise UsageError(message, hint="Give 0 for a miniature, 1, or more.")
    if scale == MINIATURE:
        return Size(scale=scale, films=40, actors=60, users=160, turnout=25)
    return Size(scale=scale, films=1000 * scale, actors=600 * scale, users=2000 * scale)
