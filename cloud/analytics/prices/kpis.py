"""The KPIs of prices over a period, cut by time, place and product.

A tag counts in each cooler as often as its mean photo shows it, so that a cooler with more photos weighs no more. A
price is wrongly read with the chance that its confidence leaves; the errors of the photos of one tag are taken as fully
dependent, those of different tags as independent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import select

from cloud.analytics.measures import Z
from cloud.analytics.named import FloatArray, Named
from cloud.analytics.prices.tags import Tags, read_tags
from cloud.analytics.prices.wanted import TOLERANCE, catalogue_prices, price_cuts
from cloud.analytics.query.cut import Cut
from cloud.analytics.query.scope import Scope
from cloud.analytics.query.source import Source
from cloud.analytics.query.stretches import stretches
from cloud.catalog.models import Product
from facings.messages import Estimate

if TYPE_CHECKING:
    from cloud.analytics.series import KpiPoint, Period


def price_compliance(period: Period, by: str) -> list[KpiPoint]:
    """Tags of own products with the right price / those that can be read."""
    tags = _priced(period, by)
    tags = tags.where(tags.sku.among(set(period.session.scalars(select(Product.sku).where(Product.own)))))
    ought, key = _ought(period, tags), _keys(period, by, tags)
    right = np.abs(tags.price - ought) <= np.maximum(TOLERANCE * ought, 1)
    doubt = tags.tags * tags.confidence * (1 - tags.confidence)
    sums = zip(*(key.sums(one).tolist() for one in (tags.tags, tags.tags * right, doubt)), strict=True)
    return [
        period.point(by, name, _bounded(kept / whole, sqrt(variance) / whole))
        for name, (whole, kept, variance) in zip(key.names, sums, strict=True)
    ]


def price_index(period: Period, by: str) -> list[KpiPoint]:
    """The mean of price on the tag / price that it ought to say, of tags that can be read."""
    tags = _priced(period, by)
    ratio, key = tags.price / _ought(period, tags), _keys(period, by, tags)
    sums = (key.sums(one).tolist() for one in (tags.tags, tags.tags * ratio, tags.tags * ratio**2, tags.tags**2))
    points = []
    for name, whole, total, squares, weights in zip(key.names, *sums, strict=True):
        mean = total / whole
        spread = max(squares / whole - mean**2, 0) * weights / whole**2
        points.append(period.point(by, name, _estimate(mean, sqrt(spread))))
    return points


def price_tags_read(period: Period, by: str) -> list[KpiPoint]:
    """Tags whose price can be read / all tags."""
    tags = _tags(period, by)
    key = _keys(period, by, tags)
    sums = zip(key.sums(tags.tags).tolist(), key.sums(tags.tags * (tags.price >= 0)).tolist(), strict=True)
    return [
        period.point(by, name, _bounded(read / whole, 0.0)) for name, (whole, read) in zip(key.names, sums, strict=True)
    ]


def _tags(period: Period, by: str) -> Tags:
    """The tags in scope; each cooler counts where it stands now."""
    scope = Scope(coolers=frozenset(one for one in period.known.coolers if period.has_cooler(one)))
    time = Cut.of(by).time
    parts = stretches(period.start, period.end, time, period.known.zones)
    if len({part.grain for part in parts}) > 1:  # days and hours: whole hours tell both
        parts = stretches(period.start, period.end, "hour", period.known.zones)
    cuts = price_cuts(period.session, period.start.date(), period.end.date())
    tags = read_tags(period.facts, Source(period.tenant, parts, scope), time, cuts)
    return tags.where(tags.sku.among({one for one in tags.sku.names if period.scope.has_sku(one)}))


def _priced(period: Period, by: str) -> Tags:
    """Those of them that can be read, of SKUs that have a price in the catalogue."""
    tags = _tags(period, by)
    return tags.where(tags.sku.among(catalogue_prices(period.session)) & (tags.price >= 0))


def _ought(period: Period, tags: Tags) -> FloatArray:
    """What each tag ought to say, in hundredths."""
    prices = catalogue_prices(period.session)
    found: FloatArray = np.round(tags.sku.taken([prices[one] for one in tags.sku.names]) * (1 - tags.discount))
    return found


def _keys(period: Period, by: str, tags: Tags) -> Named[str]:
    return period.keys_of(by, tags.cooler, tags.sku, tags.bucket if Cut.of(by).time else None)


def _bounded(share: float, deviation: float) -> Estimate:
    found = _estimate(share, deviation)
    return found.model_copy(update={"high": min(found.high, 1.0)})


def _estimate(value: float, deviation: float) -> Estimate:
    low, high = max(value - Z * deviation, 0.0), value + Z * deviation
    return Estimate(value=round(value, 4), low=round(low, 4), high=round(high, 4))


MAKERS: Mapping[str, Callable[[Period, str], list[KpiPoint]]] = {
    "price-compliance": price_compliance,
    "price-index": price_index,
    "price-tags-read": price_tags_read,
}
"""By the name in the registry."""
