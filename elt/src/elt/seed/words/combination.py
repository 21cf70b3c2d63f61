"""Puts words together so that many combinations come before one comes again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from math import gcd
from typing import Generic, Protocol, TypeVar

#: Without a common factor with 100: neighbours get different groups.
_SHUFFLE = 37


class _Group(Protocol):
    """Words that go together."""

    @property
    def share(self) -> int:
        """How many of a hundred numbers belong to the group."""


Group = TypeVar("Group", bound=_Group)


class Deal(Generic[Group]):
    """Gives every number a group, in each hundred as often as its share says."""

    def __init__(self, groups: Iterable[Group]) -> None:
        self._places = [(group, n) for group in groups for n in range(group.share)]

    def at(self, number: int) -> tuple[Group, int]:
        """Return a number's group, and how many numbers of the group came before."""
        group, place = self._places[number * _SHUFFLE % len(self._places)]
        return group, number // len(self._places) * group.share + place


def combine(
    serial: int, firsts: Sequence[str], seconds: Sequence[str]
) -> tuple[str, str]:
    """Return a pair of words, a new one until all were used."""
    count = len(firsts) * len(seconds)
    place = serial * _stride(count) % count
    second, first = divmod(place, len(firsts))
    return firsts[first], seconds[second]


@cache
def _stride(count: int) -> int:
    """Return a step that meets every number below `count`, neighbours far apart."""
    golden = count * 618 // 1000
    return next(step for step in range(golden, golden + count) if gcd(step, count) == 1)
