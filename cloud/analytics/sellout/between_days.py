"""What was sold on different days, given all photos: bound by the stock at the midnights between them.

Units that were not sold today were sold tomorrow, where a delivery tells what both sold together. Given the stock at a
midnight, the days before and after it know nothing of each other (the stock is a Markov chain); taken as linear in that
stock, the covariance of any two days is a product of regressions from one midnight to the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from cloud.analytics.sellout.records import FloatArray, IntArray

_KNOWN = 1e-6
"""A stock of less variance is known: it binds nothing."""


def with_following(covariance: FloatArray, days: int) -> FloatArray:
    """(all days, `days`) of each day with each of the `days` after it, the next one first; 0 beyond the end.

    Example:
        >>> with_following(np.array([[4.0, -1.0], [-1.0, 3.0]]), 2).tolist()
        [[-1.0, 0.0], [0.0, 0.0]]
    """
    made = np.zeros((len(covariance), days))
    for lag in range(1, min(days, len(covariance) - 1) + 1):
        made[:-lag, lag - 1] = np.diagonal(covariance, lag)
    return made


@dataclass(frozen=True, slots=True, eq=False)
class Midnights:
    """Of each day, (rows, days): moments of the stock at its end, at its beginning, and of what was sold in between."""

    closing: FloatArray
    """Variance of the stock at its end."""
    sold_closing: FloatArray
    """Covariance of what was sold with it."""
    opening_closing: FloatArray
    """Covariance of the stock at the beginning with that at the end."""
    opening_sold: FloatArray

    @classmethod
    def blank(cls, rows: int, days: int) -> Self:
        """Before anything is noted."""
        return cls(*np.zeros((4, rows, days)))

    def note(self, rows: IntArray, days: IntArray, given: FloatArray) -> None:
        """Note the ends of some days.

        Args:
            rows: whose.
            days: which day of each.
            given: (4, rows, grid) chance of each stock at the end; the same times the mean units sold; times the mean
                stock at the beginning; times the mean product of the two.
        """
        grid = np.arange(given.shape[-1])
        chance, sold, opened, opened_sold = given
        mean = chance @ grid
        self.closing[rows, days] = np.maximum(chance @ grid**2 - mean**2, 0.0)
        self.sold_closing[rows, days] = sold @ grid - sold.sum(axis=1) * mean
        self.opening_closing[rows, days] = opened @ grid - opened.sum(axis=1) * mean
        self.opening_sold[rows, days] = opened_sold.sum(axis=1) - opened.sum(axis=1) * sold.sum(axis=1)

    def sold_covariance(self, variance: FloatArray) -> FloatArray:
        """(rows, days, days) of what was sold, whose variance is (rows, days)."""
        rows, days = variance.shape
        made = np.zeros((rows, days, days))
        diagonal = np.arange(days)
        made[:, diagonal, diagonal] = variance
        a_unit = np.divide(1.0, self.closing, out=np.zeros_like(variance), where=self.closing > _KNOWN)
        following = self.sold_closing  # of what was sold, with the stock at the end of the day it is now followed to
        for lag in range(1, days):
            bound = following[:, : days - lag] * a_unit[:, lag - 1 : -1]
            pair = bound * self.opening_sold[:, lag:]
            made[:, diagonal[:-lag], diagonal[lag:]] = made[:, diagonal[lag:], diagonal[:-lag]] = pair
            following = bound * self.opening_closing[:, lag:]
        return made
