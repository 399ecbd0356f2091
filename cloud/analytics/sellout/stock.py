"""What an interval does to the stock, as linear maps on chances over the grid 0, 1, ..., forward and backward.

Arrays end in (rows, grid). Each `..._back` is the transpose of its map.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from cloud.analytics.sellout.demand import Demand
from cloud.analytics.sellout.records import FloatArray, IntArray

UNSETTLED = 0.001
"""Chance that between two photos the stock of a SKU changes in a way that is not modelled.

Units expire together, a rival clears a lane, a refill is not booked. However the photos contradict each other, there is
then a way to explain them.
"""


def windows(chances: FloatArray, bands: int) -> FloatArray:
    """(..., rows, grid, band): the chances of the stock and of 1, 2, ... units more."""
    shape = (*chances.shape[:-1], chances.shape[-1] + bands - 1)
    padded = np.zeros(shape)
    padded[..., : chances.shape[-1]] = chances
    view: FloatArray = sliding_window_view(padded, bands, axis=-1)
    return view


def sell(chances: FloatArray, wanted: Demand) -> FloatArray:
    """The stock after sales: what is wanted goes as far as there is stock."""
    after = _apply(chances, wanted.chance)
    after[..., 0] = (chances * wanted.beyond).sum(axis=-1)
    return after


def weighted_sales(chances: FloatArray, wanted: Demand, power: int) -> FloatArray:
    """As `sell`, each way times the units sold to the `power`."""
    after = _apply(chances, wanted.chance * wanted.counts**power)
    stock = np.arange(chances.shape[-1], dtype=float) ** power
    after[..., 0] = (chances * wanted.beyond * stock).sum(axis=-1)
    return after


def sell_back(values: FloatArray, wanted: Demand) -> FloatArray:
    """The mean of `values` after sales, given the stock before."""
    bands = wanted.chance.shape[1]
    above_zero = values.copy()
    above_zero[..., 0] = 0.0
    flipped = windows(above_zero[..., ::-1], bands)
    before: FloatArray = np.einsum("nsk,nk->ns", flipped, wanted.chance)[..., ::-1]
    return before + values[..., :1] * wanted.beyond


def _apply(chances: FloatArray, weights: FloatArray) -> FloatArray:
    after: FloatArray = np.einsum("...nsk,nk->...ns", windows(chances, weights.shape[1]), weights)
    return after


@dataclass(frozen=True, slots=True, eq=False)
class Arrival:
    """Goods brought to some rows: `units` (rows,), in the cooler with the chance `trust` (rows,)."""

    units: IntArray
    trust: FloatArray
    top: IntArray
    """(rows,) the most that the cooler holds; what is beyond stays outside."""

    def forward(self, chances: FloatArray) -> FloatArray:
        """The stock after they arrived."""
        grid = np.arange(chances.shape[-1])
        before = grid - self.units[:, None]
        index = np.broadcast_to(np.maximum(before, 0), chances.shape)
        moved = np.where(before >= 0, np.take_along_axis(chances, index, axis=-1), 0.0)
        spill = np.where(grid > (self.top - self.units)[:, None], chances, 0.0).sum(axis=-1)
        moved = np.where(grid <= self.top[:, None], moved, 0.0)
        moved[..., np.arange(len(self.top)), self.top] += spill
        after: FloatArray = self.trust[:, None] * moved + (1 - self.trust[:, None]) * chances
        return after

    def backward(self, values: FloatArray) -> FloatArray:
        """The mean of `values` after they arrived, given the stock before."""
        after = np.minimum(np.arange(values.shape[-1]) + self.units[:, None], self.top[:, None])
        moved = np.take_along_axis(values, np.broadcast_to(after, values.shape), axis=-1)
        before: FloatArray = self.trust[:, None] * moved + (1 - self.trust[:, None]) * values
        return before


class Refill:
    """An unseen refill up to some level, each as likely as `levels` (rows, grid) say; where there is more, nothing."""

    def __init__(self, levels: FloatArray) -> None:
        self._levels = levels
        self._up_to = np.cumsum(levels, axis=1)

    def forward(self, chances: FloatArray, chance: FloatArray) -> FloatArray:
        """The stock after it, which comes with the chance `chance` (rows,)."""
        moved = chances * self._up_to
        moved[..., 1:] += self._levels[:, 1:] * np.cumsum(chances, axis=-1)[..., :-1]
        after: FloatArray = chances + chance[:, None] * (moved - chances)
        return after

    def backward(self, values: FloatArray, chance: FloatArray) -> FloatArray:
        """The mean of `values` after it, given the stock before."""
        filled = self._levels * values
        above = filled.sum(axis=-1, keepdims=True) - np.cumsum(filled, axis=-1)
        before: FloatArray = values + chance[:, None] * (self._up_to * values + above - values)
        return before

    def met(self, chances: FloatArray, values: FloatArray) -> FloatArray:
        """(rows, grid) how likely each level is with what was seen, up to a factor, if a refill came.

        `chances` are those before it, `values` the likelihoods after it.
        """
        there = chances * values
        as_much = there.sum(axis=-1, keepdims=True) - np.cumsum(there, axis=-1) + there
        below = np.cumsum(chances, axis=-1) - chances
        met: FloatArray = self._levels * (below * values + as_much)
        return met


def unsettle(chances: FloatArray, top: IntArray, chance: float = UNSETTLED) -> FloatArray:
    """The stock after something that is not modelled may have happened: any stock up to `top` (rows,) alike."""
    anywhere = chances.sum(axis=-1, keepdims=True) * _alike(top, chances.shape[-1])
    after: FloatArray = (1 - chance) * chances + chance * anywhere
    return after


def unsettle_back(values: FloatArray, top: IntArray, chance: float = UNSETTLED) -> FloatArray:
    """The mean of `values` after `unsettle`, given the stock before."""
    mean = (values * _alike(top, values.shape[-1])).sum(axis=-1, keepdims=True)
    before: FloatArray = (1 - chance) * values + chance * mean
    return before


def _alike(top: IntArray, grid: int) -> FloatArray:
    inside: FloatArray = (np.arange(grid) <= top[:, None]) / (top[:, None] + 1.0)
    return inside
