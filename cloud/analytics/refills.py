"""Whether a cooler was filled up between two photos: by how many of its empty lanes show their products again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp, log

from cloud.analytics.places import Spot

OFTEN = 0.3
"""How often a cooler is filled up between two photos, four of which are taken a day (simulated world)."""

HOLES: frozenset[Spot] = frozenset({"gap", "faint gap"})
"""What a lane shows that is told to be empty."""

_FILLED, _STILL_EMPTY = log(0.62 / 0.20), log(0.25 / 0.66)
"""What a lane that was told to be empty adds, by what it shows next: its SKU, also where that had been overlooked, or a
gap again. Logarithms of how often where the cooler was filled up, and where not (simulated world, seeds 21 and 22)."""
_SUREST = 30.0

Holes = Mapping[str, Sequence[int]]
"""The lanes of each SKU that were told to be empty."""


def holes_in(spots: Sequence[Spot]) -> tuple[int, ...]:
    """The lanes that are told to be empty."""
    return tuple(lane for lane, spot in enumerate(spots) if spot in HOLES)


def refilled(before: Holes, now: Mapping[str, Sequence[Spot]]) -> float:
    """The probability that the cooler was filled up between a photo with these holes and one that shows this.

    Example:
        >>> round(refilled({"cola": [0, 1], "lime": [0]}, {"cola": ["itself", "itself"], "lime": ["itself"]}), 2)
        0.93
        >>> round(refilled({"cola": [0, 1], "lime": [0]}, {"cola": ["gap", "gap"], "lime": ["itself"]}), 2)
        0.16
    """
    sum_of_logs = log(OFTEN / (1 - OFTEN))
    for sku, lanes in before.items():
        spots = now.get(sku, ())
        for lane in lanes:
            if lane < len(spots):
                sum_of_logs += _FILLED if spots[lane] == "itself" else _STILL_EMPTY if spots[lane] in HOLES else 0.0
    return 1 / (1 + exp(-min(max(sum_of_logs, -_SUREST), _SUREST)))
