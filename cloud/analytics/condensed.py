"""The sums of one cooler in the form of a few lines, of which totals of thousands of coolers are quickly made.

The measures of the condensed lines are those of the lines: sums stay sums, variances of independent errors add up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from cloud.analytics.measures import GROUPS, Counted, Front, Group


@dataclass(frozen=True, slots=True)
class Condensed:
    """One cooler: a line that carries its units, one per group that carries its facings, and its front places."""

    units: Counted
    facings: tuple[Counted, ...]
    fronts: tuple[Front, ...]


def condense(lines: Sequence[Counted], fronts: Sequence[Front]) -> Condensed:
    """The sums of the lines and of the front places of a cooler."""
    units = sum(line.units for line in lines)
    deviation = sqrt(sum(line.count_sd**2 for line in lines))
    groups = tuple(_group(group, [line for line in lines if line.group == group]) for group in GROUPS)
    return Condensed(_line("unknown", units, deviation), groups, tuple(map(_front, fronts)))


def _group(group: Group, lines: Sequence[Counted]) -> Counted:
    facings = sum(line.facings for line in lines)
    return _line(group, facings, sqrt(sum(line.facings_variance for line in lines)))


def _front(front: Front) -> Front:
    deviation = sqrt(sum(line.facings_variance for line in front.counted))
    return Front(front.planned, (_line("own", front.filled, deviation),))


def _line(group: Group, number: float, deviation: float) -> Counted:
    # As many facings as units: then the error of both is the same.
    return Counted("", group, number, number, 0.0, 1.0, deviation)
