"""The arithmetic of paired rounds: medians, and ratios taken within rounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, kw_only=True, slots=True)
class Ratio:
    """How one candidate compares with another: 0.5 is half the time."""

    median: float
    lowest: float
    highest: float

    def __str__(self) -> str:
        """Return `0.72 (0.66-0.80)`."""
        return f"{self.median:.2f} ({self.lowest:.2f}-{self.highest:.2f})"


def paired_ratio(seconds: Mapping[int, float], reference: Mapping[int, float]) -> Ratio:
    """Return the ratio of two candidates whose seconds are known by round.

    A round that only one of them took part in says nothing.
    """
    ratios = [seconds[n] / reference[n] for n in seconds if n in reference]
    if not ratios:
        message = "The candidates took part in no common round"
        raise ValueError(message)
    return Ratio(median=median(ratios), lowest=min(ratios), highest=max(ratios))
