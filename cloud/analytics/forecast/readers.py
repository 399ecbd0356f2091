"""Histories from files: CSV and Parquet in long form, one row per series and period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isinf, isnan
from pathlib import Path
from typing import Literal

import numpy as np

from cloud.analytics.forecast.drivers import promotion, temperature
from cloud.analytics.forecast.history import FloatArray, History, HistoryError
from cloud.analytics.forecast.periods import Periods, day_label, periods_of
from cloud.analytics.promo.periods import in_order
from cloud.analytics.promo.readers import MISSING, number, read_lines

Gaps = Literal["auto", "zero", "unknown"]
LARGEST_CELLS = 20_000_000


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns of a file hold what."""

    series: str
    time: str
    value: str
    promotions: tuple[str, ...] = ()
    temperature: str | None = None
    in_stock: str | None = None
    """Part of the period in which there was stock, 0 to 1."""
    sold_out: str | None = None
    """1 where the stock ran out, at an hour nobody knows."""

    @property
    def extra(self) -> tuple[str, ...]:
        """The columns beside series, time and value."""
        named = (*self.promotions, self.temperature, self.in_stock, self.sold_out)
        return tuple(name for name in named if name)


@dataclass(frozen=True, slots=True)
class FileHistory:
    """What a file says."""

    history: History
    periods: Periods
    warnings: tuple[str, ...]


@dataclass
class _Cells:
    """The rows of a file by series and time."""

    series: dict[str, int] = field(default_factory=dict)
    rows: dict[tuple[int, str], tuple[float, ...]] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)

    def add(self, line: int, series: str, time: str, values: tuple[float, ...]) -> None:
        """Take a row in."""
        if not series or not time or time.lower() in MISSING:
            raise HistoryError(f"line {line}: the series or the time is missing")
        key = self.series.setdefault(series, len(self.series)), day_label(time)
        if key in self.rows:
            raise HistoryError(f"line {line}: a second row of series {series!r} at {time!r}: add them up first")
        self.rows[key] = values
        if not isnan(values[0]):
            self.known.add(key[1])


def read_history(
    file: Path, columns: Columns, horizon: int, *, gaps: Gaps = "auto", season: int | None = None
) -> FileHistory:
    """The history in a file; other columns are ignored, rows may stand in any order.

    Rows without a value after the last one with a value are of periods to come: they bring their drivers.

    Args:
        file: CSV (comma, semicolon or tab) or Parquet.
        columns: what stands where.
        horizon: periods to come.
        gaps: what a missing row between others means; by default `zero` where the file writes no zeros at all.
        season: periods of a cycle, where the times do not tell.

    Raises:
        BadInputError: the file is not there or not readable, or a value cannot be understood; the text names the line.
    """
    names = (columns.series, columns.time, columns.value, *columns.extra)
    if len(set(names)) < len(names):
        raise HistoryError(f"the columns must all differ: {', '.join(names)}")
    cells = _Cells()
    for line, (series, time, *texts) in read_lines(file, names):
        cells.add(line, series, time, _numbers(line, texts, names[2:]))
    if not cells.known:
        raise HistoryError(f"{file} holds no row with a value in {columns.value!r}")
    return _history(cells, columns, horizon, gaps, season)


def _numbers(line: int, texts: Sequence[str], names: Sequence[str]) -> tuple[float, ...]:
    values = tuple(number(text, line, name) for text, name in zip(texts, names, strict=True))
    if any(isinf(value) for value in values):
        raise HistoryError(f"line {line}: infinite values cannot be forecast")
    if values[0] < 0:
        raise HistoryError(f"line {line}: {names[0]} is {values[0]:g}, below zero: take returns out, or write 0")
    return values


def _history(cells: _Cells, columns: Columns, horizon: int, gaps: Gaps, season: int | None) -> FileHistory:
    times = {time for _, time in cells.rows}
    last = max(cells.known, key={time: place for place, time in enumerate(in_order(times))}.__getitem__)
    periods = periods_of(times, last, horizon, season)
    whole = len(periods.known) + len(periods.ahead)
    width = 1 + len(columns.extra)
    if len(cells.series) * whole * width > LARGEST_CELLS:
        raise HistoryError(f"{len(cells.series)} series of {whole} periods are too many at once: split the file")
    table = np.full((width, len(cells.series), whole), np.nan)
    places = periods.places()
    for (row, time), values in cells.rows.items():
        if time in places:
            table[:, row, places[time]] = values
    warnings: list[str] = []
    known = len(periods.known)
    table[0, :, :known] = _without_gaps(table[0, :, :known], gaps, warnings)
    if periods.season == 1:
        warnings.append("no cycle is assumed: where the periods are days by number, name --season 7")
    return FileHistory(_made(tuple(cells.series), table, columns, periods, warnings), periods, tuple(warnings))


def _without_gaps(sold: FloatArray, gaps: Gaps, warnings: list[str]) -> FloatArray:
    missing = int(np.isnan(sold).sum())
    if not missing:
        return sold
    no_zeros = not (sold == 0).any()
    if gaps == "zero" or (gaps == "auto" and no_zeros):
        if gaps == "auto":
            warnings.append(f"the file writes no zeros: {missing} missing rows are taken as nothing sold (--gaps)")
        return np.nan_to_num(sold)
    warnings.append(f"{missing} series-periods have no value: they are taken as unknown, not as zero (--gaps)")
    return sold


def _made(
    series: tuple[str, ...], table: FloatArray, columns: Columns, periods: Periods, warnings: list[str]
) -> History:
    known = len(periods.known)
    extra = dict(zip(columns.extra, table[1:], strict=True))
    exposure = np.ones((len(series), known))
    if columns.in_stock:
        exposure = np.where(np.isnan(extra[columns.in_stock][:, :known]), 1.0, extra[columns.in_stock][:, :known])
        if exposure.min() < 0 or exposure.max() > 1:
            raise HistoryError(f"{columns.in_stock} is the part of the period in stock: it lies between 0 and 1")
    at_least = np.zeros(exposure.shape, dtype=bool)
    if columns.sold_out:
        at_least = np.nan_to_num(extra[columns.sold_out][:, :known]) > 0
    names = [*columns.promotions, *([columns.temperature] if columns.temperature else [])]
    unplanned = [name for name in names if np.isnan(extra[name][:, known:]).any()]
    warnings += [f"{name} is not given for all periods to come: as much as of late is expected" for name in unplanned]
    values = [promotion(extra[name], known) for name in columns.promotions]
    values += [temperature(extra[columns.temperature], known)] if columns.temperature else []
    plain = History.plain(table[0, :, :known], len(periods.ahead), season=periods.season)
    made = History(series, plain.sold, exposure, at_least, plain.drivers, (), periods.season, periods.first_day)
    return made.with_drivers(names, np.stack(values)) if values else made
