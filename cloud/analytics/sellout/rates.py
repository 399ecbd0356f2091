"""How much of each SKU is wanted in an open hour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from cloud.analytics.sellout.falls import ENOUGH, Falls, drawn_to
from cloud.analytics.sellout.records import CoolerRecord, FloatArray

PRIOR_UNITS = 2.0
"""A rate's prior weighs as much as so many units sold."""


class Sold(NamedTuple):
    """What a rate is the quotient of, for the SKUs of a cooler, (SKUs,) each; `falls` where they are relied on."""

    units: FloatArray
    hours: FloatArray
    falls: Falls | None = None


def sold_by(wanted: FloatArray, exposure: float, falls: Falls | None) -> Sold:
    """What was wanted, (SKUs,), over all open hours; or the falls, where there are enough."""
    if falls is not None and falls.hours.mean() > ENOUGH * exposure:
        return Sold(falls.units, falls.hours, falls)
    return Sold(wanted, np.full(len(wanted), exposure))


def rates_of(sold: Sold, prior: FloatArray, spread: float) -> FloatArray:
    """(SKUs,) drawn to the prior, a gamma distribution."""
    if sold.falls is not None:
        return drawn_to(prior, sold.falls, spread)
    rates: FloatArray = (PRIOR_UNITS + sold.units) / (PRIOR_UNITS / prior + np.maximum(sold.hours, 1e-9))
    return rates


def priors(records: Sequence[CoolerRecord], sold: Sequence[Sold]) -> list[FloatArray]:
    """For each cooler, (SKUs,) what a SKU sells elsewhere, times how much more than others the cooler sells."""
    by_sku: dict[str, list[float]] = {}
    for record, one in zip(records, sold, strict=True):
        for sku, units, hours in zip(record.skus, one.units, one.hours, strict=True):
            sums = by_sku.setdefault(sku, [1e-3, 1e-2])
            sums[0] += max(units, 0.0)
            sums[1] += hours
    usual = [np.array([by_sku[sku][0] / by_sku[sku][1] for sku in record.skus]) for record in records]
    return [
        mean * max(one.units.sum() + 1.0, 1.0) / (mean @ one.hours + 1.0) for mean, one in zip(usual, sold, strict=True)
    ]
