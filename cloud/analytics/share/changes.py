"""Why the own share of facings changed between two periods: by outlet and SKU, adding up to the whole change.

With A own facings of F in all, the share is S = A / F. For the outlets watched in both periods,

    S1 - S0 = sum over all lines of (f1 - f0) * ([own] - S̄) / F̄,    S̄ = (S0 + S1) / 2,  F̄ = (F0 + F1) / 2,

which is exact: A1 - A0 = S1 F1 - S0 F0 = S̄ (F1 - F0) + F̄ (S1 - S0). So an own facing more adds, and a competitor's
facing more takes away, each by what it weighs between the two periods. Outlets that were watched in one of the periods
only are not compared: what they did to the share is told apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from cloud.analytics.share.shares import fraction
from cloud.analytics.share.window import MeanLine, Window
from facings.messages import Estimate

Why = Literal["more", "fewer", "new", "gone"]
Cell = tuple[str, str]
"""Outlet and SKU."""

LEAST_FACINGS = 0.05
"""Less than this in the mean photo is none."""


class Change(NamedTuple):
    """What one SKU in one outlet did to the own share; `effect` in parts of the share."""

    outlet: str
    sku: str
    before: float
    after: float
    effect: float

    @property
    def why(self) -> Why:
        """In a word."""
        if self.before < LEAST_FACINGS:
            return "new"
        if self.after < LEAST_FACINGS:
            return "gone"
        return "more" if self.after > self.before else "fewer"


@dataclass(frozen=True, slots=True)
class Explained:
    """The own share before and after, and what made the difference."""

    before: Estimate
    after: Estimate
    changes: tuple[Change, ...]
    """Of the outlets watched in both periods, the greatest effects first."""
    came: float
    """What the outlets did that are watched only now."""
    went: float
    """What those did that were watched only before."""

    @property
    def change(self) -> float:
        """The whole difference: the effects, and the outlets that came and went, add up to it."""
        return sum(one.effect for one in self.changes) + self.came + self.went


def explain(before: Window, after: Window, own: Collection[str]) -> Explained | None:
    """The change of the own share from one window to another; None where one of them shows nothing."""
    whole = [fraction(window.lines, lambda line: line.sku in own) for window in (before, after)]
    if whole[0] is None or whole[1] is None:
        return None
    both = {one.outlet for one in before.watched} & {one.outlet for one in after.watched}
    all_before, all_after = _cells(before.lines), _cells(after.lines)
    first, second = _of(all_before, both), _of(all_after, both)
    shares = [_share(cells, own) for cells in (all_before, first, second, all_after)]
    if not (first and second):
        return Explained(whole[0], whole[1], (), shares[3], -shares[0])
    middle = (shares[1] + shares[2]) / 2
    facings = (sum(first.values()) + sum(second.values())) / 2
    changes = [
        Change(*cell, f0, f1, (f1 - f0) * ((cell[1] in own) - middle) / facings)
        for cell in sorted(first.keys() | second.keys())
        if (f0 := first.get(cell, 0.0)) != (f1 := second.get(cell, 0.0))
    ]
    changes.sort(key=lambda one: -abs(one.effect))
    return Explained(whole[0], whole[1], tuple(changes), shares[3] - shares[2], shares[1] - shares[0])


def by_sku(changes: Iterable[Change]) -> dict[str, float]:
    """The effects of each SKU over all outlets."""
    return _added((one.sku, one.effect) for one in changes)


def by_outlet(changes: Iterable[Change]) -> dict[str, float]:
    """The effects in each outlet over all SKUs."""
    return _added((one.outlet, one.effect) for one in changes)


def _added(effects: Iterable[tuple[str, float]]) -> dict[str, float]:
    added: dict[str, float] = defaultdict(float)
    for name, effect in effects:
        added[name] += effect
    return dict(sorted(added.items(), key=lambda item: -abs(item[1])))


def _cells(lines: Iterable[MeanLine]) -> dict[Cell, float]:
    cells: dict[Cell, float] = defaultdict(float)
    for line in lines:
        cells[line.outlet, line.sku] += line.facings
    return cells


def _of(cells: Mapping[Cell, float], outlets: Collection[str]) -> Mapping[Cell, float]:
    return {cell: facings for cell, facings in cells.items() if cell[0] in outlets}


def _share(cells: Mapping[Cell, float], own: Collection[str]) -> float:
    total = sum(cells.values())
    return sum([facings for cell, facings in cells.items() if cell[1] in own]) / total if total else 0.0
