"""Why the own share of facings changed between two periods: by outlet and SKU, adding up to the whole change.

With A own facings of F in all, the share is S = A / F. For the outlets watched in both periods,

    S1 - S0 = sum over all lines of (f1 - f0) * ([own] - S̄) / F̄,    S̄ = (S0 + S1) / 2,  F̄ = (F0 + F1) / 2,

which is exact: A1 - A0 = S1 F1 - S0 F0 = S̄ (F1 - F0) + F̄ (S1 - S0). So an own facing more adds, and a competitor's
facing more takes away, each by what it weighs between the two periods. Outlets that were watched in one of the periods
only are not compared: what they did to the share is told apart.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import starmap
from typing import Literal, NamedTuple

import numpy as np

from cloud.analytics.named import BoolArray, Cells, FloatArray, IntArray, Named
from cloud.analytics.share.mean_lines import MeanLines
from cloud.analytics.share.shares import fraction
from cloud.analytics.share.window import Window
from facings.messages import Estimate

Why = Literal["more", "fewer", "new", "gone"]

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


@dataclass(frozen=True, slots=True, eq=False)
class Changes:
    """What each SKU in each outlet did, as columns: the greatest effects first."""

    outlet: Named[str]
    sku: Named[str]
    before: FloatArray
    after: FloatArray
    effect: FloatArray

    def __len__(self) -> int:
        """How many."""
        return len(self.effect)

    def __iter__(self) -> Iterator[Change]:
        """One by one."""
        numbers = (one.tolist() for one in (self.before, self.after, self.effect))
        return starmap(Change, zip(self.outlet, self.sku, *numbers, strict=True))

    def by_sku(self) -> dict[str, float]:
        """The effects of each SKU over all outlets, the greatest first."""
        return _greatest_first(self.sku, self.effect)

    def by_outlet(self) -> dict[str, float]:
        """The effects in each outlet over all SKUs, the greatest first."""
        return _greatest_first(self.outlet, self.effect)


def _greatest_first(names: Named[str], effects: FloatArray) -> dict[str, float]:
    sums = names.sums(effects)
    return {names.names[one]: float(sums[one]) for one in np.argsort(-np.abs(sums), kind="stable").tolist()}


@dataclass(frozen=True, slots=True)
class Explained:
    """The own share before and after, and what made the difference."""

    before: Estimate
    after: Estimate
    changes: Changes
    """Of the outlets watched in both periods."""
    came: float
    """What the outlets did that are watched only now."""
    went: float
    """What those did that were watched only before."""

    @property
    def change(self) -> float:
        """The whole difference: the effects, and the outlets that came and went, add up to it."""
        return float(self.changes.effect.sum()) + self.came + self.went


def explain(before: Window, after: Window, own: Collection[str]) -> Explained | None:
    """The change of the own share from one window to another; None where one of them shows nothing."""
    whole = [fraction(window.lines, window.lines.sku.among(own)) for window in (before, after)]
    if whole[0] is None or whole[1] is None:
        return None
    cells = _Shelf.of(before.lines, after.lines)
    is_own = cells.sku.among(own)
    in_both = cells.outlet.among({one.outlet for one in before.watched} & {one.outlet for one in after.watched})
    shelf, is_own_there = cells.where(in_both), is_own[in_both]
    first, last = _share(cells.before, is_own), _share(cells.after, is_own)
    if not (shelf.before.any() and shelf.after.any()):
        nothing = shelf.where(np.array([], np.intp))
        return Explained(whole[0], whole[1], nothing.moved(nothing.after), last, -first)
    shares = _share(shelf.before, is_own_there), _share(shelf.after, is_own_there)
    facings = (shelf.before.sum() + shelf.after.sum()) / 2
    changes = shelf.moved((shelf.after - shelf.before) * (is_own_there - sum(shares) / 2) / facings)
    return Explained(whole[0], whole[1], changes, last - shares[1], shares[0] - first)


@dataclass(frozen=True, slots=True, eq=False)
class _Shelf:
    """The facings of each SKU in each outlet, before and after."""

    outlet: Named[str]
    sku: Named[str]
    before: FloatArray
    after: FloatArray

    @classmethod
    def of(cls, before: MeanLines, after: MeanLines) -> _Shelf:
        outlet, sku = before.outlet.followed_by(after.outlet), before.sku.followed_by(after.sku)
        cells = Cells.of(outlet, sku)
        is_after = np.arange(len(outlet)) >= len(before)
        facings = np.concatenate([before.facings, after.facings])
        places = Named(outlet.names, cells.first), Named(sku.names, cells.second)
        return cls(*places, cells.sums(facings * ~is_after), cells.sums(facings * is_after))

    def where(self, rows: BoolArray | IntArray) -> _Shelf:
        return _Shelf(self.outlet.where(rows), self.sku.where(rows), self.before[rows], self.after[rows])

    def moved(self, effect: FloatArray) -> Changes:
        """What is not as it was, by its `effect`; what has the same in the order of names."""
        rows = np.flatnonzero(self.before != self.after)
        rows = rows[np.lexsort((self.sku.ranks[rows], self.outlet.ranks[rows], -np.abs(effect[rows])))]
        there = self.where(rows)
        return Changes(there.outlet, there.sku, there.before, there.after, effect[rows])


def _share(facings: FloatArray, own: BoolArray) -> float:
    total = facings.sum()
    return float(facings[own].sum() / total) if total else 0.0
