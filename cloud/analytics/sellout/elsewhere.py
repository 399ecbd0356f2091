"""Where shoppers turn who do not find what they want: to the outlet's other coolers, or to another SKU.

Who finds the SKU in another cooler is not lost; who takes another SKU instead makes that sell more while this one is
gone, which is no reason to expect as much of it later. Both shares are learned, as in Anupindi, Dada and Gupta (1998):
from how much more than usual is wanted where such shoppers turn to. Means stand for the shoppers here, by quasi-
likelihood (Wedderburn 1974, Biometrika 61(3)).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from cloud.analytics.sellout.records import CoolerRecord, FloatArray, IntArray
from cloud.analytics.sellout.timeline import Timeline

_FURTHER, _ANOTHER = 0.5, 0.45
"""Before all photos. Substitutes: worldwide mean of Corsten and Gruen (2003), International Journal of Retail &
Distribution Management 31(12). Other coolers: one shopper as likely as not."""
_SURENESS = 1 / 0.15**2
"""Of both, beforehand: one over the variance."""
_NOTHING = 1e-9


@dataclass(frozen=True, slots=True)
class Shares:
    """Of the units that are wanted in vain: found in another cooler of the outlet that has the SKU; replaced by a unit
    of another SKU of the cooler, of those not found."""

    further: float = _FURTHER
    another: float = _ANOTHER


@dataclass(frozen=True, slots=True, eq=False)
class Turned:
    """What shoppers do who turn away from a SKU, or to it; (steps, SKUs) of one cooler."""

    further: FloatArray
    """Units that would be wanted on top if all who may find it here turned here from the outlet's other coolers."""
    another: FloatArray
    """The same, if all who did not find their SKU took another of the cooler."""
    elsewhere: FloatArray
    """Chance that another cooler has the SKU, for those who want it in vain."""

    @classmethod
    def nowhere(cls, steps: int, skus: int) -> Turned:
        """Before anything is known of stock-outs."""
        return cls(*np.zeros((3, steps, skus)))

    def wanted(self, shares: Shares) -> FloatArray:
        """(steps, SKUs) units that are wanted on top by shoppers who turn to a SKU."""
        on_top: FloatArray = shares.further * self.further + shares.another * self.another
        return on_top


def turned(
    records: Sequence[CoolerRecord],
    timelines: Sequence[Timeline],
    lost: Sequence[FloatArray],
    there: Sequence[FloatArray],
    rates: Sequence[FloatArray],
    shares: Shares,
) -> list[Turned]:
    """Where those turn who want a SKU in vain, for each cooler.

    Args:
        records: of all coolers of some outlets.
        timelines: their steps.
        lost: (steps, SKUs) units wanted in vain.
        there: (steps, SKUs) share of the time that the SKU was there.
        rates: (SKUs,) how much of each is usually wanted: others turn to what is liked.
        shares: that are held until now.
    """
    found = [Turned.nowhere(*one.shape) for one in lost]
    outlets: dict[str, list[int]] = {}
    for number, record in enumerate(records):
        outlets.setdefault(record.outlet, []).append(number)
    for members in outlets.values():
        outlet = _Outlet([records[n].skus for n in members], [timelines[n].clock for n in members])
        vain = outlet.sums([lost[n] for n in members])
        has = outlet.means([there[n] for n in members])
        liked = outlet.by_sku([rates[n] for n in members])
        for place, number in enumerate(members):
            others, further = _further(vain, has, place)
            left = vain[place] * (1 - shares.further * others)
            another = _another(left, has[place] * liked[place])
            found[number] = outlet.back(place, further, another, others * vain[place], lost[number])
    return found


def learned(shares: Shares, found: Sequence[Turned], more: Sequence[FloatArray], mean: Sequence[FloatArray],
            spread: float) -> Shares:  # fmt: skip
    """The most likely shares now, by one step of scoring.

    Args:
        shares: held until now.
        found: where shoppers turned to.
        more: (steps, SKUs) units wanted more than their mean was held to be.
        mean: (steps, SKUs) that mean.
        spread: variance of demand over its mean.
    """
    made = {}
    for name, beforehand in (("further", _FURTHER), ("another", _ANOTHER)):
        held = getattr(shares, name)
        slope, known = (beforehand - held) * _SURENESS, _SURENESS
        for one, above, usual in zip(found, more, mean, strict=True):
            to = getattr(one, name)
            each = np.divide(to, usual, out=np.zeros_like(to), where=usual > _NOTHING) / spread
            slope += float((each * above).sum())
            known += float((each * to).sum())
        made[name] = float(np.clip(held + slope / known, 0.0, 1.0))
    return replace(shares, **made)


def _further(vain: FloatArray, has: FloatArray, place: int) -> tuple[FloatArray, FloatArray]:
    """(cells, SKUs) chance that another cooler than that at `place` has a SKU, and units wanted in vain in those others
    that may be found at `place`; both arrays are (coolers, cells, SKUs)."""
    others = [n for n in range(len(vain)) if n != place]
    chance: FloatArray = 1 - np.prod(1 - has[others], axis=0)
    come = np.zeros_like(chance)
    for other in others:
        rest = [n for n in range(len(vain)) if n != other]
        anywhere = 1 - np.prod(1 - has[rest], axis=0)
        among = has[rest].sum(axis=0)
        come += vain[other] * anywhere * np.divide(has[place], among, out=np.zeros_like(come), where=among > _NOTHING)
    return chance, come


def _another(left: FloatArray, liked: FloatArray) -> FloatArray:
    """(cells, SKUs) units in vain of other SKUs that may be replaced by each, as it is liked and there."""
    others = liked.sum(axis=1, keepdims=True) - liked
    a_liked = np.divide(left, others, out=np.zeros_like(left), where=others > _NOTHING)
    replaced: FloatArray = liked * (a_liked.sum(axis=1, keepdims=True) - a_liked)
    return replaced


class _Outlet:
    """The coolers of one outlet on one clock: the cells between all ends of their steps, and all their SKUs."""

    def __init__(self, skus: Sequence[tuple[str, ...]], clocks: Sequence[FloatArray]) -> None:
        names = {name: number for number, name in enumerate(dict.fromkeys(sku for one in skus for sku in one))}
        self._skus: list[IntArray] = [np.array([names[sku] for sku in one]) for one in skus]
        ends = np.unique(np.concatenate(clocks))
        lengths = np.diff(ends, prepend=0.0)
        ends, lengths = ends[lengths > 0], lengths[lengths > 0]
        self._shape = len(skus), len(ends), len(names)
        self._step: list[IntArray] = [np.minimum(np.searchsorted(one, ends), len(one) - 1) for one in clocks]
        self._part = [
            lengths / np.maximum(np.bincount(step, lengths, len(clock)), _NOTHING)[step]
            for step, clock in zip(self._step, clocks, strict=True)
        ]

    def sums(self, each: Sequence[FloatArray]) -> FloatArray:
        """(coolers, cells, SKUs) of (steps, SKUs) of each cooler: what adds up over time."""
        return self._spread(
            [one[step] * part[:, None] for one, step, part in zip(each, self._step, self._part, strict=True)]
        )

    def means(self, each: Sequence[FloatArray]) -> FloatArray:
        """The same of what holds at any time of a step."""
        return self._spread([one[step] for one, step in zip(each, self._step, strict=True)])

    def by_sku(self, each: Sequence[FloatArray]) -> FloatArray:
        """(coolers, 1, SKUs) of (SKUs,) of each cooler."""
        made = np.zeros((self._shape[0], 1, self._shape[2]))
        for number, (one, skus) in enumerate(zip(each, self._skus, strict=True)):
            made[number, 0, skus] = one
        return made

    def back(self, place: int, further: FloatArray, another: FloatArray, found: FloatArray, lost: FloatArray) -> Turned:
        """What was found of a cooler's cells, (cells, SKUs) each, by its steps; `lost` (steps, SKUs) is its own."""
        sums = np.zeros((3, *lost.shape))
        for number, one in enumerate((further, another, found)):
            np.add.at(sums[number], self._step[place], one[:, self._skus[place]])
        return Turned(sums[0], sums[1], np.divide(sums[2], lost, out=np.zeros_like(lost), where=lost > _NOTHING))

    def _spread(self, each: Sequence[FloatArray]) -> FloatArray:
        made = np.zeros(self._shape)
        for number, (one, skus) in enumerate(zip(each, self._skus, strict=True)):
            made[number][:, skus] = one
        return made
