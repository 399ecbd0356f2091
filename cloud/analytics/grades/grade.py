"""The grade of an outlet: a weighted sum of its pillars, out of 100, and what would raise it most.

A pillar is a fraction with an interval: availability, own share, purity, planogram compliance (right position), and
sell-out against that of comparable outlets. Its score is value / target, at most 1. The grade is the sum of the scores,
each by its weight, over the sum of the weights, times 100. A pillar of which nothing is known is left out, its weight
shared among the others, and the grade says so.

The errors of pillars are taken as independent: the half-widths of the grade's interval are the roots of the summed
squares of those of its pillars.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt
from typing import Literal, NamedTuple

from facings.messages import Estimate

PILLARS = ("availability", "share", "purity", "planogram", "sell-out")

Doing = Literal["keep-in-stock", "win-facings", "take-out", "repair", "sell"]
"""What can be done: keep a SKU in stock, win facings from one, take one out, repair a cooler, or sell more of one."""

LEAST_POINTS = 0.05
"""A gain of less is not worth telling."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """Weights and targets of the pillars."""

    weights: Mapping[str, float]
    targets: Mapping[str, float]


DEFAULT = Scheme(
    weights={"availability": 30, "share": 20, "purity": 15, "planogram": 20, "sell-out": 15},
    targets={"availability": 0.98, "share": 0.6, "purity": 1.0, "planogram": 0.9, "sell-out": 1.0},
)


class Action(NamedTuple):
    """Something to do, about a SKU or a cooler, and by how much it would raise the value of its pillar."""

    doing: Doing
    subject: str
    gain: float
    amount: float = 0.0
    """Hours missing, facings, moves, or units a day."""


@dataclass(frozen=True, slots=True)
class Pillar:
    """The value of a pillar, and what would raise it."""

    value: Estimate
    actions: Sequence[Action] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """What a pillar adds to the grade."""

    pillar: str
    value: Estimate
    target: float
    weight: float
    """In the grade, all weights adding up to 100."""
    points: float
    """Of `weight`, those that it has."""


class Raise(NamedTuple):
    """Something to do, and the points that it would add to the grade if it were all that is done."""

    pillar: str
    action: Action
    points: float


@dataclass(frozen=True, slots=True)
class Grade:
    """The grade out of 100."""

    value: Estimate
    parts: Sequence[Part]
    missing: Sequence[str]
    """Pillars of which nothing is known."""
    raises: Sequence[Raise] = field(default=())
    """What would raise it, the most first."""


def grade(pillars: Mapping[str, Pillar | None], scheme: Scheme = DEFAULT) -> Grade | None:
    """Grade an outlet by what is known of its pillars; None where nothing is.

    Example:
        >>> sure = lambda value: Pillar(Estimate(value=value, low=value, high=value))
        >>> found = grade({"availability": sure(0.49), "purity": sure(1.0)})
        >>> found.value.value, found.missing
        (66.67, ('share', 'planogram', 'sell-out'))
    """
    known = {name: pillar for name in PILLARS if (pillar := pillars.get(name)) and scheme.weights.get(name, 0) > 0}
    total = sum(scheme.weights[name] for name in known)
    if not total:
        return None
    parts = [_part(name, pillar.value, scheme, total) for name, pillar in known.items()]
    raises = [one for part in parts for one in _raises(part, known[part.pillar].actions)]
    missing = tuple(name for name in PILLARS if name not in known and scheme.weights.get(name, 0) > 0)
    return Grade(_value(parts), parts, missing, sorted(raises, key=lambda one: (-one.points, one.action.subject)))


def _part(name: str, value: Estimate, scheme: Scheme, total: float) -> Part:
    target, weight = scheme.targets[name], 100 * scheme.weights[name] / total
    return Part(name, value, target, weight, weight * _score(value.value, target))


def _score(value: float, target: float) -> float:
    return min(value / target, 1.0)


def _value(parts: Iterable[Part]) -> Estimate:
    points = below = above = 0.0
    for part in parts:
        low, value, high = (
            part.weight * _score(one, part.target) for one in (part.value.low, part.value.value, part.value.high)
        )
        points, below, above = points + value, below + (value - low) ** 2, above + (high - value) ** 2
    return Estimate(
        value=round(min(points, 100), 2),
        low=round(max(points - sqrt(below), 0), 2),
        high=round(min(points + sqrt(above), 100), 2),
    )


def _raises(part: Part, actions: Iterable[Action]) -> Iterable[Raise]:
    for action in actions:
        after = _score(part.value.value + action.gain, part.target)
        points = round(part.weight * after - part.points, 2)
        if points >= LEAST_POINTS:
            yield Raise(part.pillar, action, points)
