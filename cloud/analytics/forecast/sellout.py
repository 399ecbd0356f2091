"""Histories made of daily sell-out: what each outlet sold of each SKU, and the part of the day it could be bought.

Sell-out tells what was lost for want of stock, at the rate of demand; so the part of a day without stock is what was
lost over a usual day's demand. A day without stock then counts as little known, and not as a day of little demand.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from sqlalchemy import func, select

from cloud.analytics.forecast.answer import ForecastAnswer, answer_of
from cloud.analytics.forecast.history import FloatArray, History
from cloud.analytics.forecast.study import forecast
from cloud.analytics.sellout.sold_table import sellout_day
from cloud.audits.facts import Facts

LONGEST_DAYS = 730
LEAST_COVERED = 0.5
"""Days of which the photos tell less are taken as unknown."""
BETWEEN = "/"


@dataclass(frozen=True, slots=True, eq=False)
class SoldHistory:
    """A history whose series are (outlet, SKU), and the last day known."""

    history: History
    places: tuple[tuple[str, str], ...]
    last: date


def sold_history(facts: Facts, tenant: str, outlets: Collection[str], until: date, horizon: int) -> SoldHistory | None:
    """The sell-out of `outlets` up to and including `until`; None where none is known.

    Args:
        facts: the store.
        tenant: whose outlets.
        outlets: those that shall borrow from one another: of one market and class.
        until: the last business day that has ended.
        horizon: days to forecast.
    """
    row = sellout_day.c
    sums = [func.sum(row[name]).label(name) for name in ("sold", "lost")]
    covered = func.min(row.covered).label("covered")
    wanted = select(row.outlet, row.sku, row.day, *sums, covered).where(
        row.outlet.in_(list(outlets)), row.day.between(until - timedelta(days=LONGEST_DAYS), until), row.withdrawn == 0
    )
    rows = facts.select(tenant, wanted.group_by(row.outlet, row.sku, row.day), sellout_day)
    if not rows:
        return None
    places = sorted({(one.outlet, one.sku) for one in rows})
    first, last = min(one.day for one in rows), max(one.day for one in rows)
    at = {place: number for number, place in enumerate(places)}
    sold = np.full((len(places), (last - first).days + 1), np.nan)
    lost = np.zeros_like(sold)
    for one in rows:
        if one.covered >= LEAST_COVERED:
            cell = at[one.outlet, one.sku], (one.day - first).days
            sold[cell], lost[cell] = one.sold, one.lost
    history = History(
        series=tuple(BETWEEN.join(place) for place in places),
        sold=sold,
        exposure=in_stock(sold, lost),
        at_least=np.zeros(sold.shape, dtype=bool),
        drivers=np.zeros((0, len(places), sold.shape[1] + horizon)),
        first_day=first,
    )
    return SoldHistory(history, tuple(places), last)


def in_stock(sold: FloatArray, lost: FloatArray) -> FloatArray:
    """(n, T): the part of each day with stock: 1 - lost / a usual day's demand.

    The usual day is the series' mean, not the day itself: a day that sold much would else seem to have had more stock.
    """
    wanted = np.nansum(sold, axis=1) + lost.sum(axis=1)
    usual = wanted / np.maximum(np.isfinite(sold).sum(axis=1), 1)
    part: FloatArray = np.clip(1 - lost / np.maximum(usual, 1e-9)[:, None], 0.0, 1.0)
    return part


def outlet_forecast(sold: SoldHistory, outlet: str, horizon: int, service: float) -> ForecastAnswer:
    """The forecast of one outlet's SKUs, named by their SKU, learned from all outlets of `sold`."""
    ahead = [(sold.last + timedelta(days=number)).isoformat() for number in range(1, horizon + 1)]
    history = sold.history
    answer = answer_of(forecast(history), history.series, ahead, history.known, service=service)
    mine = [
        one.model_copy(update={"series": sku})
        for one, (place, sku) in zip(answer.series, sold.places, strict=True)
        if place == outlet
    ]
    return answer.model_copy(update={"series": mine})
