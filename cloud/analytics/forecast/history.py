"""What is known of the demand for some series: by period, with the stock there was and what drove it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt

from facings.errors import BadInputError

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.intp]

WEEK = 7


class HistoryError(BadInputError):
    """A history of which no forecast can be made."""


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """n series over T known periods of equal length and H to come.

    `sold` is (n, T), NaN where nothing is known. `exposure` is (n, T): the part of the period in which there was stock,
    0 to 1. `at_least` is (n, T): True where the stock ran out at an unknown hour, so that demand was `sold` or more.
    `drivers` is (k, n, T + H), known ahead of time: promotions, temperature. `season` is how many periods make a cycle
    (7 for days; 1 for none), `first_day` the first period's date where periods are days.
    """

    series: tuple[str, ...]
    sold: FloatArray
    exposure: FloatArray
    at_least: BoolArray
    drivers: FloatArray
    driver_names: tuple[str, ...] = ()
    season: int = WEEK
    first_day: date | None = None

    def __post_init__(self) -> None:
        count, known = self.sold.shape
        if self.exposure.shape != self.sold.shape or self.at_least.shape != self.sold.shape:
            raise HistoryError(f"sold, exposure and at_least must have one shape; sold is {self.sold.shape}")
        if len(self.series) != count or self.drivers.shape[:2] != (len(self.driver_names), count):
            raise HistoryError("names and rows do not match: one name a series, one a driver")
        if self.drivers.shape[2] <= known:
            raise HistoryError("the drivers must reach over the periods to come: that is the horizon, 1 at least")
        if not known or not count:
            raise HistoryError("the history is empty: it needs one series and one period at least")

    @classmethod
    def plain(cls, sold: npt.ArrayLike, horizon: int, *, season: int = WEEK) -> History:
        """A history of numbers alone, always in stock, nothing driving it.

        Example:
            >>> History.plain([[1, 0, 2, 0]], horizon=2).ahead
            2
        """
        numbers = np.atleast_2d(np.asarray(sold, dtype=np.float64))
        count, known = numbers.shape
        return cls(
            series=tuple(str(number) for number in range(count)),
            sold=numbers,
            exposure=np.ones_like(numbers),
            at_least=np.zeros(numbers.shape, dtype=bool),
            drivers=np.zeros((0, count, known + horizon)),
            season=season,
        )

    @property
    def known(self) -> int:
        """T, the periods known."""
        return int(self.sold.shape[1])

    @property
    def ahead(self) -> int:
        """H, the periods to come."""
        return int(self.drivers.shape[2]) - self.known

    def counted(self) -> FloatArray:
        """(n, T): how much of each period says something of demand.

        0 where nothing is known, where there was no stock, and before a series' first sale: it was not listed yet.
        """
        listed = np.maximum.accumulate(np.nan_to_num(self.sold) > 0, axis=1)
        return np.where(np.isnan(self.sold) | ~listed, 0.0, np.clip(self.exposure, 0.0, 1.0))

    def until(self, period: int, ahead: int) -> History:
        """The same as it was known after `period` periods, with `ahead` to come: what a backtest starts from."""
        return replace(
            self,
            sold=self.sold[:, :period],
            exposure=self.exposure[:, :period],
            at_least=self.at_least[:, :period],
            drivers=self.drivers[:, :, : period + ahead],
        )

    def with_drivers(self, names: Sequence[str], values: FloatArray) -> History:
        """The same with further drivers, (k, n, T + H)."""
        if not names:
            return self
        drivers = np.concatenate([self.drivers, values])
        return replace(self, drivers=drivers, driver_names=(*self.driver_names, *names))

    def places(self) -> IntArray:
        """(T + H,): where each period lies in its cycle."""
        return np.arange(self.known + self.ahead) % self.season
