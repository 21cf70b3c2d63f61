"""The time in which the data set lives; it ends before anybody reads it.

There is no `now()`: the same scale gives the same instants, for ever.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from elt.seed.dice import Dice

#: The first user joins. Days are counted from here.
FOUNDED = date(2017, 1, 1)
#: Ratings open, to everybody who has joined by then.
OPENED = date(2020, 1, 1)
#: Nothing is rated from here on, but some change their minds.
REVISED = date(2025, 12, 1)
#: Nothing happens from here on, except what an application does.
ENDED = date(2026, 1, 1)

#: Written once, because formatting an instant takes longer than all else in a row.
_DAYS = tuple(
    (FOUNDED + timedelta(days=day)).isoformat() for day in range((ENDED - FOUNDED).days)
)
_MICROSECONDS_A_DAY = 86_400_000_000
_TIMES = 1 << 12


def day_of(day: date) -> int:
    """Return the number of a day."""
    return (day - FOUNDED).days


def instant(day: int, clock: int) -> str:
    """Return an instant of a day, in UTC, at one of 4096 times of the day."""
    return f"{_DAYS[day]} {_TIME_TEXTS[clock % _TIMES]}"


def draw_instant(dice: Dice, first: date, end: date) -> str:
    """Draw an instant of the days from the first to, not including, the end."""
    day = dice.below((end - first).days)
    return instant(day_of(first) + day, dice.below(_TIMES))


def draw_day(dice: Dice, first_year: int, years: int) -> date:
    """Draw a day of the years."""
    return date(first_year, 1, 1) + timedelta(days=dice.below(years * 365))


def _time_text(number: int) -> str:
    microseconds = Dice("time", number).below(_MICROSECONDS_A_DAY)
    midnight = datetime.combine(FOUNDED, time.min, UTC)
    return f"{midnight + timedelta(microseconds=microseconds):%H:%M:%S.%f}+00"


_TIME_TEXTS = tuple(map(_time_text, range(_TIMES)))
