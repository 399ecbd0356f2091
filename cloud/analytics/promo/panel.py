"""A panel: what was measured of each unit in each period, and whether the unit was under treatment then."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite, isnan

import numpy as np
import numpy.typing as npt

from cloud.analytics.promo.periods import in_order
from facings.errors import BadInputError

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.intp]


class PanelError(BadInputError):
    """A panel from which the effect of a treatment cannot be estimated."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a panel in long form."""

    unit: str
    time: str
    outcome: float
    """NaN where it was not measured."""
    treated: bool
    line: int = 0
    """Where it stands in its file, for errors; 0 where it is from no file."""


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """Units (rows) by periods (columns), periods in the order of time.

    `outcome` is (units, periods), NaN where nothing is known; `treated` has the same shape. A unit's treatment in a
    period that has no row is that of its last row before, or of its first row where there is none before.
    """

    units: tuple[str, ...]
    times: tuple[str, ...]
    outcome: FloatArray
    treated: BoolArray

    def __post_init__(self) -> None:
        shape = (len(self.units), len(self.times))
        if self.outcome.shape != shape or self.treated.shape != shape:
            raise PanelError(
                f"outcome {self.outcome.shape} and treated {self.treated.shape} must both be units by periods, {shape}"
            )

    @classmethod
    def of_rows(cls, rows: Iterable[Row]) -> Panel:
        """The panel of some rows, in any order.

        Raises:
            PanelError: there is no row, two rows are of one unit and period, an outcome is infinite, or the periods
                cannot be put in order.
        """
        rows = list(rows)
        if not rows:
            raise PanelError("the panel has no rows")
        times = in_order(row.time for row in rows)
        units = tuple(dict.fromkeys(row.unit for row in rows))
        unit_at = {unit: index for index, unit in enumerate(units)}
        time_at = {time: index for index, time in enumerate(times)}
        outcome = np.full((len(units), len(times)), np.nan)
        known = np.zeros(outcome.shape, dtype=bool)
        treated = np.zeros(outcome.shape, dtype=bool)
        for row in rows:
            cell = unit_at[row.unit], time_at[row.time]
            _check(row, bool(known[cell]))
            known[cell], outcome[cell], treated[cell] = True, row.outcome, row.treated
        return cls(units, times, outcome, _carried(treated, known))


def _check(row: Row, seen: bool) -> None:
    place = f"line {row.line}: " if row.line else ""
    if seen:
        raise PanelError(
            f"{place}a second row of unit {row.unit!r} at time {row.time!r}: a panel has one row per unit and time; "
            "add up or average what belongs together first"
        )
    if not (isfinite(row.outcome) or isnan(row.outcome)):
        raise PanelError(f"{place}the outcome of unit {row.unit!r} at time {row.time!r} is infinite")


def _carried(treated: BoolArray, known: BoolArray) -> BoolArray:
    """Treatment of cells without a row: that of the unit's last row before, else of its first row."""
    last = np.where(known, np.arange(known.shape[1]), -1)
    last = np.maximum.accumulate(last, axis=1)
    last = np.where(last < 0, known.argmax(axis=1)[:, None], last)
    return np.take_along_axis(treated, last, axis=1)
