"""Drivers of demand that a file brings: promotions and temperature, as far ahead as they are planned."""

from __future__ import annotations

import numpy as np

from cloud.analytics.forecast.history import FloatArray

PROMOTION_MEMORY, TEMPERATURE_MEMORY = 56, 14
DEGREES = 10.0
"""A coefficient of temperature is that of so many degrees more."""


def promotion(values: FloatArray, known: int) -> FloatArray:
    """A promotion in parts of its greatest strength; (n, T + H), NaN where the file says nothing.

    Of the past nothing said means no promotion. Ahead it means that no plan is known: as much as of late is expected.
    """
    largest = float(np.nanmax(np.abs(values), initial=0.0))
    scaled = values / largest if largest > 1 else values.copy()
    scaled[:, :known] = np.nan_to_num(scaled[:, :known])
    return _filled_ahead(scaled, scaled[:, max(0, known - PROMOTION_MEMORY) : known].mean(axis=1))


def temperature(values: FloatArray, known: int) -> FloatArray:
    """Tens of degrees above the average; (n, T + H), NaN where the file says nothing. Ahead it stays as of late."""
    if not np.isfinite(values).any():
        return np.zeros_like(values)
    centred = (values - float(np.nanmean(values))) / DEGREES
    past = centred[:, :known]
    some = np.isfinite(past).sum(axis=1)
    usual = np.where(some > 0, np.nansum(past, axis=1) / np.maximum(some, 1), 0.0)
    centred[:, :known] = np.where(np.isfinite(past), past, usual[:, None])
    return _filled_ahead(centred, centred[:, max(0, known - TEMPERATURE_MEMORY) : known].mean(axis=1))


def _filled_ahead(values: FloatArray, expected: FloatArray) -> FloatArray:
    return np.where(np.isfinite(values), values, expected[:, None])
