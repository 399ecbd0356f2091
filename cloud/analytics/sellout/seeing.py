"""How well units are seen, learned from the counts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cloud.analytics.sellout.records import UNSEEN, CoolerRecord, FloatArray
from cloud.analytics.sellout.rows import Rows
from cloud.analytics.sellout.sight import Sight
from cloud.analytics.sellout.smoothing import Smoothed

_PRIOR_SIGHTINGS = 50.0
_PRIOR_CROWD = 1e4
_PRIOR_SCALE = 200.0
_MOST_FALSE = 0.2


class Sightings:
    """Units counted against units in sight.

    How surely units are seen can be told where what came into a cooler is known. Elsewhere it is one with how full the
    shelf is: there the usual is held, but for what sets a SKU apart from it.
    """

    def __init__(self, records: Sequence[CoolerRecord]) -> None:
        self._booked = np.array([record.restocked == "as-delivered" for record in records])
        self.scales: list[FloatArray] = [np.ones(len(record.skus)) for record in records]
        self._counted = self._seen = self._false = self._empty = 0.0

    def add(self, rows: Rows, found: Smoothed, sight: Sight) -> None:
        """Add the photos of a batch, smoothed with `sight`."""
        looked = rows.count != UNSEEN
        count = np.where(looked, rows.count, 0)
        crowd = np.array(rows.crowds)[rows.layout]
        false = sight.false * crowd
        booked = self._booked[rows.cooler]
        stocked = looked * (1 - found.empty) * booked
        self._counted += float((stocked * (count - false)).sum())
        self._seen += float((found.seen * booked).sum())
        self._false += float((count * found.empty * booked).sum())
        self._empty += float((found.empty * crowd * booked).sum())
        own = (count.sum(axis=0) - false * looked.sum(axis=0) + _PRIOR_SCALE) / (found.seen.sum(axis=0) + _PRIOR_SCALE)
        for row in np.flatnonzero(~booked):
            self.scales[rows.cooler[row]][rows.sku[row]] = own[row]

    def sight(self, held: Sight, beforehand: Sight) -> Sight:
        """What is most likely now, where `held` was until now and `beforehand` before all photos."""
        scale = (self._counted + _PRIOR_SIGHTINGS) / (self._seen + _PRIOR_SIGHTINGS)
        false = (self._false + beforehand.false * _PRIOR_CROWD) / (self._empty + _PRIOR_CROWD)
        return held.scaled(scale, min(false, _MOST_FALSE))
