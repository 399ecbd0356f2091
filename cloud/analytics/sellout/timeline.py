"""A cooler's photos, deliveries, doors and midnights as steps of time, and the open hours of each.

A step is the time from one such moment to the next; what happens at a moment comes at the end of its step: goods
arrive, the shelf may be refilled, then a photo is taken. Midnights part the days. Where nobody reports refills, the
time between two photos is halved: a refill then comes after half of that time's sales.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cloud.analytics.sellout.records import UNSEEN, BoolArray, CoolerRecord, FloatArray, IntArray

HOUR = 3600.0
WEEK_HOURS = 168
REACH_OPEN_HOURS = 12.0
"""Open hours between two photos are covered by them where they are no more than so many."""
_MOST_DOUBT = 8.0
_UNSEEN_AT = (1 / 6, 1 / 2, 5 / 6)


@dataclass(frozen=True, slots=True, eq=False)
class Timeline:
    """The steps of a cooler: (steps,) each, or (steps, SKUs)."""

    day: IntArray
    hours: FloatArray
    """(steps, 168) open hours in each hour of the week, from Monday midnight."""
    clock: FloatArray
    """Hours for which the outlet had been open at the end of the step."""
    photo: IntArray
    """Number of the photo at the end of the step, or -1."""
    span: IntArray
    """Number of the time between two photos that the step lies in."""
    refill: BoolArray
    """Whether the shelf may have been refilled unseen at the end of the step."""
    arrived: IntArray
    """(steps, SKUs) units delivered at the end of the step."""
    trust: FloatArray
    """(steps, SKUs) chance that they are in the cooler then."""
    covered: FloatArray
    """(days,) share of the open hours that photos cover."""


def timeline(record: CoolerRecord) -> Timeline:
    """The steps of a cooler, from its first midnight to its last."""
    first, last = record.days[0], record.days[-1]
    fixed = np.concatenate([record.days, record.photos, record.doors, [one.at for one in record.deliveries]])
    moments = np.unique(fixed[(fixed >= first) & (fixed <= last)])
    middles = _middles(record, moments)
    moments = np.union1d(moments, middles)
    ends = moments[1:]
    photo = np.full(len(ends), -1)
    inside = (record.photos > first) & (record.photos <= last)
    photo[np.searchsorted(ends, record.photos[inside])] = np.flatnonzero(inside)
    arrived, trust = _arrivals(record, ends)
    return Timeline(
        day=np.searchsorted(record.days, moments[:-1], side="right") - 1,
        hours=_open_hours(record, moments),
        clock=_open_clock(record, record.opening, ends) / HOUR,
        photo=photo,
        span=np.cumsum(np.append(0, photo[:-1] >= 0)),
        refill=_may_refill(record, ends, middles),
        arrived=arrived,
        trust=trust,
        covered=_covered(record),
    )


def doubt(record: CoolerRecord) -> FloatArray:
    """(photos, SKUs) how much less than usual each count tells, 1 or more: its stated variance a unit over the median.

    A count twice as uncertain as usual has its log likelihood halved.
    """
    plain = np.ones(record.counts.shape)
    if record.count_sd is None:
        return plain
    counted = record.counts > 0
    if not counted.any():
        return plain
    each = np.divide(record.count_sd**2, record.counts, out=np.zeros_like(plain), where=counted)
    usual = float(np.median(each[counted]))
    return np.clip(each / usual, 1.0, _MOST_DOUBT) if usual > 0 else plain


def _middles(record: CoolerRecord, moments: FloatArray) -> FloatArray:
    """Half the open time between moments, where a refill may have come at any time."""
    if record.restocked == "as-delivered" or len(record.doors):
        return np.zeros(0)
    clock = _open_clock(record, record.selling, moments)
    open_times = np.flatnonzero(np.diff(clock) > 0)
    begins, lengths = clock[open_times], np.diff(clock)[open_times]
    inside = begins[:, None] + lengths[:, None] * np.array(_UNSEEN_AT)
    return np.unique(np.round(_moment_of(record, inside.ravel())))


def _may_refill(record: CoolerRecord, ends: FloatArray, middles: FloatArray) -> BoolArray:
    if record.restocked == "as-delivered":
        return np.zeros(len(ends), bool)
    allowed: BoolArray = np.isin(ends, record.doors if len(record.doors) else middles)
    return allowed


def _arrivals(record: CoolerRecord, ends: FloatArray) -> tuple[IntArray, FloatArray]:
    arrived = np.zeros((len(ends), len(record.skus)), np.int64)
    trust = np.ones(arrived.shape)
    for one in record.deliveries:
        step = int(np.searchsorted(ends, one.at))
        if one.units and record.days[0] < one.at <= record.days[-1]:
            sku = record.skus.index(one.sku)
            arrived[step, sku] += one.units
            trust[step, sku] = min(trust[step, sku], one.trust)
    return arrived, trust


def _open_clock(record: CoolerRecord, opening: FloatArray, at: FloatArray) -> FloatArray:
    """Open seconds from the first day's beginning up to each moment; `opening` (days, 2) as of a record."""
    lengths = opening[:, 1] - opening[:, 0]
    before = np.concatenate([[0.0], np.cumsum(lengths)])
    day = np.clip(np.searchsorted(record.days, at, side="right") - 1, 0, len(lengths) - 1)
    today = np.clip(at - opening[day, 0], 0, lengths[day])
    clock: FloatArray = before[day] + today
    return clock


def _moment_of(record: CoolerRecord, clock: FloatArray) -> FloatArray:
    """When the open seconds had reached so many."""
    selling = record.selling
    lengths = selling[:, 1] - selling[:, 0]
    before = np.concatenate([[0.0], np.cumsum(lengths)])
    day = np.clip(np.searchsorted(before, clock, side="right") - 1, 0, len(lengths) - 1)
    moment: FloatArray = selling[day, 0] + clock - before[day]
    return moment


def _open_hours(record: CoolerRecord, moments: FloatArray) -> FloatArray:
    marks = (record.days[:-1, None] + HOUR * np.arange(24)).ravel()
    cuts = np.union1d(moments, marks[(marks > moments[0]) & (marks < moments[-1])])
    begins = cuts[:-1]
    step = np.searchsorted(moments, begins, side="right") - 1
    day = np.searchsorted(record.days, begins, side="right") - 1
    hour = np.minimum(((begins - record.days[day]) // HOUR).astype(np.int64), 23)
    cell = (day + record.first_weekday) % 7 * 24 + hour
    hours = np.zeros((len(moments) - 1, WEEK_HOURS))
    np.add.at(hours, (step, cell), np.diff(_open_clock(record, record.selling, cuts)) / HOUR)
    return hours


def _covered(record: CoolerRecord) -> FloatArray:
    usable = record.photos[(record.counts != UNSEEN).any(axis=1)]
    usable = usable[(usable >= record.days[0]) & (usable <= record.days[-1])]
    lengths = record.opening[:, 1] - record.opening[:, 0]
    if len(usable) < 2:
        return np.zeros(len(lengths))
    clock = _open_clock(record, record.selling, usable)
    near = np.diff(clock) <= REACH_OPEN_HOURS * HOUR
    midnights = _open_clock(record, record.selling, record.days)
    begins = np.clip(midnights[:-1, None], clock[:-1], clock[1:])
    ends = np.clip(midnights[1:, None], clock[:-1], clock[1:])
    seen = ((ends - begins) * near).sum(axis=1)
    share: FloatArray = np.divide(seen, lengths, out=np.zeros(len(lengths)), where=lengths > 0)
    return share
