"""The pillars of each outlet, from what is known of its shelves and its sales: pure functions, one per pillar."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np

from cloud.analytics.compliance.judgement import Judgement, compliance
from cloud.analytics.grades.grade import Action, Pillar
from cloud.analytics.share.availability import ShelfTime, available
from cloud.analytics.share.shares import fraction, purity
from cloud.analytics.share.window import MeanLine
from facings.messages import Estimate

LEAST_PEERS = 4
"""Comparable outlets without which nothing is said of how much an outlet could sell."""

BEST_QUARTER = 75
"""Percentile of the comparable outlets' sell-out that counts as full."""

LEAST_FACINGS = 0.5
"""Less in the mean photo is hardly ever there: nothing to take out."""


def availability_pillar(times: Sequence[ShelfTime]) -> Pillar | None:
    """On-shelf availability; each SKU that was missing could be kept in stock."""
    value = available(times)
    if value is None:
        return None
    watched = sum(one.watched for one in times)
    missing: dict[str, float] = defaultdict(float)
    for one in times:
        missing[one.sku] += one.missing.value
    return Pillar(
        value, [Action("keep-in-stock", sku, hours / watched, hours) for sku, hours in missing.items() if hours]
    )


def share_pillar(lines: Collection[MeanLine], own: Collection[str], target: float) -> Pillar | None:
    """The own share of facings; facings could be won from each other product, as many as the target needs."""
    value = fraction(lines, lambda line: line.sku in own)
    if value is None:
        return None
    total = sum(line.facings for line in lines)
    needed = max((target - value.value) * total, 0)
    actions = [
        Action("win-facings", sku, won / total, won)
        for sku, facings in _facings(lines).items()
        if sku and sku not in own and (won := min(facings, needed)) >= LEAST_FACINGS
    ]
    return Pillar(value, actions)


def purity_pillar(lines: Iterable[MeanLine], owned: Collection[str], own: Collection[str]) -> Pillar | None:
    """Purity of the brand's coolers; each foreign product could be taken out."""
    inside = [line for line in lines if line.cooler in owned]
    value = purity(inside, owned, own)
    if value is None:
        return None
    counted = _facings(inside)
    total, ours = sum(counted.values()), sum(facings for sku, facings in counted.items() if sku in own)
    actions = [
        Action("take-out", sku, ours / (total - facings) - ours / total, facings)
        for sku, facings in counted.items()
        if sku and sku not in own and facings >= LEAST_FACINGS and ours
    ]
    return Pillar(value, actions)


def planogram_pillar(judged: Mapping[str, tuple[Judgement, float]]) -> Pillar | None:
    """Facings in their right position; each cooler could be repaired. `judged` is the mean photo of each cooler with
    the number of its moves; coolers with a priority list count by presence."""
    means = {cooler: _with_position(one) for cooler, (one, _) in judged.items()}
    value = compliance(list(means.values()), "position")
    if value is None:
        return None
    planned = sum(one.planned for one in means.values())
    actions = [
        Action("repair", cooler, (one.planned - (one.position or 0)) / planned, judged[cooler][1])
        for cooler, one in means.items()
        if (one.position or 0) < one.planned
    ]
    return Pillar(value, actions)


def _with_position(one: Judgement) -> Judgement:
    if one.position is not None:
        return one
    return Judgement(one.planned, one.present, one.present, one.present, one.count, one.variance, one.unnamed)


def sell_out_pillars(
    sold: Mapping[str, Estimate],
    classes: Mapping[str, str],
    lost: Mapping[str, Mapping[str, float]],
    of_all: Mapping[str, float],
) -> dict[str, Pillar]:
    """Sell-out a day against the best quarter of the outlets of the same class, by outlet.

    Args:
        sold: own units a day, by outlet.
        classes: class of each outlet.
        lost: own units a day that were wanted and not there, by outlet and SKU.
        of_all: own units a day of all outlets, of whom those of `sold` may be a part.
    """
    peers: dict[str, list[float]] = defaultdict(list)
    for outlet, a_day in of_all.items():
        peers[classes.get(outlet, "")].append(a_day)
    best = {name: float(np.percentile(some, BEST_QUARTER)) for name, some in peers.items() if len(some) >= LEAST_PEERS}
    pillars = {}
    for outlet, units in sold.items():
        full = best.get(classes.get(outlet, ""), 0.0)
        if full > 0:
            value = Estimate(**{part: round(getattr(units, part) / full, 4) for part in ("value", "low", "high")})
            actions = [Action("sell", sku, one / full, one) for sku, one in lost.get(outlet, {}).items() if one > 0]
            pillars[outlet] = Pillar(value, actions)
    return pillars


def _facings(lines: Iterable[MeanLine]) -> dict[str, float]:
    counted: dict[str, float] = defaultdict(float)
    for line in lines:
        counted[line.sku] += line.facings
    return counted
