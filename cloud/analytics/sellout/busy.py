"""When outlets are busy: hours of the week, and days that are busier than others; shared by all SKUs of an outlet."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cloud.analytics.sellout.learned import Learned
from cloud.analytics.sellout.records import CoolerRecord, FloatArray
from cloud.analytics.sellout.timeline import WEEK_HOURS, Timeline

PRIOR_PROFILE = 20.0
"""A weekday, and an hour of the day, is drawn to the usual as much as so many units sold tell."""
PRIOR_DAY = 30.0
"""A day is drawn to what its weekday would have, as much as so many units sold tell."""


class Busy:
    """What was wanted, step by step, against what was held before."""

    def __init__(
        self,
        records: Sequence[CoolerRecord],
        timelines: Sequence[Timeline],
        wanted: Sequence[FloatArray],
        held: Learned,
    ) -> None:
        self._outlets = [record.outlet for record in records]
        self._timelines, self._held = timelines, held
        self._wanted = [one.sum(axis=1) for one in wanted]

    def profiles(self) -> list[FloatArray]:
        """For each cooler, (168,) the profile of its outlet: weekday times hour of the day, 1 on average."""
        by_outlet = {outlet: self._profile(outlet) for outlet in dict.fromkeys(self._outlets)}
        return [by_outlet[outlet] for outlet in self._outlets]

    def days(self) -> list[FloatArray]:
        """For each cooler, (days,) what each day brought its outlet against what it would have, drawn to 1."""
        held = self._held
        length = max(len(days) for days in held.days)
        sums = {outlet: np.full((2, length), PRIOR_DAY) for outlet in self._outlets}
        for number, (outlet, line) in enumerate(zip(self._outlets, self._timelines, strict=True)):
            usual = line.hours @ held.profiles[number] * held.rates[number].sum()
            np.add.at(sums[outlet][0], line.day, self._wanted[number])
            np.add.at(sums[outlet][1], line.day, usual)
        return [
            sums[outlet][0, : len(days)] / sums[outlet][1, : len(days)]
            for outlet, days in zip(self._outlets, held.days, strict=True)
        ]

    def _profile(self, outlet: str) -> FloatArray:
        members = [number for number, one in enumerate(self._outlets) if one == outlet]
        held = self._held.profiles[members[0]]
        wanted, usual = np.zeros(WEEK_HOURS), np.zeros(WEEK_HOURS)
        for number in members:
            hours = self._timelines[number].hours
            busy = self._held.days[number][self._timelines[number].day]
            parts = hours * held
            whole = parts.sum(axis=1, keepdims=True)
            wanted += self._wanted[number] @ np.divide(parts, whole, out=np.zeros_like(parts), where=whole > 0)
            usual += busy @ hours * self._held.rates[number].sum()
        made = _weekday_times_hour(wanted.reshape(7, 24), usual.reshape(7, 24), held)
        mean = float(made @ usual) / max(float(usual.sum()), 1e-9)
        return made / mean if mean > 0 else held


def _weekday_times_hour(wanted: FloatArray, usual: FloatArray, held: FloatArray) -> FloatArray:
    """(168,) the profile that explains what was wanted, (7, 24), where `usual` would be with all hours alike."""
    hour = held.reshape(7, 24).mean(axis=0)
    weekday = (wanted.sum(axis=1) + PRIOR_PROFILE) / (usual @ hour + PRIOR_PROFILE)
    hour = (wanted.sum(axis=0) + PRIOR_PROFILE) / (weekday @ usual + PRIOR_PROFILE)
    made: FloatArray = np.outer(weekday, hour).ravel()
    return made
