"""How wrong the learned busyness of an outlet's days may be, and what that does to what its SKUs are said to have sold.

How busy a day was is learned from all SKUs of an outlet, and an error in it is theirs together: in their sum such
errors add up, where those of their photos cancel. It is not the day's own alone: where a delivery tells only what
several days sold together, too much on one day is too little on the others, and a wrong weekday returns each week. So
the logarithms of an outlet's days are judged jointly, by Louis (1982), Journal of the Royal Statistical Society B
44(2): their information is what complete data would tell, diag(m)/s, less what the unobserved demand takes away, V/s²,
with the mean m of demand by day, its covariance V given the photos, summed over SKUs, and the spread s; beside it
stands the prior under which they were learned (`busy`): of each day, and of each weekday. Sales follow an error d of
these logarithms as Cov(sold, wanted) d / s.
"""

from __future__ import annotations

import numpy as np

from cloud.analytics.sellout.busy import PRIOR_DAY, PRIOR_PROFILE
from cloud.analytics.sellout.records import FloatArray

WEEK = 7


class BusyErrors:
    """The errors of one outlet's days.

    Args:
        days: how many.
        first_weekday: of the first of them.
        spread: variance of demand over its mean.
    """

    def __init__(self, days: int, first_weekday: int, spread: float) -> None:
        self._spread = spread
        weekday = (np.arange(days) + first_weekday) % WEEK
        alike = weekday[:, None] == weekday[None, :]
        self._prior = spread * (np.eye(days) / PRIOR_DAY + alike / PRIOR_PROFILE)
        self._information = np.zeros((days, days))

    def add(self, usual: FloatArray, sold: FloatArray, lost: FloatArray) -> None:
        """What a SKU tells of the days.

        Args:
            usual: (days,) mean of its demand.
            sold: (days, days) covariance of what was sold of it, given the photos.
            lost: (days,) variance of what was lost.
        """
        missing = sold + np.diag(lost)
        self._information += np.diag(usual) / self._spread - missing / self._spread**2

    def covariance(self) -> FloatArray:
        """(days, days) of the errors of the logarithms, after all SKUs were added."""
        values, vectors = np.linalg.eigh((self._information + self._information.T) / 2)
        # The covariance of days is approximate: what it takes away in a direction may be more than there was.
        told = (vectors * np.maximum(values, 0.0)) @ vectors.T
        found: FloatArray = np.linalg.inv(told + np.linalg.inv(self._prior))
        return found

    def in_sales(self, sold: FloatArray, covariance: FloatArray) -> FloatArray:
        """(days,) standard deviation that these errors, of `covariance`, give to a SKU's sales; `sold` as in `add`."""
        variance = np.einsum("de,ef,df->d", sold, covariance, sold) / self._spread**2
        deviation: FloatArray = np.sqrt(np.maximum(variance, 0.0))
        return deviation
