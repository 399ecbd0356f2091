"""Rates of demand from the falls between photos without a visit in between.

Where nobody reports refills, what a full shelf looks like and how fast it empties are told apart by little: a tenth of
a percent in how surely units are seen changes the most likely rate by several. From photo to photo, errors of that kind
drop out. So there the rates are means of falls, and only the rest is learned by likelihood.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cloud.analytics.sellout.records import UNSEEN, CoolerRecord, FloatArray
from cloud.analytics.sellout.timeline import Timeline

QUIET = 0.7
"""A time counts as without a visit where the chance of that is higher."""
ENOUGH = 0.1
"""Falls are relied on where they were seen in so much of the open time."""
_SPREAD_OF_RATES = 0.5
"""Standard deviation of a SKU's rate around its prior, relative to it."""


class Falls(NamedTuple):
    """Of the SKUs of a cooler, (SKUs,) each."""

    units: FloatArray
    """Net fall of the stock over all such times."""
    hours: FloatArray
    """Open hours of those times, busy ones counting for more."""
    variance: FloatArray
    """Of `units`, by errors of counting alone."""


def falls(
    record: CoolerRecord, line: Timeline, visit: FloatArray, exposure: FloatArray, missed: FloatArray, seen: float
) -> Falls:
    """The falls of a cooler's counts over times without a visit or a delivery.

    Args:
        record: of the cooler.
        line: its steps.
        visit: (steps,) chance of a visit at the end of each.
        exposure: (steps,) open hours, busy ones counting for more.
        missed: (steps, SKUs) units wanted while there were none, less those taken in place of others.
        seen: chance that a unit in sight is counted.
    """
    taken = np.flatnonzero(line.photo >= 0)
    photos = line.photo[taken]
    counts = record.counts[photos]
    spans = list(zip(taken[:-1] + 1, taken[1:] + 1, strict=True))  # steps after one photo up to the next
    quiet = np.array([np.prod(1 - visit[a:b]) > QUIET for a, b in spans], bool)
    both = (counts[:-1] != UNSEEN) & (counts[1:] != UNSEEN) & quiet[:, None]
    both &= np.array([~line.arrived[a:b].any(axis=0) for a, b in spans])
    hours = np.array([exposure[a:b].sum() for a, b in spans])
    unseen = np.array([missed[a:b].sum(axis=0) for a, b in spans])
    net = np.where(both, (counts[:-1] - counts[1:]) / seen + unseen, 0.0)
    # Errors of a photo between two such times cancel; only those at the ends of a run of them are left.
    ends = both ^ np.vstack([both[1:], np.zeros_like(both[:1])])
    noise = np.where(ends, 2 * counts[1:] * (1 - seen) / seen, 0.0).sum(axis=0) if len(both) else np.zeros(0)
    return Falls(net.sum(axis=0), (both * hours[:, None]).sum(axis=0), noise + 1.0)


def drawn_to(prior: FloatArray, found: Falls, spread: float) -> FloatArray:
    """(SKUs,) rates: the mean fall an hour, drawn to the prior the more, the less sure it is."""
    hours = np.maximum(found.hours, 1e-9)
    variance = (found.variance + spread * prior * hours) / hours**2
    own = (_SPREAD_OF_RATES * prior) ** 2
    rates: FloatArray = np.maximum(prior + own / (own + variance) * (found.units / hours - prior), 0.1 * prior)
    return rates
