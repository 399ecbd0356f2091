"""The course of the year, once a history is long enough to tell it from a trend."""

from __future__ import annotations

import numpy as np

from cloud.analytics.forecast.history import WEEK, History

YEAR = 365.25
LEAST_YEARS = 2
WAVES = 2


def with_year(history: History) -> History:
    """With two waves of the year as drivers, sine and cosine each, where the days of two years are known.

    Less than two years cannot tell a season from a trend: then holidays and temperature have to come as drivers.
    """
    if history.season != WEEK or history.known < LEAST_YEARS * YEAR:
        return history
    turn = 2 * np.pi * np.arange(history.known + history.ahead) / YEAR
    waves = {f"year, {name} {number}": wave(number * turn) for number in range(1, WAVES + 1) for name, wave in _WAVES}
    shape = (len(waves), len(history.series), len(turn))
    values = np.broadcast_to(np.stack(list(waves.values()))[:, None, :], shape)
    return history.with_drivers(tuple(waves), values)


_WAVES = (("sine", np.sin), ("cosine", np.cos))
