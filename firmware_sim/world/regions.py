"""Regions: their time zones and their weather."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from datasets.products.arrays import FloatArray
from firmware_sim.world.settings import ClimateSettings


@dataclass(frozen=True)
class Region:
    """Where outlets are.

    Attributes:
        id: its name.
        number: which of the random streams is its own.
        timezone: IANA name.
        mean, season, day_night: mean temperature of the year, half the way from coldest to warmest month, half the way
            from night to afternoon; °C.
        warmest: day of the year, 0 to 364.
    """

    id: str
    number: int
    timezone: str
    mean: float
    season: float
    day_night: float
    warmest: int


REGIONS = {
    region.id: region
    for region in (
        Region("east", 1, "Asia/Shanghai", 17.0, 12.0, 4.0, 205),
        Region("south", 2, "Asia/Shanghai", 23.0, 7.0, 3.5, 200),
        Region("west", 3, "Asia/Urumqi", 9.0, 19.0, 6.5, 200),
        Region("north", 4, "Asia/Shanghai", 8.0, 18.0, 5.0, 202),
        Region("lakes", 5, "Europe/Berlin", 10.5, 10.0, 4.5, 203),
        Region("bay", 6, "Australia/Sydney", 18.5, 5.5, 4.0, 20),
    )
}

_PERSISTENCE = 0.75
"""Correlation of one day's weather with the next day's."""


def temperatures(region: Region, climate: ClimateSettings, seed: int, start: date, days: int) -> FloatArray:
    """Temperature at each local hour, (days, 24) °C: season, day and night, weather that lasts, heat waves."""
    rng = np.random.default_rng([seed, 11, region.number])
    day_of_year = np.arange(days) + start.timetuple().tm_yday - 1
    season = region.mean + region.season * np.cos((day_of_year - region.warmest) * 2 * np.pi / 365.25)
    steps = rng.normal(0, climate.noise, days)
    weather = np.empty(days)
    level = float(rng.normal(0, climate.noise))
    for day in range(days):
        level = _PERSISTENCE * level + np.sqrt(1 - _PERSISTENCE**2) * steps[day]
        weather[day] = level
    daily = season + weather + _heat_waves(climate, rng, days)
    clock = region.day_night * np.cos((np.arange(24) - 15) * 2 * np.pi / 24)
    hourly: FloatArray = np.round(daily[:, None] + clock + rng.normal(0, 0.4, (days, 24)), 2)
    return hourly


def _heat_waves(climate: ClimateSettings, rng: np.random.Generator, days: int) -> FloatArray:
    extra: FloatArray = np.zeros(days)
    for _ in range(int(rng.poisson(climate.heat_waves * days / 365))):
        begins = int(rng.integers(days))
        lasts = round(float(rng.uniform(*climate.heat_wave_days)))
        extra[begins : begins + lasts] = float(rng.uniform(*climate.heat_wave_degrees))
    return extra
