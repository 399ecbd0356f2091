"""The pillars of outlets, from what is known of their shelves and their sales: pure functions, one per pillar."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

import numpy as np

from cloud.analytics.compliance.judgement import Judgement, compliance
from cloud.analytics.grades.grade import Action, Pillar
from cloud.analytics.named import Cells
from cloud.analytics.share.availability import ShelfTimes, availability
from cloud.analytics.share.mean_lines import MeanLines
from cloud.analytics.share.shares import fractions
from facings.messages import Estimate

LEAST_PEERS = 4
"""Comparable outlets without which nothing is said of how much an outlet could sell."""

BEST_QUARTER = 75
"""Percentile of the comparable outlets' sell-out that counts as full."""

LEAST_FACINGS = 0.5
"""Less in the mean photo is hardly ever there: nothing to take out."""


def availability_pillars(times: ShelfTimes) -> dict[str, Pillar]:
    """On-shelf availability of each outlet; each SKU that was missing could be kept in stock."""
    found = availability(times, times.outlet)
    watched = dict(zip(times.outlet.names, times.outlet.sums(times.watched).tolist(), strict=True))
    missing = times.where(times.missing > 0)
    cells = Cells.of(missing.outlet, missing.sku)
    hours = zip(cells.first.tolist(), cells.second.tolist(), cells.sums(missing.missing).tolist(), strict=True)
    actions: dict[str, list[Action]] = defaultdict(list)
    for code, sku, one in hours:
        outlet = missing.outlet.names[code]
        if outlet in found:
            actions[outlet].append(Action("keep-in-stock", missing.sku.names[sku], one / watched[outlet], one))
    return {outlet: Pillar(value, actions[outlet]) for outlet, value in found.items()}


def share_pillars(lines: MeanLines, own: Collection[str], targets: Mapping[str, float]) -> dict[str, Pillar]:
    """The own share of facings of the outlets of `targets`; facings could be won from each other product, as many as
    the target needs."""
    lines = lines.where(lines.outlet.among(targets))
    found = fractions(lines, lines.sku.among(own), lines.outlet)
    totals = dict(zip(lines.outlet.names, lines.outlet.sums(lines.facings).tolist(), strict=True))
    actions: dict[str, list[Action]] = defaultdict(list)
    for outlet, sku, facings in _foreign(lines, own):
        needed = max((targets[outlet] - found[outlet].value) * totals[outlet], 0)
        if (won := min(facings, needed)) >= LEAST_FACINGS:
            actions[outlet].append(Action("win-facings", sku, won / totals[outlet], won))
    return {outlet: Pillar(value, actions[outlet]) for outlet, value in found.items()}


def purity_pillars(lines: MeanLines, owned: Collection[str], own: Collection[str]) -> dict[str, Pillar]:
    """Purity of the brand's coolers in each outlet; each foreign product could be taken out."""
    lines = lines.where(lines.cooler.among(owned))
    is_own = lines.sku.among(own)
    found = fractions(lines, is_own, lines.outlet)
    sums = (lines.outlet.sums(facings).tolist() for facings in (lines.facings * is_own, lines.facings))
    counted = dict(zip(lines.outlet.names, zip(*sums, strict=True), strict=True))
    actions: dict[str, list[Action]] = defaultdict(list)
    for outlet, sku, facings in _foreign(lines, own):
        ours, total = counted[outlet]
        if ours:
            actions[outlet].append(Action("take-out", sku, ours / (total - facings) - ours / total, facings))
    return {outlet: Pillar(value, actions[outlet]) for outlet, value in found.items()}


def _foreign(lines: MeanLines, own: Collection[str]) -> Iterator[tuple[str, str, float]]:
    """Outlet, SKU and facings of each named product of others that stands there."""
    cells = Cells.of(lines.outlet, lines.sku)
    facings = cells.sums(lines.facings)
    foreign = np.array([bool(sku) and sku not in own for sku in lines.sku.names], bool)[cells.second]
    there = np.flatnonzero(foreign & (facings >= LEAST_FACINGS))
    outlets, skus = (code[there].tolist() for code in (cells.first, cells.second))
    for outlet, sku, number in zip(outlets, skus, facings[there].tolist(), strict=True):
        yield lines.outlet.names[outlet], lines.sku.names[sku], number


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
