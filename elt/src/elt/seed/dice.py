"""Chance that comes out the same on every machine and every Python.

`random` promises that only for single floats, and carries a state from row to row.
Here a row's fate is a number of 512 bits, the hash of what the row is called, and
each draw takes a remainder of it: any row can be made alone, in any order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from hashlib import sha512
from typing import TypeVar

Choice = TypeVar("Choice")

#: Another seed is another cinema.
SEED = "elt cinema 1"
#: Strides for a walk; none of them divides an ordinary round number.
_PRIMES = (
    *(211, 223, 227, 229, 233, 239, 241, 251, 257, 263, 269, 271, 277, 281, 283, 293),
    *(307, 311, 313, 317, 331, 337, 347, 349, 353, 359, 367, 373, 379, 383, 389, 397),
)


class Dice:
    """The draws of one row; they depend on its name and nothing else.

    The fate lasts for about forty draws from a hundred.
    """

    __slots__ = ("_fate",)

    def __init__(self, *name: str | int) -> None:
        text = "/".join(map(str, (SEED, *name)))
        self._fate = int.from_bytes(sha512(text.encode()).digest())

    def below(self, limit: int) -> int:
        """Draw a number from 0 up to, not including, the limit."""
        self._fate, drawn = divmod(self._fate, limit)
        return drawn

    def between(self, lowest: int, highest: int) -> int:
        """Draw a number between two, both included."""
        return lowest + self.below(highest - lowest + 1)

    def one_in(self, count: int) -> bool:
        """Draw what happens once in so many times."""
        return self.below(count) == 0

    def pick(self, choices: Sequence[Choice]) -> Choice:
        """Draw one of the choices; one that is listed twice comes twice as often."""
        return choices[self.below(len(choices))]


class Walk:
    """A way through the numbers below `among` that meets none of them twice.

    A stride without a common factor sees to that; nothing needs to be remembered.
    """

    __slots__ = ("_among", "_first", "_stride")

    def __init__(self, dice: Dice, among: int) -> None:
        self._among = among
        self._first = dice.below(among)
        self._stride = dice.pick(_strides(among))

    def at(self, step: int) -> int:
        """Return the number met at a step; all differ while step is below `among`."""
        return (self._first + step * self._stride) % self._among

    def steps(self, count: int) -> Iterator[int]:
        """Go so many steps."""
        return map(self.at, range(count))


@cache
def _strides(among: int) -> tuple[int, ...]:
    return tuple(prime for prime in _PRIMES if among % prime)
