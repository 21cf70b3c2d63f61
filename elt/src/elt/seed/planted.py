"""What is wrong or unusual in the data on purpose, and where.

Quality metrics and tests need something to say. Each thousand of films has these
oddities, at the same places; they also fit into the miniature of forty films. All
else is complete: every other film has a cast, a main category, an age rating, a
price, a running time and a release date in the past.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto


class Oddity(Enum):
    """A rule that a film breaks, or an edge case that it is."""

    NO_CAST = auto()  #: nobody plays in it
    NO_RUNTIME = auto()  #: it runs for 0 minutes
    NO_RELEASE_DATE = auto()
    FUTURE_RELEASE = auto()  #: it opens in 2099 and has ratings already
    NO_MPAA_RATING = auto()
    NO_PRICE = auto()
    NO_PRIMARY_CATEGORY = auto()  #: it has categories, none of them the main one
    NO_CATEGORY = auto()
    UNRATED = auto()
    ONE_VOTE = auto()  #: its only rating is one of five stars
    REVIEW_WITHOUT_RATING = auto()  #: by a user who did not rate it
    ALL_WITHDRAWN = auto()  #: all its reviews are withdrawn
    ODD_ARRAYS = auto()  #: special_features has two dimensions


#: By film_id modulo 1000.
ODDITIES: Mapping[int, frozenset[Oddity]] = {
    2: frozenset({Oddity.ONE_VOTE}),
    4: frozenset({Oddity.NO_CAST}),
    6: frozenset({Oddity.NO_RUNTIME}),
    8: frozenset({Oddity.UNRATED}),
    10: frozenset({Oddity.REVIEW_WITHOUT_RATING}),
    12: frozenset({Oddity.NO_MPAA_RATING}),
    14: frozenset({Oddity.NO_PRIMARY_CATEGORY}),
    16: frozenset({Oddity.NO_RELEASE_DATE}),
    18: frozenset({Oddity.FUTURE_RELEASE}),
    20: frozenset({Oddity.NO_CATEGORY}),
    22: frozenset({Oddity.NO_PRICE}),
    24: frozenset({Oddity.ALL_WITHDRAWN}),
    26: frozenset({Oddity.ODD_ARRAYS}),
    28: frozenset(  # nothing is known of it but its title
        {
            Oddity.NO_CAST,
            Oddity.NO_RUNTIME,
            Oddity.NO_RELEASE_DATE,
            Oddity.NO_MPAA_RATING,
            Oddity.NO_PRICE,
            Oddity.NO_CATEGORY,
            Oddity.UNRATED,
        }
    ),
}

#: Titles that a careless program gets wrong, by film_id.
AWKWARD_TITLES: Mapping[int, str] = {
    17: "NULL",
    19: r"\N",
    21: r"Back\slash",
    23: """O'Malley's "Perfect" Alibi""",
    25: "Cafe\N{COMBINING ACUTE ACCENT} A\N{COMBINING RING ABOVE}ngstro"
    "\N{COMBINING DIAERESIS}m",
    27: "The \N{WOMAN}\N{ZERO WIDTH JOINER}\N{ROCKET} Who Overslept",
    29: "100% Cotton; or, The Weaver's Tale",
    31: "…{and then}",
}

#: Reviews that a careless program gets wrong; every tenth review is one of them.
AWKWARD_REVIEWS = (
    "",
    " ",
    r"\N",
    r"\.",
    "Two endings.\n\\.\nThe second one is better.",
    "NULL",
    "Line one\nLine two\r\nLine three\rLine four",
    "Plot\t2/5\nMusic\t5/5\nPopcorn\t4/5",
    "\"Brilliant\", they said. 'Brilliant', I don't think.",
    r"Seen at C:\films\new\table, a very small cinema.",
    "'); drop table reviews; --",
    "<script>alert('boo')</script> & other scary moments",
    "100% %s, {worth} %(it)s and $1 cheaper on Mondays",
    "\N{ZERO WIDTH NO-BREAK SPACE}It begins with something invisible.",
    "静かで美しい。もう一度見たい。",
    "Очень медленно… но как красиво!",
    "جميل جدا، شاهدته مرتين",
    "🎉 👩‍🚀 🇵🇹",
    "She said no, and no. " * 150 + "Then she said yes.",
)

_NONE: frozenset[Oddity] = frozenset()


def oddities_of(film_id: int) -> frozenset[Oddity]:
    """Return what is odd about a film."""
    return ODDITIES.get(film_id % 1000, _NONE)
